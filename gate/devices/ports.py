"""The few shapes through which the gate touches hardware.

Each port has one to six methods, plain types, a real side in this room and a fake in `gate.sim`
that obeys the same rules; a conformance suite runs against both. All of them raise `DeviceError`
when the thing does not answer, and nothing else.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, TypeAlias

from gate.access.model import Direction
from gate.devices.signals import Signal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Luma: TypeAlias = NDArray[np.uint8]
else:
    Luma = object  # whoever reads the unit's file and takes no picture does without numpy's 13 MB
"""Brightness plane, shape (height, width), possibly a strided view into a camera's buffer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """How a picture was taken: exposed for so many microseconds, amplified by so much."""

    exposure_us: int
    gain: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Frame:
    """One picture; `at_s` is seconds on the source's own steady time line, never going back.

    `shot` is None of a camera that doesn't tell.
    """

    luma: Luma
    at_s: float
    shot: Shot | None = None


Corners: TypeAlias = tuple[tuple[float, float], ...]
"""Where a code lies: x and y of its four corners in px of the frame, around it in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One code in a frame: its text, which decoder read it, and where, if that is known."""

    text: str
    decoder: str
    place: Corners | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What a decoder made of a frame: the codes it read, each text once.

    `unread` tells that a code was found but could not be read; it is a hint for the worker
    ("Closer"), never a reason to admit or refuse. `missed` is where such codes lie, as far as a
    decoder can tell.
    """

    readings: tuple[Reading, ...] = ()
    unread: bool = False
    missed: tuple[Corners, ...] = field(default=(), compare=False)


class Mark(StrEnum):
    """What a card's text may be printed as, beside a QR code."""

    AZTEC = "aztec"
    DATA_MATRIX = "data-matrix"


class Camera(Protocol):
    """A source of frames.

    `live` tells whether frames that are not taken may be dropped (a real camera) or must wait (a
    directory, a video file). Iterating starts the stream; closing the iterator stops it, so that a
    second `frames()` is a stop and start. The iterator ends when the source has no more.
    """

    @property
    def live(self) -> bool:
        """Whether frames that are not taken may be dropped."""
        ...

    def frames(self) -> Iterator[Frame]:
        """Yield frames, oldest first."""
        ...

    def close(self) -> None:
        """Let go of the device; safe to call twice."""
        ...


class Decoder(Protocol):
    """Reads the QR codes of a frame."""

    def decode(self, frame: Frame) -> Sight:
        """Return what can be seen; an empty Sight if nothing can."""
        ...


class Outputs(Protocol):
    """Relay, lights and sounder of one portal; locked from construction to `close`."""

    def release(self, direction: Direction, seconds: float) -> None:
        """Let the portal open one way for `seconds` (bounded by the driver), then lock again."""
        ...

    def show(self, signal: Signal) -> None:
        """Play a signal; a newer one interrupts it."""
        ...

    def quieten(self, *, is_night: bool) -> None:
        """Sound the signals that follow lower, or not any more; a refusal is never lowered."""
        ...

    def free(self) -> None:
        """Let the portal open both ways until `secure`: for a fire. Any thread may call."""
        ...

    def secure(self) -> None:
        """End what `free` began."""
        ...

    def lock(self) -> None:
        """Lock the entry now, cutting its release short, unless it is free for a fire."""
        ...

    def close(self) -> None:
        """Lock the entry, darken the lights; safe to call twice."""
        ...


class Lamp(Protocol):
    """The lamp at a reader, dark from construction to `close` unless it is lit."""

    def shine(self, *, lit: bool) -> None:
        """Light it or put it out."""
        ...

    def close(self) -> None:
        """Put it out for good; safe to call twice."""
        ...


class Contact(StrEnum):
    """What may be wired to a unit's inputs."""

    ROTATION_IN = "rotation_in"
    ROTATION_OUT = "rotation_out"
    DOOR = "door"
    EXIT_BUTTON = "exit_button"
    GUARD_KEY = "guard_key"
    FIRE = "fire"
    TAMPER = "tamper"
    MAINS = "mains"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A contact became active or was no more.

    Attributes:
        at_s: when, on the machine's steady line.
        reacted_s: seconds from then until what acts at once had acted; None where nothing does.
        fault: why that did not obey; empty if it did.
    """

    contact: Contact
    active: bool
    at_s: float
    reacted_s: float | None = None
    fault: str = ""


Reactions = Mapping[Contact, Callable[[], None]]
"""What is done the moment a contact becomes active, by whatever thread notices it: only what never
waits, and raises nothing but `DeviceError`."""


class Inputs(Protocol):
    """The contacts of one portal. What is active already is a change at the start."""

    wired: frozenset[Contact]

    def changes(self) -> Sequence[Change]:
        """Return what changed since it was asked last, oldest first."""
        ...

    def is_active(self, contact: Contact) -> bool:
        """Tell whether a contact is active now; one that is not wired never is."""
        ...

    def close(self) -> None:
        """Let go; nothing changes any more; safe to call twice."""
        ...


class Clock(Protocol):
    """The only one that is asked what time it is."""

    def now(self) -> datetime:
        """Return the time, aware, UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds on a steady line, which begins anew with each boot."""
        ...

    def is_trusted(self) -> bool:
        """Tell whether `now` was set by something that can be relied upon."""
        ...

    def boot_id(self) -> str:
        """Return what names this boot of the machine, and no other."""
        ...


class Notifier(Protocol):
    """What the process tells its supervisor."""

    def ready(self) -> None:
        """The gate works."""
        ...

    def alive(self, status: str) -> None:
        """The main loop turned; `status` is one line for people."""
        ...

    def stopping(self) -> None:
        """The gate is locking."""
        ...
