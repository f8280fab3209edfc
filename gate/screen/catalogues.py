"""The texts in other languages: gettext's catalogues in gate/locale, read from their source form.

A `.po` file is read as strictly as a card: comments, and pairs of `msgid` and `msgstr` of one or
more quoted lines. What gettext knows beyond that (plurals, contexts, obsolete and fuzzy entries)
is refused by its line, because no text here needs it (docs/adr/0022).
"""

import re
from collections.abc import Mapping
from importlib import resources
from string import Formatter
from typing import Final

from gate.access.languages import Language
from gate.access.words import Say, in_english
from gate.errors import ConfigError

MAX_CATALOGUE_CHARS: Final = 200_000
"""Some twenty times what the texts of a gate take."""

_LINE: Final = re.compile(r'(?P<key>msgid |msgstr )?"(?P<text>(?:[^"\\]|\\["\\n])*)"')
_ESCAPED: Final = re.compile(r"\\(.)")
_ORDER: Final = {"msgid ": "msgstr ", "msgstr ": "msgid "}


def parse_catalogue(text: str, source: str) -> Mapping[str, str]:
    """Return each text with its translation; the header's entry is left out.

    Raises:
        ConfigError: a line is no such line, a text stands twice, is not translated, or its
            translation has other placeholders.
    """
    if len(text) > MAX_CATALOGUE_CHARS:
        raise ConfigError(source, [f"more than {MAX_CATALOGUE_CHARS} characters"])
    pairs = _pairs(text, source)
    catalogue: dict[str, str] = {}
    faults: list[str] = []
    for original, translated in pairs:
        if original in catalogue:
            faults.append(f'"{original}" stands twice')
        if not translated:
            faults.append(f'"{original}" has no translation')
        elif original and _placeholders(original) != _placeholders(translated):
            faults.append(f'"{original}" has other placeholders in "{translated}"')
        catalogue[original] = translated
    if faults:
        raise ConfigError(source, faults)
    catalogue.pop("", None)
    return catalogue


def load_catalogue(language: Language) -> Mapping[str, str]:
    """Return the catalogue of a language other than English.

    Raises:
        ConfigError: it is missing or faulty, which this project's tests rule out.
    """
    path = resources.files("gate") / "locale" / language.value / "LC_MESSAGES" / "gate.po"
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        fault = f"can't be read: {error}; next: install site-gate again"
        raise ConfigError(str(path), [fault]) from error
    return parse_catalogue(text, str(path))


def speaker(language: Language) -> Say:
    """Return what says this project's texts in a language.

    Raises:
        ConfigError: as `load_catalogue`.
    """
    if language is Language.ENGLISH:
        return in_english
    catalogue = load_catalogue(language)
    return lambda text: catalogue[text]


def _pairs(text: str, source: str) -> list[tuple[str, str]]:
    said: list[tuple[str, str]] = []
    key = "msgstr "
    for number, line in enumerate(text.splitlines(), 1):
        if not line or (line.startswith("#") and not line.startswith(("#,", "#~", "#|"))):
            continue
        match = _LINE.fullmatch(line)
        if match is None or (match["key"] and match["key"] != _ORDER[key]):
            raise ConfigError(source, [f"line {number}: not a msgid, its msgstr, or a comment"])
        part = _ESCAPED.sub(lambda mark: "\n" if mark[1] == "n" else mark[1], match["text"])
        if match["key"]:
            key = match["key"]
            said.append((key, part))
        elif not said:
            raise ConfigError(source, [f"line {number}: a text that belongs to no msgid"])
        else:
            said[-1] = (key, said[-1][1] + part)
    if len(said) % 2:
        raise ConfigError(source, ["the last msgid has no msgstr"])
    return [(said[at][1], said[at + 1][1]) for at in range(0, len(said), 2)]


def _placeholders(text: str) -> list[str]:
    """Return the names in braces; a brace that is out of place is a placeholder of its own."""
    try:
        return sorted(name for _, name, _, _ in Formatter().parse(text) if name is not None)
    except ValueError:
        return ["{"]
