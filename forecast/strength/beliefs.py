"""What is believed of all strengths before the results, with groups and covariates of teams.

Everything known of a team but its results moves its attack and its defence together: by its group
(a share of both variances is common to the teams of a group), by its covariates (each with one
normal coefficient). A sum of normals is normal, so all of it is one covariance of the row of
strengths; the simulation draws from it as it always does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.arrays import FIRST_TEAM
from forecast.strength.laplace import HOME_ADVANTAGE, INTERCEPT_SD, Prior

__all__ = ["EARLIER_SD", "Beliefs", "Effect", "kinship"]

Float64 = NDArray[np.float64]

EARLIER_SD = 0.3
"""Of the intercept of earlier stages less that of the competition: a level of play may have a
third more goals or fewer, as the intercept itself."""


@dataclass(frozen=True, slots=True)
class Effect:
    """A covariate: `values` (float64, shape (teams,)) times a normal coefficient.

    The product is added to the attack and to the defence, both log-rates.
    """

    values: Float64
    mean: float
    sd: float


@dataclass(frozen=True, slots=True)
class Beliefs:
    """The normal prior of one row: shared terms, attacks, defences, and an earlier intercept.

    Attributes
    ----------
    teams : int
        Those of the competition first, then those of earlier stages alone.
    kin : float64, shape (teams, teams), or None
        Correlation of the group effects of two teams.
    effects : tuple of Effect
    earlier : bool
        Whether the row ends with the intercept of earlier stages, less that of the competition.
    """

    teams: int
    kin: Float64 | None
    effects: tuple[Effect, ...]
    earlier: bool

    @property
    def size(self) -> int:
        """Entries of a row."""
        return FIRST_TEAM + 2 * self.teams + self.earlier

    def _on_row(self, effect: Effect) -> Float64:
        row = np.zeros(self.size)
        row[FIRST_TEAM : FIRST_TEAM + 2 * self.teams] = np.tile(effect.values, 2)
        return row

    def centre(self, prior: Prior) -> Float64:
        """Return the expected row."""
        centre = np.zeros(self.size)
        centre[: FIRST_TEAM + 2 * self.teams] = prior.centre(self.teams)
        for effect in self.effects:
            centre += effect.mean * self._on_row(effect)
        return centre

    def covariance(self, prior: Prior, share: float) -> Float64:
        """Return the covariance of the row; `share` is that of the variance within groups."""
        related = np.eye(self.teams)
        if self.kin is not None:
            related = (1.0 - share) * related + share * self.kin
        both = prior.correlation * prior.sd_attack * prior.sd_defence
        of_team = np.array([[prior.sd_attack**2, both], [both, prior.sd_defence**2]])
        covariance = np.zeros((self.size, self.size))
        covariance[0, 0], covariance[1, 1] = INTERCEPT_SD**2, HOME_ADVANTAGE[1] ** 2
        strengths = slice(FIRST_TEAM, FIRST_TEAM + 2 * self.teams)
        covariance[strengths, strengths] = np.kron(of_team, related)
        if self.earlier:
            covariance[-1, -1] = EARLIER_SD**2
        for effect in self.effects:
            row = self._on_row(effect)
            covariance += effect.sd**2 * np.outer(row, row)
        return covariance


def kinship(columns: Sequence[Sequence[str]]) -> Float64:
    """Return the share of group columns in which two teams agree; a blank cell is no group."""
    kin = np.zeros((len(columns[0]), len(columns[0])))
    for column in columns:
        cells = np.array(column)
        kin += (cells[:, np.newaxis] == cells) & (cells != "")
    kin /= len(columns)
    np.fill_diagonal(kin, 1.0)
    return kin
