"""What a forecast in its folder may lack although its data are whole, added without a run."""

from __future__ import annotations

from forecast.plan import Plan
from forecast.report.folder import PAGE, Folder
from forecast.report.history import remember

__all__ = ["complete"]


def complete(folder: Folder, plan: Plan, *, report: bool) -> tuple[bool, str | None]:
    """Keep the forecast in the history, and with `report` make its pages, where that is missing.

    A run that was stopped late or ran without pages leaves such a folder. Returns whether pages
    were made, and what they lack and why.

    Raises
    ------
    OutputError
        If the disk refuses.
    """
    remember(folder, plan)
    if not report or (folder.path / PAGE).exists():
        return False, None
    from forecast.report.pages import add_pages  # noqa: PLC0415 (templates)

    return True, add_pages(folder)
