"""How far a machine in set-up is: how `gate enrol` tells a screen. Pure.

One small JSON object in a file on a tmpfs, replaced whole at each step. It holds what people read:
no code, no password, no key.

Parser invariant: any bytes are a `SetUpState` or one `EventError`; decode(encode(state)) == state.
"""

import json
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Final

from gate.errors import EventError

MAX_SET_UP_BYTES: Final = 2048
MAX_SAID_CHARS: Final = 200
"""Of each text; the longest that is said has 105."""


class SetUp(StrEnum):
    """Where it stands."""

    WAITING = "waiting"
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"
    BROKEN = "broken"
    """A part of the machine, such as its camera; no code can be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUpState:
    """What is to be read now.

    Attributes:
        says: what is going on, or went wrong.
        step: what whoever stands there is to do next; empty if nothing.
        words: the hub's, to compare; empty before a code was read.
    """

    state: SetUp
    says: str
    step: str = ""
    words: str = ""

    def __post_init__(self) -> None:
        """Refuse what no screen could show."""
        for text in (self.says, self.step, self.words):
            if not isinstance(text, str) or len(text) > MAX_SAID_CHARS or not text.isprintable():
                raise EventError(f"set-up: not up to {MAX_SAID_CHARS} printable characters")


def encode_set_up(state: SetUpState) -> bytes:
    """Return the file's content."""
    return json.dumps(asdict(state), ensure_ascii=True).encode("ascii")


def decode_set_up(data: bytes) -> SetUpState:
    """Return what a file tells.

    Raises:
        EventError: it tells nothing.
    """
    if len(data) > MAX_SET_UP_BYTES:
        raise EventError(f"set-up: more than {MAX_SET_UP_BYTES} bytes")
    try:
        found = json.loads(data.decode("ascii"))
    except (ValueError, RecursionError) as error:
        raise EventError("set-up: not JSON in ASCII") from error
    if not isinstance(found, dict) or found.keys() != {one.name for one in fields(SetUpState)}:
        raise EventError("set-up: other fields than are known here")
    try:
        return SetUpState(**{**found, "state": SetUp(found["state"])})
    except (ValueError, TypeError) as error:
        raise EventError("set-up: in a state that is not known here") from error
