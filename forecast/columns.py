"""What a column of results counts: weights over the eight counters of a team.

The counters are wins, draws, goals for and goals against at home, then the same four away. The
engine packs what they say into a sort key (`lowering/ladder`); the proof puts them into
inequalities.
"""

from __future__ import annotations

from forecast.plan import PointsRule

__all__ = ["HEAD_TO_HEAD", "OPPONENTS", "column_weights"]

OPPONENTS = "opponents_"
"""Before the name of a column: its sum over the rivals of all matches."""

HEAD_TO_HEAD = "head_to_head_"
"""Before the name of a column: its sum over the matches between the teams that are level."""


def column_weights(name: str, rule: PointsRule) -> tuple[int, ...] | None:
    """Return the weights of a column of results, or None for another column.

    Points are counted beyond those of a loss, which every match gives.
    """
    win, draw = rule.win - rule.loss, rule.draw - rule.loss
    by_name = {
        "points": (win, draw, 0, 0),
        "goal_difference": (0, 0, 1, -1),
        "goals_for": (0, 0, 1, 0),
        "wins": (1, 0, 0, 0),
    }
    if name in by_name:
        return by_name[name] * 2
    away = by_name.get(name.removeprefix("away_"))
    return (0, 0, 0, 0, *away) if away and name.startswith("away_") else None
