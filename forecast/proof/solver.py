"""What no completion can do, by integer programming: scipy's HiGHS over all results and goals.

A match left is two binaries, home win and draw, and with goals two integers from 0 to
`MAX_GOALS`; whether a rival may be above a team is one binary a rival. HiGHS stops after a number
of nodes, not of seconds, so that the same question has the same answer everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from forecast.plan import MAX_GOALS
from forecast.proof.standings import CLEAR, Score, Standings

__all__ = ["Solved", "fewest_above", "most_at_least", "place_within", "too_large"]

Float64 = NDArray[np.float64]

NODES = 5_000
"""Nodes of the search tree after which a question is left undecided."""

MOST_PAIRS = 60_000
"""Teams times matches left in a table beyond which HiGHS is not asked."""

_INFEASIBLE = 2
"""The status with which scipy says that no solution exists."""


@dataclass(frozen=True, slots=True)
class Solved:
    """A count of rivals that no completion can pass, and the completion that came nearest.

    Found within the nodes allowed, `scores` attains the bound; it is None if none was found.
    """

    bound: int
    scores: tuple[Score, ...] | None


def too_large(standings: Standings) -> bool:
    """Return whether a table is beyond what HiGHS is asked."""
    return standings.teams * len(standings.left) > MOST_PAIRS


class _Model:
    """Variables with bounds, and rows `low <= sum(coefficient * variable) <= high`."""

    def __init__(self) -> None:
        self.low: list[float] = []
        self.high: list[float] = []
        self.rows: list[tuple[dict[int, float], float, float]] = []

    def add(self, count: int, high: float) -> list[int]:
        """Return new variables from 0 to `high`."""
        first = len(self.low)
        self.low += [0.0] * count
        self.high += [high] * count
        return list(range(first, first + count))

    def demand(
        self, terms: dict[int, float], *, low: float = -np.inf, high: float = np.inf
    ) -> None:
        """Add a row."""
        self.rows.append((terms, low, high))

    def least(self, terms: dict[int, float]) -> float:
        """Return the least value that the bounds of the variables allow."""
        return sum(c * (self.low[v] if c > 0 else self.high[v]) for v, c in terms.items())

    def solve(self, objective: dict[int, float]) -> Any:  # noqa: ANN401 (scipy's result)
        """Return scipy's answer to the least objective over integers."""
        cost = np.zeros(len(self.low))
        for variable, coefficient in objective.items():
            cost[variable] = coefficient
        rows = [r for r, (terms, _, _) in enumerate(self.rows) for _ in terms]
        columns = [v for terms, _, _ in self.rows for v in terms]
        entries = [c for terms, _, _ in self.rows for c in terms.values()]
        shape = (len(self.rows), len(self.low))
        matrix = coo_array((entries, (rows, columns)), shape).tocsr()
        bounds = np.array([(low, high) for _, low, high in self.rows]).reshape(-1, 2)
        return milp(
            cost,
            integrality=np.ones(len(self.low)),
            bounds=Bounds(self.low, self.high),
            constraints=LinearConstraint(matrix, bounds[:, 0], bounds[:, 1]),
            options={"node_limit": NODES},
        )


class _Season:
    """The matches left as variables; columns of the ladder as linear forms of them."""

    def __init__(self, standings: Standings, *, goals: bool) -> None:
        self.standings = standings
        self.model = _Model()
        count = len(standings.left)
        self.home = self.model.add(count, 1)
        self.draw = self.model.add(count, 1)
        self.scored = self.model.add(count, MAX_GOALS) if goals else []
        self.conceded = self.model.add(count, MAX_GOALS) if goals else []
        self.known = standings.values(standings.played)
        for m in range(count):
            home, draw = self.home[m], self.draw[m]
            self.model.demand({home: 1, draw: 1}, high=1)
            if goals:
                margin = {self.scored[m]: 1.0, self.conceded[m]: -1.0}
                most = float(MAX_GOALS)
                self.model.demand(margin | {home: -1 - most, draw: -most}, low=-most)
                self.model.demand(margin | {home: -1 - most, draw: -1}, high=-1)

    def column(self, rung: int, team: int) -> dict[int, float]:
        """Return a column of a team beyond what is known, as a linear form."""
        name = self.standings.ladder[rung]
        weights = self.standings.weights(name)
        owners = self.standings.rivals[team] if self.standings.is_of_rivals(name) else [team]
        form: dict[int, float] = {}
        for owner in owners:
            for variable, coefficient in self._own(weights, owner):
                form[variable] = form.get(variable, 0.0) + coefficient
        return form

    def _own(self, weights: Sequence[int], team: int) -> list[tuple[int, float]]:
        terms = []
        for m in self.standings.own[team]:
            at_home = self.standings.left[m].home == team
            win, draw, scored, conceded = weights[:4] if at_home else weights[4:]
            # A win away is neither a home win nor a draw: `win (1 - home - draw)`.
            if at_home:
                terms += [(self.home[m], float(win)), (self.draw[m], float(draw))]
            else:
                terms += [(self.home[m], float(-win)), (self.draw[m], float(draw - win))]
            if self.scored:
                own, rival = self.scored[m], self.conceded[m]
                own, rival = (own, rival) if at_home else (rival, own)
                terms += [(own, float(scored)), (rival, float(conceded))]
        return terms

    def away_wins(self, rung: int, team: int) -> float:
        """Return the constant that goes with `column`: every match away as if it were won."""
        name = self.standings.ladder[rung]
        win = self.standings.weights(name)[4]
        owners = self.standings.rivals[team] if self.standings.is_of_rivals(name) else [team]
        away = sum(
            self.standings.left[m].away == owner
            for owner in owners
            for m in self.standings.own[owner]
        )
        return float(self.known[team][rung] + win * away)

    def ahead(self, rung: int, one: int, two: int) -> tuple[dict[int, float], float]:
        """Return by how much one team is ahead of another in a column: a form and a constant."""
        form = self.column(rung, one)
        for variable, coefficient in self.column(rung, two).items():
            form[variable] = form.get(variable, 0.0) - coefficient
        return form, self.away_wins(rung, one) - self.away_wins(rung, two)

    def order(
        self, one: int, two: int, *, unless: dict[int, float], constant: float, strict: bool
    ) -> None:
        """Demand that `one` is above `two`, or level if not `strict`, unless a form is 1.

        The form, `constant` plus `unless`, is 0 or 1. One binary a rung tells that it is level.
        """
        rungs = range(len(self.standings.ladder) if self.scored else 1)
        level: list[int] = []
        for rung in rungs:
            form, known = self.ahead(rung, one, two)
            slack = 1 - known - self.model.least(form)  # from here on the row says nothing
            terms = dict(form)
            free = {v: c * slack for v, c in unless.items()}
            room = constant * slack
            if level:  # decided before, unless the rungs so far are level
                free[level[-1]] = -slack
                room += slack
            if slack <= 0:
                break  # always ahead
            for variable, coefficient in free.items():
                terms[variable] = terms.get(variable, 0.0) + coefficient
            if rung < rungs[-1] or not strict:
                level += self.model.add(1, 1)
                terms[level[-1]] = 1.0
            self.model.demand(terms, low=1 - known - room)

    def scores(self, solution: Float64) -> tuple[Score, ...]:
        """Return the completion of a solution with goals."""
        return tuple(
            (round(solution[scored]), round(solution[conceded]))
            for scored, conceded in zip(self.scored, self.conceded, strict=True)
        )

    def plain_scores(self, solution: Float64, team: int, *, low: bool) -> tuple[Score, ...]:
        """Return a completion with the results of a solution, and margins that help it.

        To hold the team low, all others win clearly; to bring it up, it does.
        """
        made: list[Score] = []
        for match, home, draw in zip(self.standings.left, self.home, self.draw, strict=True):
            if round(solution[draw]):
                made.append((0, 0))
                continue
            at_home = bool(round(solution[home]))
            goals = CLEAR if ((match.home if at_home else match.away) == team) != low else 1
            made.append((goals, 0) if at_home else (0, goals))
        return tuple(made)


def most_at_least(standings: Standings, team: int) -> Solved:
    """Return how many rivals at most can end with at least the points of a team."""
    season = _Season(standings, goals=False)
    low, high = standings.points[team]
    rivals = [u for u in range(standings.teams) if u != team and standings.points[u][1] >= low]
    doubtful = [u for u in rivals if standings.points[u][0] < high]
    counted = season.model.add(len(doubtful), 1)
    for u, variable in zip(doubtful, counted, strict=True):
        season.order(u, team, unless={variable: -1.0}, constant=1.0, strict=False)
    found = season.model.solve(dict.fromkeys(counted, -1.0))
    bound = len(rivals) - len(doubtful) + _whole(-_dual(found), up=False)
    return _solved(season, found, bound, team, low=True)


def fewest_above(standings: Standings, team: int) -> Solved:
    """Return how many rivals at least must end with more points than a team."""
    season = _Season(standings, goals=False)
    low, high = standings.points[team]
    rivals = [u for u in range(standings.teams) if u != team and standings.points[u][1] > low]
    doubtful = [u for u in rivals if standings.points[u][0] <= high]
    counted = season.model.add(len(doubtful), 1)
    for u, variable in zip(doubtful, counted, strict=True):
        season.order(team, u, unless={variable: 1.0}, constant=0.0, strict=False)
    found = season.model.solve(dict.fromkeys(counted, 1.0))
    bound = len(rivals) - len(doubtful) + _whole(_dual(found), up=True)
    return _solved(season, found, bound, team, low=False)


def place_within(
    standings: Standings, team: int, *, first: int, last: int, strict: bool
) -> tuple[Score, ...] | Literal["none", "unknown"]:
    """Return a completion after which a team is in places `first` to `last`, by all columns.

    Teams that stay level on them are in the order that helps, or with `strict` in the other.
    "none" is a proof that there is no such completion.
    """
    season = _Season(standings, goals=True)
    rivals = [u for u in range(standings.teams) if u != team]
    above = season.model.add(len(rivals), 1)
    for u, variable in zip(rivals, above, strict=True):
        if first > 1:
            season.order(u, team, unless={variable: -1.0}, constant=1.0, strict=strict)
        if last < standings.teams:
            season.order(team, u, unless={variable: 1.0}, constant=0.0, strict=strict)
    season.model.demand(dict.fromkeys(above, 1.0), low=first - 1, high=last - 1)
    found = season.model.solve({})
    if found.status == _INFEASIBLE:
        return "none"
    return "unknown" if found.x is None else season.scores(found.x)


def _solved(season: _Season, found: Any, bound: int, team: int, *, low: bool) -> Solved:  # noqa: ANN401 (scipy's result)
    scores = None if found.x is None else season.plain_scores(found.x, team, low=low)
    return Solved(bound=bound, scores=scores)


def _dual(found: Any) -> float:  # noqa: ANN401 (same)
    """Return the bound that holds for every solution, found or not."""
    bound = found.mip_dual_bound
    return -np.inf if bound is None else float(bound)


def _whole(bound: float, *, up: bool) -> int:
    """Return the whole number that a count cannot pass if it cannot pass `bound`."""
    if not np.isfinite(bound):
        return 0 if up else 10**9
    return int(np.ceil(bound - 1e-6)) if up else int(np.floor(bound + 1e-6))
