"""The bounds of what stands on a card, and the one error of its format.

Texts are printable ASCII but for the name (`gate.card.names`), so that every Python and browser
judges them alike; days and times lie from 2020 to 2100.
"""

from datetime import date
from typing import Final

from gate.errors import CardError, Reason

MIN_TIME_S: Final = 1_577_836_800
"""2020-01-01T00:00:00Z."""
END_TIME_S: Final = 4_133_980_800
"""2101-01-01T00:00:00Z, the first second past 2100."""
MAX_URI_CHARS: Final = 200
MAX_NUMBER_CHARS: Final = 32
MAX_TEXT_CHARS: Final = 64
MAX_CODE_CHARS: Final = 24
LANGUAGE_CHARS: Final = 2
"""ISO 639-1, as catalogues of texts are named."""

_MIN_DAY: Final = MIN_TIME_S // 86_400
_END_DAY: Final = END_TIME_S // 86_400
EPOCH_ORDINAL: Final = date(1970, 1, 1).toordinal()
FORMULA: Final = ("=", "+", "-", "@")
"""How a card number may not begin: a spreadsheet would take it for one."""


def malformed(detail: str) -> CardError:
    """Return the one error of this format; `detail` repeats nothing that the card said."""
    return CardError(Reason.MALFORMED, detail)


def is_language(code: str) -> bool:
    """Tell whether a code is two letters a to z, which every code of ISO 639-1 is."""
    return len(code) == LANGUAGE_CHARS and code.isascii() and code.isalpha() and code.islower()


def day(value: object) -> date:
    """Judge a day, counted from 1970-01-01."""
    if type(value) is not int or not _MIN_DAY <= value < _END_DAY:
        raise malformed("a day is not a number of days from 2020 to 2100")
    return date.fromordinal(EPOCH_ORDINAL + value)
