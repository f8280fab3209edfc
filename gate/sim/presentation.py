"""One thing held up to the simulated gate: what the gate process is told, one JSON line each.

It says what is held up and how, never what should come of it: the gate process can't know.

Invariant: `from_line(to_line(presentation))` is the presentation; any other text gives DeviceError.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Final

from gate.errors import DeviceError
from gate.sim.look import Glare, Look

MAX_LINE_CHARS: Final = 16_384
"""Two cards of the longest text a QR code holds, escaped, take half of it."""


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
class Presentation:
    """One or two things, held up together.

    Attributes:
        number: from 1, in the order of presenting.
        at_s: when it begins, in seconds since the gate's clock was started.
        approach_s: how long the hand takes to bring it; 0 for at once.
        hold_s: how long it is held still.
        seed: of the hand's tremor, the scene and the sensor's noise.
        picture: where the frame in the middle is kept as a PNG; None for nowhere.
    """

    number: int
    at_s: float
    things: tuple[Thing, ...]
    look: Look = field(default_factory=Look)
    approach_s: float = 0.2
    hold_s: float = 0.5
    seed: int = 0
    picture: str | None = None


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
        return Presentation(things=things, look=Look(glare=glare, **look), **told)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise DeviceError(f"presentation {line[:40]!r}...: {error}") from error


def _thing(told: Mapping[str, Any]) -> Thing:
    plain = {key: value for key, value in told.items() if key not in {"medium", "lines"}}
    return Thing(medium=Medium(told["medium"]), lines=tuple(told["lines"]), **plain)
