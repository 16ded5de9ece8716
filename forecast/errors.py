"""The errors a user can meet, each with the exit code of the command line."""

from __future__ import annotations

__all__ = ["ConfigError", "ForecastError", "ModelError", "OutputError"]


class ForecastError(Exception):
    """What went wrong, in words for the user; never a bug of ours."""

    exit_code = 70


class ConfigError(ForecastError):
    """A config or input file is missing, unreadable or wrong; the text lists every problem."""

    exit_code = 2


class OutputError(ForecastError):
    """The output cannot be written, or would overwrite another forecast."""

    exit_code = 3


class ModelError(ForecastError):
    """The data do not allow the model that was asked for."""

    exit_code = 4
