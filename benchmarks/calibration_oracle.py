"""A season and what came of it, in plain numpy: the oracle of the calibration.

Goals, table and knockout are written here once more, from the description of the models and of
the rules, and share nothing with the code under test.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["GOALS", "QUALIFIED", "Tournament", "World", "play_knockout", "play_table", "rank"]

Float64 = NDArray[np.float64]
Int64 = NDArray[np.int64]
Goals = tuple[Int64, Int64]
Sampler = Callable[[np.random.Generator, Float64, Float64, float], Goals]

QUALIFIED = 32
FIRST_HALF_SHARE = 0.45
"""The default of a config; no half-time score is ever known here."""

MOST_GOALS = 99
"""A file of matches holds no more."""


def poisson(rng: np.random.Generator, home: Float64, away: Float64, shape: float) -> Goals:
    """Draw independent Poisson goals; the model has no shape."""
    assert shape == 0.0
    return rng.poisson(home), rng.poisson(away)


def dixon_coles(rng: np.random.Generator, home: Float64, away: Float64, shape: float) -> Goals:
    """Draw Poisson goals and keep them with a chance that is proportional to tau."""
    rho = np.clip(shape, -1.0 / np.maximum(home, away), 1.0 / np.maximum(home * away, 1.0))
    tau = np.ones((2, 2, len(home)))
    tau[0, 0], tau[1, 1] = 1.0 - home * away * rho, 1.0 - rho
    tau[0, 1], tau[1, 0] = 1.0 + home * rho, 1.0 + away * rho
    most = np.maximum(tau.max(axis=(0, 1)), 1.0)
    scored, conceded = rng.poisson(home), rng.poisson(away)
    wanting = np.arange(len(home))
    while wanting.size:
        scored[wanting], conceded[wanting] = rng.poisson(home[wanting]), rng.poisson(away[wanting])
        low = (scored[wanting] < 2) & (conceded[wanting] < 2)
        kept = np.ones(wanting.size)
        cells = scored[wanting[low]], conceded[wanting[low]], wanting[low]
        kept[low] = tau[cells]
        wanting = wanting[rng.random(wanting.size) * most[wanting] >= kept]
    return scored, conceded


def bivariate_poisson(
    rng: np.random.Generator, home: Float64, away: Float64, shape: float
) -> Goals:
    """Draw Poisson goals of each side, and common ones of mean `shape`."""
    common = rng.poisson(shape, len(home))
    return rng.poisson(home) + common, rng.poisson(away) + common


def negative_binomial(
    rng: np.random.Generator, home: Float64, away: Float64, shape: float
) -> Goals:
    """Draw Poisson goals at rates that vary from day to day, with relative variance `shape`."""
    of_day = rng.gamma(1.0 / shape, shape, (2, len(home)))
    return rng.poisson(home * of_day[0]), rng.poisson(away * of_day[1])


GOALS: Mapping[str, Sampler] = {
    "poisson": poisson,
    "dixon_coles": dixon_coles,
    "bivariate_poisson": bivariate_poisson,
    "negative_binomial": negative_binomial,
}
"""How each goal model makes goals from the rates of both sides (goals per 90 minutes)."""


@dataclass(frozen=True, slots=True)
class World:
    """What decides goals: a model and its true numbers.

    Attributes
    ----------
    model : str
    intercept, home_advantage : float
    attack, defence : float64, shape (teams,)
        Log-rates.
    shape : float
        The model's number beyond the rates, 0 if it has none.
    """

    model: str
    intercept: float
    home_advantage: float
    attack: Float64
    defence: Float64
    shape: float

    def goals(self, rng: np.random.Generator, home: Int64, away: Int64) -> Goals:
        """Play matches at the grounds of `home`."""
        base = self.intercept + self.attack[home] - self.defence[away]
        rate_home = np.exp(base + self.home_advantage)
        rate_away = np.exp(self.intercept + self.attack[away] - self.defence[home])
        scored, conceded = GOALS[self.model](rng, rate_home, rate_away, self.shape)
        return np.minimum(scored, MOST_GOALS), np.minimum(conceded, MOST_GOALS)


@dataclass(frozen=True, slots=True)
class Tournament:
    """One season as it went: goals of every fixture, and how far every team came.

    Attributes
    ----------
    scored, conceded : int64, shape (fixtures,)
        Goals of the home side and of its rival.
    left : int64, shape (teams,)
        Teams that were left when the team went out, itself included: 1 is the champion, at most
        4 was promoted, at most 32 qualified.
    """

    scored: Int64
    conceded: Int64
    left: Int64


def points_of(scored: Int64, conceded: Int64) -> Int64:
    """Return 3, 1 or 0."""
    points: Int64 = 3 * (scored > conceded) + (scored == conceded)
    return points


def rank(rng: np.random.Generator, goals: Goals, *, home: Int64, away: Int64, teams: int) -> Int64:
    """Return the teams by place: points, differences, goals, the same away, first half, lots."""
    scored, conceded = goals
    early_home = rng.binomial(scored, FIRST_HALF_SHARE)
    early_away = rng.binomial(conceded, FIRST_HALF_SHARE)

    def total(at_home: Int64, abroad: Int64) -> Float64:
        hosts, guests = np.bincount(home, at_home, teams), np.bincount(away, abroad, teams)
        both: Float64 = hosts + guests
        return both

    none = np.zeros_like(scored)
    points_home, points_away = points_of(scored, conceded), points_of(conceded, scored)
    columns = (
        total(points_home, points_away),
        total(scored - conceded, conceded - scored),
        total(scored, conceded),
        total(none, points_away),
        total(none, conceded - scored),
        total(none, conceded),
        total(points_of(early_home, early_away), points_of(early_away, early_home)),
        rng.random(teams),
    )
    return np.lexsort([-column for column in reversed(columns)])


def play_knockout(rng: np.random.Generator, world: World, entrants: Int64) -> list[Int64]:
    """Return the winners of every round: first v last, a leg at each ground, then penalties."""
    rounds = []
    while len(entrants) > 1:
        better, worse = np.split(entrants, 2)
        worse = worse[::-1]
        first, second = world.goals(rng, better, worse), world.goals(rng, worse, better)
        lead = first[0] + second[1] - first[1] - second[0]
        shoot_out = rng.random(len(lead)) < 0.5
        wins = np.where(lead == 0, shoot_out, lead > 0)
        entrants = np.where(wins, better, worse)
        rounds.append(entrants)
    return rounds


def play_table(rng: np.random.Generator, world: World, home: Int64, away: Int64) -> Tournament:
    """Play every fixture, the table's first 32 in a knockout, and return how it went."""
    teams = len(world.attack)
    goals = world.goals(rng, home, away)
    order = rank(rng, goals, home=home, away=away, teams=teams)
    left = np.full(teams, teams)
    for still_in in (order[:QUALIFIED], *play_knockout(rng, world, order[:QUALIFIED])):
        left[still_in] = len(still_in)
    return Tournament(*goals, left)
