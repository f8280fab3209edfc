"""One value of a card at a time: each function returns what it was given, judged, or raises.

Texts are printable ASCII but for the name (`gate.card.names`), so that every Python and browser
judges them alike; days and times lie from 2020 to 2100.
"""

from datetime import date
from typing import Final

from gate.card.model import Code, StatusRef
from gate.errors import CardError, Reason
from gate.signing import cbor

MIN_TIME_S: Final = 1_577_836_800
"""2020-01-01T00:00:00Z."""
END_TIME_S: Final = 4_133_980_800
"""2101-01-01T00:00:00Z, the first second past 2100."""
MAX_URI_CHARS: Final = 200
MAX_NUMBER_CHARS: Final = 32
MAX_TEXT_CHARS: Final = 64
MAX_CODE_CHARS: Final = 24

_MIN_DAY: Final = MIN_TIME_S // 86_400
_END_DAY: Final = END_TIME_S // 86_400
EPOCH_ORDINAL: Final = date(1970, 1, 1).toordinal()
_FORMULA: Final = ("=", "+", "-", "@")
_STATUS_KEYS: Final = {"status_list"}
_ENTRY_KEYS: Final = {"idx", "uri"}


def malformed(detail: str) -> CardError:
    """Return the one error of this format; `detail` repeats nothing that the card said."""
    return CardError(Reason.MALFORMED, detail)


def text(value: object, what: str, limit: int = MAX_TEXT_CHARS) -> str:
    """Judge a text of 1 to `limit` characters."""
    if not (
        isinstance(value, str)
        and 0 < len(value) <= limit
        and value.isascii()
        and value.isprintable()
    ):
        raise malformed(f"{what} is not printable ASCII of 1 to {limit} characters")
    return value


def card_number(value: object) -> str:
    """Judge a card number: no spreadsheet may take it for a formula."""
    number = text(value, "the card number", MAX_NUMBER_CHARS)
    if number.startswith(_FORMULA):
        raise malformed("the card number begins like a formula")
    return number


def code(value: object) -> Code:
    """Judge a catalogue code or its number."""
    if type(value) is int and value >= 0:
        return value
    return text(value, "a code", MAX_CODE_CHARS)


def pair(value: cbor.Value, key: int) -> list[cbor.Value]:
    """Judge a list of two."""
    if not isinstance(value, list) or len(value) != 2:
        raise malformed(f"competence {key} is not a list of 2")
    return value


def codes(value: cbor.Value | None, limit: int) -> tuple[Code, ...]:
    """Return a list's codes, () if there is no list; one that is there is never empty."""
    if value is None:
        return ()
    if not isinstance(value, list) or not 1 <= len(value) <= limit:
        raise malformed(f"a list of codes is not of 1 to {limit}")
    return tuple(map(code, value))


def day(value: object) -> date:
    """Judge a day, counted from 1970-01-01."""
    if type(value) is not int or not _MIN_DAY <= value < _END_DAY:
        raise malformed("a day is not a number of days from 2020 to 2100")
    return date.fromordinal(EPOCH_ORDINAL + value)


def status_ref(value: object) -> StatusRef:
    """Judge `{"status_list": {"idx": uint, "uri": text}}` and nothing beside."""
    if not isinstance(value, dict) or value.keys() != _STATUS_KEYS:
        raise malformed("the status is not {status_list: {idx, uri}}")
    entry = value["status_list"]
    if not isinstance(entry, dict) or entry.keys() != _ENTRY_KEYS:
        raise malformed("the status is not {status_list: {idx, uri}}")
    index = entry["idx"]
    if not isinstance(index, int) or index < 0:
        raise malformed("the status index is not an unsigned integer")
    return StatusRef(uri=text(entry["uri"], "the status URI", MAX_URI_CHARS), index=index)
