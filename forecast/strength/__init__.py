"""Strengths of teams: a goal model fitted to the known results, with all of its uncertainty.

The model, for an engineer
--------------------------
Goals are Poisson; the log of a side's rate (goals per 90 minutes) is a sum::

    log rate_home = intercept + home_advantage + attack_home - defence_away
    log rate_away = intercept                  + attack_away - defence_home

(no home advantage at a neutral venue; Maher, Statistica Neerlandica 1982;36:109). A competition
such as fifty teams with six matches each cannot identify a hundred free numbers, and maximum
likelihood does not even exist for a team without a goal. So the (attack, defence) of all teams
come from one bivariate normal around zero, whose two scales and correlation are learned from the
same results. Few results: everybody close to average. Many: each team speaks for itself.

Given scales and correlation, the log posterior is concave; Newton's method finds its top, and the
curvature there gives a normal approximation (Laplace) with the marginal likelihood for free.
Scales and correlation are not fixed at their best values: about fifteen nodes spread around them,
weighted by marginal likelihood x prior x design weight, carry their uncertainty (the scheme of
INLA: Rue, Martino and Chopin, JRSS B 2009;71:319). Each node's mean is its top, corrected for
the skewness of the Poisson likelihood. The result is a mixture of normals, one a
node, from which the simulation draws all strengths of a tournament at once.

A config may ask for another law of the goals (`goals`) or for what is known of the teams beside
their results (`beliefs`, `informed`). Such fits take the same steps on dense matrices (`general`),
or with a number a side where there are fewer sides of matches than strengths (`sides`); plain ones
keep the structure that makes them fast (`laplace`). docs/models.md has the evidence.

Priors (normal; mean, standard deviation) and where they come from
------------------------------------------------------------------
mean rate, away        log 1.2, 0.3    1.1 to 1.3 goals of an away side in most leagues; the width
                                       spans 0.65 to 2.2. The intercept is this less half the
                                       variance of a rate's teams, which unequal teams add
home advantage         0.2, 0.2        home sides score a fifth to a half more; none is possible
log scale, each        log 0.35, 0.3   spread of fitted attacks and defences within professional
                                       leagues, a factor 1.8 both ways at two standard deviations
atanh of correlation   0.5, 0.5        good teams tend to score and to defend; zero is possible

On a replayed season of the Champions League, wider and narrower ones moved the log loss of a match
by less than 0.002; docs/models.md has the comparison.
"""

from forecast.strength.fitting import Fit, Hyperparameters, fit
from forecast.strength.notes import groups
from forecast.strength.scorelines import ExpectedMatches, expected, log_rates_of
from forecast.strength.summary import Summary, summarise

__all__ = [
    "ExpectedMatches",
    "Fit",
    "Hyperparameters",
    "Summary",
    "expected",
    "fit",
    "groups",
    "log_rates_of",
    "summarise",
]
