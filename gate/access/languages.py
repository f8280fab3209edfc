"""The languages a gate speaks to workers. English is the language of the texts themselves."""

from enum import StrEnum


class Language(StrEnum):
    """A language by its ISO 639-1 code, as gettext names its catalogues."""

    ENGLISH = "en"
    WELSH = "cy"
    POLISH = "pl"
    ROMANIAN = "ro"
    LITHUANIAN = "lt"
    PORTUGUESE = "pt"
    PUNJABI = "pa"
