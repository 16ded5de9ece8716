"""The long tables laid out for a spreadsheet; made from them, so that both say the same."""

from __future__ import annotations

import polars as pl

__all__ = ["outcomes_wide", "places_wide"]


def outcomes_wide(outcomes: pl.DataFrame) -> pl.DataFrame:
    """One row a team: `p_<outcome>` in the order of the config, then `std_error_<outcome>`.

    The teams come by the last outcome, best first, and where it leaves them level by the one
    before it, and so on.

    Parameters
    ----------
    outcomes : polars.DataFrame
        Schema `OUTCOMES` of `forecast.tables.schemas`.
    """
    names = outcomes["outcome"].unique(maintain_order=True).to_list()
    if not names:
        return outcomes.select("team")
    chances, errors = (
        _pivoted(outcomes, index=["team"], on="outcome", values=values, prefix=prefix)
        for values, prefix in (("probability", "p_"), ("std_error", "std_error_"))
    )
    by = [f"p_{name}" for name in reversed(names)]
    wide = chances.join(errors, on="team", maintain_order="left")
    return wide.sort(by, descending=True, maintain_order=True)


def places_wide(places: pl.DataFrame) -> pl.DataFrame:
    """One row a stage and team: `largest_std_error`, then `p_1`, `p_2`, … to the last place.

    Parameters
    ----------
    places : polars.DataFrame
        Schema `PLACES` of `forecast.tables.schemas`.
    """
    index = ["stage", "team"]
    wide = _pivoted(places, index=index, on="place", values="probability", prefix="p_")
    error = places.group_by(index).agg(largest_std_error=pl.col("std_error").max())
    wide = wide.join(error, on=index, maintain_order="left")
    numbers = [f"p_{place}" for place in sorted(places["place"].unique())]
    return wide.select(*index, "largest_std_error", *numbers)


def _pivoted(
    frame: pl.DataFrame, *, index: list[str], on: str, values: str, prefix: str
) -> pl.DataFrame:
    named = frame.select(*index, values, name=pl.concat_str(pl.lit(prefix), pl.col(on)))
    return named.pivot("name", index=index, values=values, aggregate_function=None)
