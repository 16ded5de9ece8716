"""Who may meet whom in a tie: by the order of entrants, by lots from pots, or by any pairing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

__all__ = ["Sides", "pair_places", "pot_sides", "tie_sources"]

Sides = tuple[tuple[int, ...], tuple[int, ...]]
"""The entrants (0-based) that either side of a tie may be."""


def pair_places(entrants: int, pairing: str) -> list[tuple[int, int]]:
    """Return which entrants (0-based) meet in each tie."""
    if pairing == "fold":
        return [(tie, entrants - 1 - tie) for tie in range(entrants // 2)]
    return [(2 * tie, 2 * tie + 1) for tie in range(entrants // 2)]


def pot_sides(texts: Sequence[str], sizes: Mapping[str, int]) -> tuple[int, ...]:
    """Return the pot of every side, as an index into the pots, the keys of `sizes`.

    A pot that is named once is drawn for as many sides in a row as it has places; otherwise each
    mention is one side.
    """
    pots = list(sizes)
    sides: list[int] = []
    for text in texts:
        sides += [pots.index(text)] * (sizes[text] if texts.count(text) == 1 else 1)
    return tuple(sides)


def tie_sources(pairing: str, pots: Sequence[int], sizes: Sequence[int]) -> list[Sides]:
    """Return who may meet in each tie.

    `sizes` are those of the ranges of places that enter; `pots` is the pot, one of these ranges,
    of every side if the pairing is `drawn`.
    """
    total = sum(sizes)
    if pairing == "reseed":
        return [(tuple(range(total)),) * 2] * (total // 2)
    if pairing == "drawn":
        firsts = [sum(sizes[:k]) for k in range(len(sizes))]
        spans = [tuple(range(at, at + n)) for at, n in zip(firsts, sizes, strict=True)]
        sides = [spans[pot] for pot in pots]
        return list(zip(sides[::2], sides[1::2], strict=True))
    return [((one,), (two,)) for one, two in pair_places(total, pairing)]
