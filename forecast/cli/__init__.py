"""The command line: verbs, progress, exit codes.

Only typer and light modules of ours are imported before a verb runs, which imports what it needs,
so that `--help` and `check` answer at once.
"""

from __future__ import annotations

import os
import signal
import sys

__all__ = ["main"]

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# Before a verb imports numpy: the matrices of a fit are small, and threads of the linear algebra
# that wait for one another take more time than they save.


def main() -> None:
    """Run the command line and exit with its code.

    Ctrl-C ends the process in silence while the verbs are imported, before `exit_code` handles it.
    After a signal the process ends at once: a thread may still be compiling, which takes seconds.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from forecast.cli.exits import SIGNALLED, exit_code  # noqa: PLC0415 (as said)
    from forecast.cli.verbs import app  # noqa: PLC0415 (same)

    code = exit_code(app)
    if code > SIGNALLED:
        os._exit(code)
    sys.exit(code)
