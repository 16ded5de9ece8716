"""Every text of the page is in every catalogue, with the same values to fill in."""

import re
from importlib.resources import files

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from forecast.errors import ConfigError
from forecast.report.page.language import catalogues, language

REPORT = files("forecast.report")
LOCALES = [locale for locale in catalogues().values() if locale != "en"]
KEYWORDS = {"_": None, "say": None, "count": (1, 2), "ngettext": (1, 2)}


def texts():
    """All texts of the report, as `pybabel extract` finds them."""
    methods = [("**.py", "python"), ("**.j2", "jinja2")]
    options = {"**.j2": {"newstyle_gettext": "true"}}
    found = extract_from_dir(str(REPORT), methods, options, KEYWORDS)
    return {message if isinstance(message, tuple) else (message,) for _, _, message, *_ in found}


def catalogue(locale):
    with (REPORT / "page" / "locale" / f"{locale}.po").open("rb") as file:
        return read_po(file, locale=locale)


def values(text):
    return set(re.findall(r"%\((\w+)\)s|(%%)", text))


@pytest.mark.parametrize("locale", LOCALES)
def test_a_catalogue_has_every_text_and_no_other(locale):
    ids = {m.id if isinstance(m.id, tuple) else (m.id,) for m in catalogue(locale) if m.id}
    assert ids == texts()


@pytest.mark.parametrize("locale", LOCALES)
def test_translations_keep_the_values(locale):
    for message in catalogue(locale):
        if message.id:
            here = message.string if isinstance(message.string, tuple) else (message.string,)
            there = message.id if isinstance(message.id, tuple) else (message.id,)
            assert all(text.strip() for text in here), message.id
            assert not message.fuzzy
            assert all(values(text) == values(there[-1]) for text in here), message.id


def test_an_unknown_language_names_those_there_are():
    with pytest.raises(ConfigError, match="--lang: found 'fr', allowed en, es"):
        language("fr")
