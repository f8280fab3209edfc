"""How a lane's camera saw the cards of a day: what a heartbeat tells, so that wear shows in time.

Six whole numbers a day and lane, nothing of any card or person. On the wire a list, in the order of
the fields.

Invariant: `from_wire` of anything is a `CameraDay` or EventError.
"""

from dataclasses import astuple, dataclass, fields
from typing import Final

from gate.errors import EventError

MOST: Final = 1_000_000
"""Of each figure; a day has 86,400 s, and exposure times gain is under a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraDay:
    """One day of one camera; means of the cards that were read.

    Attributes:
        day: days since 1970, UTC.
        cards: how many were read.
        edge_cpx: width of their sharpest edges, hundredths of a pixel; a lens in focus has 200.
        haze_percent: how light their dark modules are beside the light ones.
        need_us: exposure times gain, microseconds; 0 if the camera doesn't tell.
        missed: how often a code was held up and could not be read.
    """

    day: int
    cards: int
    edge_cpx: int
    haze_percent: int
    need_us: int
    missed: int

    def __post_init__(self) -> None:
        """Refuse what could not be sent, stored and shown."""
        for field in fields(self):
            value = getattr(self, field.name)
            if type(value) is not int or not 0 <= value <= MOST:
                raise EventError(f"camera day: {field.name} {value!r}: outside 0 to {MOST}")


def to_wire(day: CameraDay) -> list[int]:
    """Return a day as it is sent and kept."""
    return list(astuple(day))


def from_wire(told: object) -> CameraDay:
    """Return the day in a list; raises EventError if it is none."""
    names = [field.name for field in fields(CameraDay)]
    if not isinstance(told, list) or len(told) != len(names):
        raise EventError(f"camera day: not a list of {len(names)} numbers")
    return CameraDay(**dict(zip(names, told, strict=True)))
