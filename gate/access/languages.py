"""The languages a gate speaks to workers. English is the language of the texts themselves."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Language(StrEnum):
    """A language by its ISO 639-1 code, as gettext names its catalogues."""

    ENGLISH = "en"
    WELSH = "cy"
    POLISH = "pl"
    ROMANIAN = "ro"
    LITHUANIAN = "lt"
    PORTUGUESE = "pt"
    PUNJABI = "pa"


NAMES: Final[Mapping[Language, str]] = {one: one.name.capitalize() for one in Language}
"""What whoever manages a site calls each, in English."""

_CALLED: Final = {name.casefold(): one for one, name in NAMES.items()} | {
    one.value: one for one in Language
}


def language_called(text: str) -> Language | None:
    """Return the language that somebody wrote, as its code or as its English name."""
    return _CALLED.get(text.strip().casefold())
