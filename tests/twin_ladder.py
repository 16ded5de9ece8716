"""The readable twin's ladder: level teams are split rung by rung, head to head in whole blocks."""

from itertools import takewhile

HEAD_TO_HEAD = "head_to_head_"


def is_head_to_head(rung):
    return rung.startswith(HEAD_TO_HEAD)


def ranked(level, rungs, value):
    """Return level teams in order, and the rung between each of them and the next.

    `value(rung, team, level)` is a column; `level` matters to head-to-head ones only. After a
    block of these has split the teams, those that are still level begin it anew among themselves.
    """
    if len(level) == 1:
        return level, []
    block = list(takewhile(is_head_to_head, rungs)) or rungs[:1]
    keys = {team: [value(rung, team, level) for rung in block] for team in level}
    distinct = sorted({tuple(key) for key in keys.values()}, reverse=True)
    again = len(distinct) > 1 and is_head_to_head(block[0])
    later = rungs if again else rungs[len(block) :]
    order, between, above = [], [], None
    for key in distinct:
        if above is not None:
            between.append(next(r for r, x, y in zip(block, above, key, strict=True) if x != y))
        teams, inside = ranked([t for t in level if tuple(keys[t]) == key], later, value)
        order, between, above = order + teams, between + inside, key
    return order, between
