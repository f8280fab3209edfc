"""One thing held up to the simulated gate: what the gate process is told, one JSON line each.

It says what is held up and how, and what happens to the portal's contacts meanwhile, never what
should come of it: the gate process can't know.

Invariant: `from_line(to_line(presentation))` is the presentation; any other text gives DeviceError.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Final

from gate.access.model import Direction
from gate.devices.ports import Contact
from gate.errors import DeviceError
from gate.sim.look import Glare, Look

MAX_LINE_CHARS: Final = 16_384
"""Two cards of the longest text a QR code holds, escaped, take half of it."""


AFTER_S: Final = 1.0
"""From the last touch to the end: what comes of it is recorded within a second."""


class Medium(StrEnum):
    """What bears the code."""

    CARD = "card"
    PAPER = "paper"
    PHONE = "phone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """One thing with one code; `web_text` is a second code, on a plastic card only."""

    medium: Medium
    text: str
    name: str = "A. N. Other"
    lines: tuple[str, ...] = ()
    web_text: str | None = None
    gloved: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """A contact becomes active, or is no more, `at_s` after the presentation began."""

    contact: Contact
    active: bool
    at_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Presentation:
    """One or two things, held up together.

    Attributes:
        number: from 1, in the order of presenting.
        at_s: when it begins, in seconds since the gate's clock was started.
        way: which lane's camera sees it.
        before_s: how long the place is empty first.
        approach_s: how long the hand takes to bring it; 0 for at once.
        hold_s: how long it is held still.
        touches: what happens to the portal's contacts, oldest first.
        watched_s: how long it lasts at least, from its beginning; what follows comes later.
        seed: of the hand's tremor, the scene and the sensor's noise.
        picture: where the frame in the middle is kept as a PNG; None for nowhere.
    """

    number: int
    at_s: float
    things: tuple[Thing, ...]
    way: Direction = Direction.IN
    look: Look = field(default_factory=Look)
    before_s: float = 0.0
    approach_s: float = 0.2
    hold_s: float = 0.5
    touches: tuple[Touch, ...] = ()
    watched_s: float = 0.0
    seed: int = 0
    picture: str | None = None


def lasts_s(shown: Presentation) -> float:
    """Return how long something goes on at the portal, from the presentation's beginning."""
    touched_s = max((touch.at_s + AFTER_S for touch in shown.touches), default=0.0)
    return max(shown.watched_s, touched_s)


def to_line(presentation: Presentation) -> str:
    """Return the line, without its end."""
    return json.dumps(asdict(presentation))


def from_line(line: str) -> Presentation:
    """Return the presentation a line tells.

    Raises:
        DeviceError: the line tells none.
    """
    if len(line) > MAX_LINE_CHARS:
        raise DeviceError(f"presentation of {len(line)} characters, at most {MAX_LINE_CHARS}")
    try:
        told: dict[str, Any] = json.loads(line)
        look: dict[str, Any] = told.pop("look")
        glare = Glare(**look.pop("glare"))
        things = tuple(_thing(thing) for thing in told.pop("things"))
        touches = tuple(_touch(touch) for touch in told.pop("touches"))
        way = Direction(told.pop("way"))
        look_of = Look(glare=glare, **look)
        return Presentation(things=things, way=way, touches=touches, look=look_of, **told)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise DeviceError(f"presentation {line[:40]!r}...: {error}") from error


def _thing(told: Mapping[str, Any]) -> Thing:
    plain = {key: value for key, value in told.items() if key not in {"medium", "lines"}}
    return Thing(medium=Medium(told["medium"]), lines=tuple(told["lines"]), **plain)


def _touch(told: Mapping[str, Any]) -> Touch:
    others = {key: value for key, value in told.items() if key != "contact"}
    return Touch(contact=Contact(told["contact"]), **others)
