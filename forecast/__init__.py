"""Monte Carlo forecasts of football competitions.

>>> import forecast as fc
>>> plan = fc.load("configs/copa_peru_2023/pre_tournament.toml")  # doctest: +SKIP
>>> result = fc.run(plan, runs=1_000_000, workers=2)  # doctest: +SKIP
>>> result.outcomes  # doctest: +SKIP

Importing the package imports nothing else: each name is found when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from forecast.config import load
    from forecast.pipeline import Result, run
    from forecast.supposing import what_if

    __version__: str

__all__ = ["Result", "__version__", "load", "run", "what_if"]


def __getattr__(name: str) -> object:
    """Find a public name in its room (PEP 562)."""
    if name == "__version__":
        from importlib.metadata import version  # noqa: PLC0415 (slow for what it is)

        return version("forecast")
    if name == "load":
        from forecast.config import load  # noqa: PLC0415 (pydantic takes a tenth of a second)

        return load
    if name in {"Result", "run"}:
        from forecast import pipeline  # noqa: PLC0415 (numba and polars take a second)

        return getattr(pipeline, name)
    if name == "what_if":
        from forecast.supposing import what_if  # noqa: PLC0415 (same)

        return what_if
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
