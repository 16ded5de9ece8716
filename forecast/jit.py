"""The one jit wrapper: its options are decided here, once.

Compiled code is cached under a folder named by the sources of the kernel and the version of
numba, since numba's own cache notices neither a changed constant nor a changed callee in another
file, and would load the stale machine code in silence.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from pickle import PickleError
from typing import Any, ParamSpec, TypeVar

import numba
from numba.core import typed_passes, untyped_passes
from numba.core.ccallback import CFunc
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase
from numba.core.compiler_machinery import PassManager
from numba.core.runtime.nrt import rtsys

__all__ = ["Part", "cache_folder", "compile_for", "jit", "jit_inline", "jit_inner", "shared_cache"]

_CONFIG: Any = numba.config
_NJIT: Any = numba.njit  # its type knows neither the wrappers' options nor what it returns
_CFUNC: Any = CFunc


class _Kernel(CompilerBase):
    """Compile a function by the passes that the kernel needs.

    Left out are the passes for closures, loops over literals, array expressions, code that numba
    inlines and code with Python objects: a tenth of the time to compile.

    Arrays that a function is given do not overlap where it writes, it promises. Without that every
    short loop over a few rows first compares all their addresses, which costs several times what
    the loop does.
    """

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)  # type: ignore[no-untyped-call] # same
        self.state.flags.noalias = True

    def define_pipelines(self) -> list[PassManager]:
        """Return the one list of passes."""
        passes = PassManager("kernel")  # type: ignore[no-untyped-call] # same
        for each in (
            untyped_passes.TranslateByteCode,
            untyped_passes.FixupArgs,
            untyped_passes.IRProcessing,
            untyped_passes.GenericRewrites,  # of `tuple[0]`
            untyped_passes.ReconstructSSA,
            typed_passes.NopythonTypeInference,
            typed_passes.PreLowerStripPhis,
            typed_passes.IRLegalization,
            typed_passes.AnnotateTypes,
            typed_passes.NativeLowering,
            typed_passes.NoPythonBackend,
        ):
            passes.add_pass(each, each.__name__)  # type: ignore[no-untyped-call] # same
        passes.finalize()  # type: ignore[no-untyped-call] # same
        return [passes]


class _Fragment(JITCodeLibrary):
    """The code of a function that only compiled code calls, and so gets as LLVM's input.

    Numba would also optimise it as a whole and make machine code of it, which nobody runs: a sixth
    of the time before the first run.
    """

    def _optimize_final_module(self) -> None:
        """Leave that to the callers."""

    def _finalize_final_module(self) -> None:
        self._finalize_dynamic_globals()  # type: ignore[no-untyped-call] # same
        self._finalized = True

    def get_pointer_to_function(self, _name: str) -> int:
        """Return the null pointer: there is no machine code."""
        return 0

    @property
    def codegen(self) -> _Fragment:
        """Whoever asks wants to call `set_env`."""
        return self

    def set_env(self, _name: str, _environment: object) -> None:
        """Set nothing: the variable for it is in the machine code."""


class _Inner(_Kernel):
    """Compile a function for its callers alone."""

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)
        self.state.library = _Fragment(self.state.targetctx.codegen(), "fragment")  # type: ignore[no-untyped-call] # same


# No reference counts: each array of a tuple would be counted under a lock wherever it is named, a
# fifth of a run and a third of the compile time. So nothing compiled may allocate an array.
_OPTIONS: Any = {
    "_nrt": False,
    "nogil": True,
    "error_model": "numpy",
    "no_cfunc_wrapper": True,
    "pipeline_class": _Kernel,
}
_INNER: Any = {**_OPTIONS, "pipeline_class": _Inner}
_OF_PARTS: Any = {"_nrt": False, "error_model": "numpy"}  # of `_OPTIONS`, without what Python needs

P = ParamSpec("P")
R = TypeVar("R")


def _sources_digest() -> str:
    """SHA-256 over numba's version and every module of this package that is compiled."""
    here = Path(__file__).parent
    digest = hashlib.sha256(numba.__version__.encode())
    rooms = [
        here / "arrays.py",
        here / "jit.py",
        here / "reference.py",
        *here.glob("kernel/*.py"),
        *here.glob("strength/**/*.py"),
    ]
    for path in sorted(rooms):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def cache_folder() -> Path:
    """Return the folder of compiled kernels: the user's cache, or a temporary one without it."""
    root = os.environ.get("FORECAST_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME")
    base = Path(root) if root else Path(os.path.expanduser("~/.cache"))  # noqa: PTH111 (Path.home raises without a home)
    folder = base / "forecast" / _sources_digest()
    try:
        if base.parts[:1] == ("~",):  # a user without a home
            raise FileNotFoundError
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        return Path(tempfile.mkdtemp(prefix="forecast-"))


_FOLDER = str(cache_folder())


def jit(function: Callable[P, R]) -> Callable[P, R]:
    """Compile `function`: no Python objects, no GIL, no fast-math, cached on disk.

    Division follows IEEE (no exception on zero), which lets loops with a division vectorise.
    """
    with _own_folder():
        compiled: Callable[P, R] = _NJIT(cache=True, **_OPTIONS)(function)
    _survive_damage(compiled)
    return compiled


@contextmanager
def _own_folder() -> Iterator[None]:
    """Keep what is made to be cached here in our folder; other users of numba keep theirs."""
    before = _CONFIG.CACHE_DIR
    _CONFIG.CACHE_DIR = _FOLDER
    try:
        yield
    finally:
        _CONFIG.CACHE_DIR = before


def _survive_damage(compiled: Any) -> None:  # noqa: ANN401 (numba's classes have no public names)
    """Let a file of the cache that was cut short be compiled again, where numba would crash.

    A full disk or a machine that lost power leaves such files, and then no start would succeed.

    Loading leaves out what numba's own `load_overload` does before it: import everything that could
    be compiled, a tenth of the time of a whole forecast. Compiling still does it.
    """
    if not hasattr(compiled, "_cache"):  # NUMBA_DISABLE_JIT: plain Python, for a debugger
        return
    cache = compiled._cache  # noqa: SLF001 (numba has no other door)
    load = cache._load_overload  # noqa: SLF001 (same)

    def load_or_flush(signature: object, context: object) -> object:
        rtsys.initialize(context)  # the symbols by which compiled code takes Python's arrays
        try:
            return _of_signature(load(signature, context), signature)
        except (EOFError, ValueError, LookupError, TypeError, AttributeError, PickleError):
            sys.stderr.write(
                f"warning: compiled code in {_FOLDER} is damaged; it is deleted and made again\n"
            )
            cache.flush()
            return None

    cache.load_overload = load_or_flush


def _of_signature(loaded: Any, signature: Any) -> object:  # noqa: ANN401 (same)
    """Return what was loaded; of two processes that saved at once one may have the other's file."""
    if loaded is not None and loaded.signature.args != getattr(signature, "args", signature):
        raise ValueError
    return loaded


class Part:
    """A function that is compiled by itself and that compiled code calls by its address.

    So its code may come from the cache, where another process has left it, while what calls it is
    being compiled, and is not optimised again there.

    Parameters
    ----------
    function : callable
        Called by position with what compiled code can have; it returns a number, or nothing.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.__doc__ = function.__doc__
        self._compiled: dict[object, Any] = {}

    def address(self, signature: Any) -> int:  # noqa: ANN401 (same)
        """Return where the code for a signature begins, loaded or compiled; 0 in plain Python."""
        if _CONFIG.DISABLE_JIT:
            return 0
        if signature not in self._compiled:
            made = self._make(signature)
            made.compile()
            self._compiled[signature] = made
        return int(self._compiled[signature].address)

    def is_made(self, signature: Any) -> bool:  # noqa: ANN401 (same)
        """Return whether the cache has code of this function, perhaps of another signature.

        In plain Python nothing is to be made.
        """
        if _CONFIG.DISABLE_JIT:
            return True
        index: str = self._make(signature)._cache._cache_file._index_path  # noqa: SLF001 (same)
        return Path(index).exists()

    def _make(self, signature: Any) -> Any:  # noqa: ANN401 (same)
        types = signature.args, signature.return_type
        with _own_folder():
            made = _CFUNC(self.function, types, {}, dict(_OF_PARTS), pipeline_class=_Kernel)
            made.enable_caching()
        _survive_damage(made)
        return made


def compile_for(function: Any, signature: Any) -> None:  # noqa: ANN401 (same)
    """Compile or load, before it is called, what `jit` returned."""
    if hasattr(function, "compile"):  # otherwise plain Python
        function.compile(signature.args)


def shared_cache() -> dict[str, str] | None:
    """Return the environment in which another process shares the cache of this one.

    That is nothing for a temporary folder, which only this process knows.
    """
    folder = Path(_FOLDER)
    if folder.name != _sources_digest():
        return None
    return {"FORECAST_CACHE_DIR": str(folder.parents[1].resolve())}


def jit_inner(function: Callable[P, R]) -> Callable[P, R]:
    """Compile `function` for calls from compiled code only: without a wrapper for Python.

    Whether it is compiled into a caller is left to LLVM: not said, numba would hand down the
    `forceinline` of a caller that is compiled first.
    """
    compiled: Callable[P, R] = _NJIT(no_cpython_wrapper=True, forceinline=False, **_INNER)(function)
    return compiled


def jit_inline(function: Callable[P, R]) -> Callable[P, R]:
    """Compile `function` into each of its callers: for loops over one row, which a call doubles.

    A call hands over seven numbers an array.
    """
    compiled: Callable[P, R] = _NJIT(no_cpython_wrapper=True, forceinline=True, **_INNER)(function)
    return compiled
