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

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# Before a verb imports numpy: the matrices of a fit are small, and threads of the linear algebra
# that wait for one another take more time than they save.


def main() -> None:
    """Run the command line and exit with its code.

    After a signal the process ends at once: a thread may still be compiling, which takes seconds.
    """
    code = exit_code(app)
    if code > SIGNALLED:
        os._exit(code)
    sys.exit(code)
