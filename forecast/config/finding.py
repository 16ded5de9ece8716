"""Which configs a command line means: files, and folders of them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from forecast.config.documents import parse_toml
from forecast.config.files import TOML_LIMIT, read_file
from forecast.config.problems import Problems, printable_path
from forecast.errors import ConfigError

__all__ = ["find_configs"]


def find_configs(paths: Iterable[Path | str]) -> list[Path]:
    """Return the forecast configs under paths, each once, in order.

    A file stands for itself; a folder for its `*.toml` with a key `competition`, and for those
    that cannot be read, so that `load` says why.

    Raises
    ------
    ConfigError
        If a folder holds no forecast config.
    """
    found: dict[Path, None] = {}
    for path in map(Path, paths):
        found |= dict.fromkeys(_in_folder(path) if _is_folder(path) else [path])
    return list(found)


def _is_folder(path: Path) -> bool:
    """Return whether a path is a folder; what cannot be asked is left to `load`."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _in_folder(folder: Path) -> list[Path]:
    """Return the forecast configs of one folder by name."""
    try:
        configs = [path for path in sorted(folder.glob("*.toml")) if _is_config(path)]
    except OSError as error:
        raise ConfigError(
            f"{printable_path(str(folder))}:1: folder: found {error.strerror}, allowed a readable "
            "folder"
        ) from error
    if not configs:
        raise ConfigError(
            f"{printable_path(str(folder))}:1: folder: found no forecast config, allowed a folder "
            'with at least one *.toml file with a key "competition"'
        )
    return configs


def _is_config(path: Path) -> bool:
    problems = Problems()
    file = read_file(path, limit=TOML_LIMIT, problems=problems)
    said = None if file is None else parse_toml(file, problems)
    return said is None or "competition" in said
