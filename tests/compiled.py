"""Functions that only compiled code calls, compiled once more for calls from Python."""

from forecast.jit import jit
from forecast.kernel import chart, legs, rates, season, words


def from_python(function):
    return jit(getattr(function, "py_func", function))  # itself with NUMBA_DISABLE_JIT


exponential = from_python(rates.exponential)
fill_thresholds = from_python(rates.fill_thresholds)
goals_of = from_python(legs.goals_of)
logarithm = from_python(rates.logarithm)
may_be_capped = from_python(season.may_be_capped)
mix = from_python(words.mix)
rival_goals = from_python(legs.rival_goals)
team_factors = from_python(rates.team_factors)
tie_chance = from_python(chart.tie_chance)
tie_threshold = from_python(chart.tie_threshold)
tile_key = from_python(words.tile_key)
word = from_python(words.word)
