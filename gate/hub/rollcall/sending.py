"""What a phone sends of its taps, read whole or refused whole."""

import json
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from gate.errors import EventError
from gate.events.codec import from_ms
from gate.hub.rollcall.calls import Tap

MAX_TAPS: Final = 500
"""In one message; a phone with more sends the rest in the next."""

MAX_BODY_BYTES: Final = 200_000
_KEYS: Final = {"uid", "named", "undoes", "at_ms"}


def read_taps(body: bytes) -> list[Tap]:
    """Return the taps of a message.

    Raises:
        EventError: it is none; says what is wrong with it.
    """
    if len(body) > MAX_BODY_BYTES:
        raise EventError(f"marks: {len(body)} bytes, at most {MAX_BODY_BYTES}; next: send fewer")
    try:
        said = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise EventError("marks: not JSON; next: load the page anew") from error
    marks = said.get("marks") if isinstance(said, dict) else None
    if not isinstance(marks, list) or len(marks) > MAX_TAPS:
        raise EventError(f"marks: not a list of at most {MAX_TAPS}; next: send fewer")
    return [_tap(one) for one in marks]


def _tap(one: Any) -> Tap:  # noqa: ANN401 - of JSON
    if not isinstance(one, dict) or set(one) != _KEYS:
        raise EventError(f"mark: not an object of {', '.join(sorted(_KEYS))}")
    number = one["named"]
    if not isinstance(number, int) or isinstance(number, bool) or not 0 < number < 2**63:
        raise EventError("named: not the number of somebody on the roll call")
    undoes = None if one["undoes"] is None else _uid(one["undoes"], "undoes")
    return Tap(uid=_uid(one["uid"], "uid"), named=number, undoes=undoes, at=_at(one["at_ms"]))


def _uid(value: Any, name: str) -> UUID:  # noqa: ANN401 - of JSON
    try:
        return UUID(value if isinstance(value, str) else "")
    except ValueError as error:
        raise EventError(f"{name}: not a UUID") from error


def _at(value: Any) -> datetime:  # noqa: ANN401 - of JSON
    if not isinstance(value, int) or isinstance(value, bool):
        raise EventError("at_ms: not milliseconds since 1970")
    try:
        return from_ms(value)
    except EventError as error:
        raise EventError("at_ms: not a time that a phone can show") from error
