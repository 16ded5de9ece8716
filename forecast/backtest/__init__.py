"""Replay: forecasts made again as of past days, and how good they were.

A forecast is judged by proper scores, which nobody can improve by saying other than what he thinks.
Lower is better for all of them.

log loss   less the log of the probability given to what happened: punishes false certainty
Brier      squared distance between the probabilities and what happened
RPS        ranked probability score: as Brier, but a draw is nearer to a home win than an away
           win is, and place 3 nearer to place 4 than place 20

Every difference is paired: two forecasts of the same matches, match by match, with a bootstrap
interval over matches, or over teams where one team is forecast many times.
"""

from forecast.backtest.picture import picture_files
from forecast.backtest.record import write_record
from forecast.backtest.result import Backtest, backtest, hash_of
from forecast.backtest.words import backtest_lines

__all__ = ["Backtest", "backtest", "backtest_lines", "hash_of", "picture_files", "write_record"]
