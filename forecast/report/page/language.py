"""One language of a page: its words, its numbers and its dates."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files

from babel import Locale
from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

from forecast.errors import ConfigError
from forecast.report.percent import Share
from forecast.report.text import shown

__all__ = ["DEFAULT_LANGUAGE", "Language", "catalogues", "language", "lower_first"]

DEFAULT_LANGUAGE = "es"
_SOURCE = "en"
"""The language that the texts are written in, which needs no catalogue."""

_PATTERNS = {0: "0%", 1: "0.0%"}
"""Per cent without the space that some locales would put before the sign: tables are narrow."""

_KEPT = 4096
"""Numbers that are written but once: babel takes its time, and chances are few numbers."""


@dataclass(frozen=True, slots=True)
class Language:
    """Words, numbers and dates of a language as one country writes them."""

    locale: Locale
    words: NullTranslations

    @property
    def tag(self) -> str:
        """The language for HTML, as `es-PE`."""
        return str(self.locale).replace("_", "-")

    def say(self, text: str, **values: object) -> str:
        """Return `text` in this language; `%(name)s` stands for a value."""
        return self.words.gettext(text) % values

    def count(self, one: str, many: str, number: int, **values: object) -> str:
        """Return the text for a number of things; `%(number)s` stands for it."""
        text = self.words.ngettext(one, many, number)
        return text % {"number": self.integer(number), **values}

    def percent(self, share: Share) -> str:
        """Return a chance as `42.1%` or `<1%`."""
        rounded = round(share.percent, share.decimals) / 100
        return f"{share.mark}{_percent(rounded, share.decimals, self.locale)}"

    def integer(self, number: int) -> str:
        """Return a whole number with its groups of three."""
        return _integer(number, self.locale)

    def decimal(self, number: float) -> str:
        """Return a number with three decimals."""
        return format_decimal(number, format="0.000", locale=self.locale)

    def signed(self, number: float, decimals: int) -> str:
        """Return a difference with its sign, as `+6` or `−1.2`."""
        digits = "0" if decimals == 0 else "0." + "0" * decimals
        text = format_decimal(abs(number), format=digits, locale=self.locale)
        return f"{'−' if number < 0 else '+'}{text}"

    def points(self, share: float | None) -> str:
        """Return a difference of chances in whole percentage points, without sign."""
        if share is None:
            return ""
        whole = round(100 * share)
        return self.integer(whole) if whole else "<1"

    def day(self, day: date, style: str = "long") -> str:
        """Return a date as "23 de setiembre de 2026", or as `style` says (babel's names)."""
        return format_date(day, style, locale=self.locale)

    def label(self, labels: Mapping[str, str], name: str) -> str:
        """Return what a config calls a thing in this language, or its name as words."""
        for tag in (self.tag, self.locale.language):
            if tag in labels:
                return labels[tag]
        words = name.replace("_", " ").replace("-", " ")
        return words[:1].upper() + words[1:]


@cache
def catalogues() -> Mapping[str, str]:
    """Return language → locale: the one of the source, and one for each catalogue."""
    names = [path.name for path in (files(__package__) / "locale").iterdir()]
    stems = sorted(name.removesuffix(".po") for name in names if name.endswith(".po"))
    return {_SOURCE: _SOURCE, **{stem.partition("_")[0]: stem for stem in stems}}


@cache
def language(name: str) -> Language:
    """Return a language by its name, compiling its catalogue in memory.

    Raises
    ------
    ConfigError
        If there is no catalogue of it.
    """
    known = catalogues()
    if name not in known:
        allowed = ", ".join(sorted(known))
        raise ConfigError(f"--lang: found {shown(name)!r}, allowed {allowed}")
    locale = Locale.parse(known[name])
    if name == _SOURCE:
        return Language(locale, NullTranslations())
    source = (files(__package__) / "locale" / f"{known[name]}.po").read_bytes()
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(source), locale=locale))
    compiled.seek(0)
    return Language(locale, GNUTranslations(compiled))


def lower_first(label: str) -> str:
    """Return a label as it stands within a sentence; an abbreviation keeps its capitals."""
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


@lru_cache(_KEPT)
def _percent(value: float, decimals: int, locale: Locale) -> str:
    return format_percent(value, format=_PATTERNS[decimals], locale=locale)


@lru_cache(_KEPT)
def _integer(number: int, locale: Locale) -> str:
    return format_decimal(number, locale=locale)
