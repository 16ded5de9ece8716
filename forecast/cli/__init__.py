"""The command line: verbs, progress, exit codes.

Only typer and light modules of ours are imported here; a verb imports what it needs when it runs,
so that `--help` and `check` answer at once.
"""

from __future__ import annotations

import sys

from forecast.cli.exits import exit_code
from forecast.cli.verbs import app

__all__ = ["main"]


def main() -> None:
    """Run the command line and exit with its code."""
    sys.exit(exit_code(app))
