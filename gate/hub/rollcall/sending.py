"""What a phone sends of its taps, read whole or refused whole."""

from typing import Any, Final

from gate.errors import EventError
from gate.hub.rollcall.calls import Tap
from gate.hub.sent import Listed, read_ms, read_uid

MAX_TAPS: Final = 500
"""In one message; a phone with more sends the rest in the next."""

MAX_BODY_BYTES: Final = 200_000
_TAPS: Final = Listed(
    one="mark",
    all_="marks",
    keys={"uid", "named", "undoes", "at_ms"},
    most=MAX_TAPS,
    most_bytes=MAX_BODY_BYTES,
)


def read_taps(body: bytes) -> list[Tap]:
    """Return the taps of a message.

    Raises:
        EventError: it is none; says what is wrong with it.
    """
    return [_tap(one) for one in _TAPS.read(body)]


def _tap(one: dict[str, Any]) -> Tap:
    number = one["named"]
    if not isinstance(number, int) or isinstance(number, bool) or not 0 < number < 2**63:
        raise EventError("named: not the number of somebody on the roll call")
    undoes = None if one["undoes"] is None else read_uid(one["undoes"], "undoes")
    uid, at = read_uid(one["uid"], "uid"), read_ms(one["at_ms"], "at_ms")
    return Tap(uid=uid, named=number, undoes=undoes, at=at)
