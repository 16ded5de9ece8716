"""One output folder: claimed by one process, and there as a whole or not at all.

Beside `OUT/<name>/` three hidden names are used while a process has the folder: `.<name>.lock`,
`.<name>.new` while files are written, `.<name>.old` for the moment of a replacement. The lock
dies with its process, so whatever else is found under these names is stale and swept; an `.old`
without its folder is put back first.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from forecast.errors import OutputError
from forecast.report.disk import as_output_error, locked, sync
from forecast.report.text import shown

__all__ = [
    "CHECKSUMS",
    "PAGE",
    "PROVENANCE",
    "Folder",
    "claim",
]

PROVENANCE = "provenance.json"
"""The file that says which config a folder holds."""

PAGE = "report.html"
"""The page that people open; a run can leave it out."""

CHECKSUMS = "SHA256SUMS"
"""The file that `sha256sum -c` reads: all others but provenance, whose clock never repeats."""


@dataclass(frozen=True, slots=True)
class Folder:
    """`OUT/<name>/`, there or not, held by this process alone."""

    out: Path
    name: str

    @property
    def path(self) -> Path:
        """The folder itself."""
        return self.out / self.name

    @property
    def new(self) -> Path:
        """Where files are written before the folder appears."""
        return self.out / f".{self.name}.new"

    @property
    def old(self) -> Path:
        """Where the former folder is for the moment of a replacement."""
        return self.out / f".{self.name}.old"

    @property
    def config_hash(self) -> str | None:
        """The hash of the config of the forecast that the folder holds, whole or not."""
        found = self._provenance().get("config_hash")
        return found if isinstance(found, str) else None

    def holds(self, config_hash: str) -> bool:
        """Return whether the folder holds the forecast of this config, every file as written."""
        files = self._provenance().get("files")
        return (
            self.config_hash == config_hash
            and isinstance(files, dict)
            and all(self._is_whole(name, digest) for name, digest in files.items())
        )

    def _is_whole(self, name: str, digest: object) -> bool:
        try:
            return hashlib.sha256((self.path / name).read_bytes()).hexdigest() == digest
        except OSError:
            return False

    def demand_free(
        self, *, force: bool, files: Collection[str] = (), config_hash: str | None = None
    ) -> None:
        """Check that the folder may be written, with `files` in it.

        `config_hash` is that of what shall be written.

        Raises
        ------
        OutputError
            If it holds another forecast and `force` is not set, or anything that no forecast
            wrote and is not among `files`: that is never replaced.
        """
        with as_output_error(self.path):
            if self.path.is_symlink() or (self.path.exists() and not self.path.is_dir()):
                raise OutputError(f"{self._shown}: found a link or a file, allowed a folder")
            if not self.path.exists() or not any(self.path.iterdir()):
                return
        if not self._provenance():
            raise OutputError(
                f"{self._shown}: found files that are no forecast (no {PROVENANCE}); "
                "move them away or choose another --out"
            )
        with as_output_error(self.path):
            foreign = sorted(self._names() - self._own() - set(files))
        if foreign:
            raise OutputError(
                f"{self._shown}: found {shown(', '.join(foreign[:3]))}, which no forecast wrote; "
                "it would be lost, so move it elsewhere"
            )
        if not force and self.config_hash == config_hash:
            raise OutputError(
                f"{self._shown}: holds this forecast, but its files are not as they were written; "
                "--force makes it again"
            )
        if not force:
            raise OutputError(f"{self._shown}: holds another forecast; --force replaces it")

    def publish(self, files: Mapping[str, bytes], *, force: bool) -> None:
        """Write all files, by name below the folder, and let it appear; or change nothing."""
        said = json.loads(files[PROVENANCE]) if PROVENANCE in files else {}
        self.demand_free(force=force, files=files, config_hash=said.get("config_hash"))
        with as_output_error(self.path):
            try:
                self._write({**files, CHECKSUMS: _checksums(files)})
                self._swap()
            finally:
                shutil.rmtree(self.new, ignore_errors=True)
            sync(self.out)
        shutil.rmtree(self.old, ignore_errors=True)

    def _write(self, files: Mapping[str, bytes]) -> None:
        """Write all files, then push them to the disk, which then has to write but once."""
        folders = {self.new, *(self.new / above for name in files for above in Path(name).parents)}
        for folder in sorted(folders):
            folder.mkdir()
        for name, content in files.items():
            (self.new / name).write_bytes(content)
        for path in [*(self.new / name for name in files), *sorted(folders)]:
            sync(path)

    def _swap(self) -> None:
        if not self.path.exists():
            self.new.rename(self.path)
            return
        self.path.rename(self.old)
        try:
            self.new.rename(self.path)
        except BaseException:
            self.old.rename(self.path)
            raise

    def sweep(self) -> None:
        """Remove what a dead process left, after putting back a folder it had moved away."""
        with as_output_error(self.path):
            if self.old.exists() and not self.path.exists():
                self.old.rename(self.path)
        shutil.rmtree(self.old, ignore_errors=True)
        shutil.rmtree(self.new, ignore_errors=True)

    def _names(self) -> set[str]:
        """Return whatever is in the folder and below, by its name there.

        Folders are in it if they are empty or links: else what they hold stands for them.
        """
        return {
            path.relative_to(self.path).as_posix()
            for path in self.path.rglob("*")
            if path.is_symlink() or not path.is_dir() or not any(path.iterdir())
        }

    def _own(self) -> set[str]:
        """Return the files that its forecast wrote."""
        files = self._provenance().get("files")
        return {PROVENANCE, CHECKSUMS, *(files if isinstance(files, dict) else ())}

    def _provenance(self) -> dict[str, object]:
        try:
            found = json.loads((self.path / PROVENANCE).read_bytes())
        except (OSError, ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) and "config_hash" in found else {}

    @property
    def _shown(self) -> str:
        return shown(str(self.path))


@contextmanager
def claim(out: Path, name: str) -> Iterator[Folder]:
    """Hold `OUT/<name>/` for this process; OUT is made if its parent is there.

    Raises
    ------
    OutputError
        If OUT is no folder or cannot be written, or another process has the folder.
    """
    if not name or name != Path(name).name or name.startswith("."):
        raise OutputError(f"{shown(name) or 'an empty text'}: no name for a folder")
    made = _make(out)
    folder = Folder(out=out, name=name)
    try:
        with locked(out / f".{name}.lock"):
            folder.sweep()
            yield folder
    finally:
        if made:
            with suppress(OSError):
                out.rmdir()  # only if nothing was written


def _make(out: Path) -> bool:
    """Make OUT unless it is there; return whether it was made."""
    with as_output_error(out):
        if out.is_dir():
            return False
        if out.exists() or out.is_symlink():
            raise OutputError(f"{shown(str(out))}: found a file, allowed a folder")
        if not out.parent.is_dir():
            raise OutputError(f"{shown(str(out.parent))}: no such folder")
        out.mkdir()
    return True


def _checksums(files: Mapping[str, bytes]) -> bytes:
    names = sorted(files.keys() - {PROVENANCE, CHECKSUMS})
    return "".join(
        f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in names
    ).encode()
