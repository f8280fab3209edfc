"""Rows read for where people are, and for nothing else: a gate reads a day of them when it starts.

Of a holder part only its end is read, which names the person (gate.events.codec): nothing else in
it moves anybody. Reading is total: a row gives a Movement or an EventError that names its number.
"""

import re
from binascii import unhexlify
from typing import Any, Final

from gate.errors import EventError
from gate.events.codec import from_ms
from gate.events.model import MAX_NUMBER, PERSON_BYTES, EventKind
from gate.events.movement import Movement

_BEFORE: Final = b',"person":"'
_AFTER: Final = b'"}'
_HEX: Final = slice(len(_BEFORE), -len(_AFTER))
_END_CHARS: Final = len(_BEFORE) + 2 * PERSON_BYTES + len(_AFTER)
_END: Final = re.compile(b"%s(?:[0-9a-f]{2}){%d}%s" % (_BEFORE, PERSON_BYTES, _AFTER))
_KINDS: Final = {kind.encode(): kind for kind in EventKind}

SELECT_MOVEMENTS: Final = (
    "SELECT seq, at_ms, cast(kind AS BLOB), cast(access_point AS BLOB), cast(direction AS BLOB),"  # noqa: S608 - constants only
    f" count, cast(substr(holder, -{_END_CHARS}) AS BLOB) FROM entries"
)
"""Texts as bytes: so many become text sooner here than by the connection."""


def to_movement(row: tuple[Any, ...]) -> Movement:
    """Return the movement in a row of `SELECT_MOVEMENTS`.

    Raises:
        EventError: the row holds none.
    """
    try:
        return _to_movement(*row)
    except (EventError, ValueError) as error:
        raise EventError(f"entry {row[0]}: no record: {error}") from error


def _to_movement(
    _seq: int,
    at_ms: int,
    kind: bytes,
    access_point: bytes | None,
    direction: bytes | None,
    count: int,
    end: bytes | None,
) -> Movement:
    if (
        type(at_ms) is not int
        or type(count) is not int
        or access_point is None
        or direction is None
    ):
        raise EventError("a value in a column of another type")
    if not 1 <= count <= MAX_NUMBER:
        raise EventError(f"count {count}: outside 1 to {MAX_NUMBER}")
    person = None
    if end is not None:
        if _END.fullmatch(end) is None:
            raise EventError("its holder part doesn't end with a person")
        person = unhexlify(end[_HEX])
    return Movement(
        from_ms(at_ms), _KINDS[kind], access_point.decode(), direction.decode(), count, person
    )
