"""The command line: verbs, progress, exit codes.

Only typer and light modules of ours are imported here; a verb imports what it needs when it runs,
so that `--help` and `check` answer at once.
"""

from __future__ import annotations

import os
import sys

from forecast.cli.exits import SIGNALLED, exit_code
from forecast.cli.verbs import app

__all__ = ["main"]


def main() -> None:
    """Run the command line and exit with its code.

    After a signal the process ends at once: a thread may still be compiling, which takes seconds.
    """
    code = exit_code(app)
    if code > SIGNALLED:
        os._exit(code)
    sys.exit(code)
