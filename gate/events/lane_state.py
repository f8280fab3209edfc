"""What one lane shows and is, at one moment: how the gate process tells its neighbours. Pure.

The screen draws it, the unit's own page lists it. It is one small JSON object in a file on a
tmpfs, replaced whole at each change and at least once a second. `at_s` is CLOCK_MONOTONIC, which
every process of a machine reads alike and which begins anew at each boot: what is older than
`STALE_S`, or from the future, tells nothing of now.

Parser invariant: any bytes are a `LaneState` or one `EventError`; decode(encode(state)) == state.
"""

import json
import math
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Any, Final

from gate.access.languages import Language
from gate.access.model import Direction
from gate.errors import EventError, Reason

VERSION: Final = 2

MAX_STATE_BYTES: Final = 4096
"""One page of memory; a state with every field at its longest is below half of it."""

MAX_TEXT_CHARS: Final = 80
"""Of a name or of a part; what is longer is cut by whoever makes the state."""

MAX_FAULTS: Final = 16
"""More parts than a lane has."""

MAX_HINTS: Final = 2
"""More than two things to do at once are none."""

STALE_S: Final = 5.0
"""Five writes that did not come; one record on a worn SD card takes less."""


class Shown(StrEnum):
    """What the lane shows."""

    READY = "ready"
    AGEING = "ageing"
    STALE = "stale"
    ADMITTED = "admitted"
    NOTED = "noted"
    REFERRED = "referred"
    REFUSED = "refused"
    UNREADABLE = "unreadable"
    FAULT = "fault"
    MAINTENANCE = "maintenance"
    LOCK_DOWN = "lock_down"
    FIRE_ENTRY = "fire_entry"
    FIRE_EXIT = "fire_exit"
    OFF = "off"


class Hint(StrEnum):
    """What somebody may do whose code is seen and can't be read."""

    CLOSER = "closer"
    FURTHER = "further"
    BRIGHTER = "brighter"
    TILT = "tilt"
    STILL = "still"
    WIPE = "wipe"


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneState:
    """One lane at `at_s`, on the steady line of its machine.

    Attributes:
        reason: why the answer that is shown is no plain admit; None if it is, or none is shown.
        expires_on: site-local, with a card that runs out soon.
        first_name: of whom was admitted; empty for everybody else.
        faults: the parts that are broken, those that lock nothing among them.
        language: what the holder of the card that is answered is spoken to in, else the site's.
        is_night: whether light is to be low.
        hints: with a code that can't be read what was measured to help; none if nothing was.
    """

    at_s: float
    lane: str
    direction: Direction
    shown: Shown
    reason: Reason | None = None
    expires_on: date | None = None
    first_name: str = ""
    faults: tuple[str, ...] = ()
    language: Language = Language.ENGLISH
    is_night: bool = False
    hints: tuple[Hint, ...] = ()


def is_current(state: LaneState, now_s: float) -> bool:
    """Tell whether a state says something about `now_s`, on the same steady line."""
    return 0 <= now_s - state.at_s <= STALE_S


def encode_lane_state(state: LaneState) -> bytes:
    """Return the file's content."""
    expires_on = None if state.expires_on is None else state.expires_on.isoformat()
    values: dict[str, Any] = {one.name: getattr(state, one.name) for one in fields(state)}
    values |= {"version": VERSION, "expires_on": expires_on}
    return json.dumps(values, ensure_ascii=True, allow_nan=False).encode("ascii")


def decode_lane_state(data: bytes) -> LaneState:
    """Return the state that a file holds.

    Raises:
        EventError: it holds none, or one of another version.
    """
    if len(data) > MAX_STATE_BYTES:
        raise EventError(f"lane state: more than {MAX_STATE_BYTES} bytes")
    try:
        values = json.loads(data.decode("ascii"))
    except (ValueError, RecursionError) as error:
        raise EventError("lane state: not JSON in ASCII") from error
    if not isinstance(values, dict) or values.get("version") != VERSION:
        raise EventError(
            f"lane state: not of version {VERSION}; next: restart gate-unit and screen"
        )
    if values.keys() != {"version", *(one.name for one in fields(LaneState))}:
        raise EventError(f"lane state: other fields than those of version {VERSION}")
    try:
        return _state(values)
    except (TypeError, ValueError) as error:
        raise EventError(f"lane state: {error}") from error


def _state(values: dict[str, Any]) -> LaneState:
    reason, expires_on = values["reason"], values["expires_on"]
    faults, hints = values["faults"], values["hints"]
    if not isinstance(faults, list) or len(faults) > MAX_FAULTS:
        raise ValueError(f"faults: not a list of up to {MAX_FAULTS}")
    if not isinstance(hints, list) or len(hints) > MAX_HINTS:
        raise ValueError(f"hints: not a list of up to {MAX_HINTS}")
    if not isinstance(values["is_night"], bool):
        raise TypeError("is_night: neither true nor false")
    return LaneState(
        at_s=_seconds(values["at_s"]),
        lane=_text(values["lane"]),
        direction=Direction(values["direction"]),
        shown=Shown(values["shown"]),
        reason=None if reason is None else Reason(reason),
        expires_on=None if expires_on is None else date.fromisoformat(expires_on),
        first_name=_text(values["first_name"]),
        faults=tuple(_text(part) for part in faults),
        language=Language(values["language"]),
        is_night=values["is_night"],
        hints=tuple(Hint(hint) for hint in hints),
    )


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise TypeError("at_s: no number of seconds")
    return float(value)


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > MAX_TEXT_CHARS or not value.isprintable():
        raise TypeError(f"a text: not up to {MAX_TEXT_CHARS} printable characters")
    return value
