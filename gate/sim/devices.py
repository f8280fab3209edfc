"""Every port of `gate.devices`, without hardware: for tests, and for a site on one machine.

They obey the rules of the real ones: the same bounds, the same `DeviceError`, nothing energised
after `close`. They differ in telling what they did, and in failing on request. Time passes only
when `ManualClock.advance` is called; the camera calls it for each frame.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import numpy as np

from gate.access.model import Direction
from gate.devices.ports import Frame, Luma, Reading, Sight
from gate.devices.relay import checked_release_s
from gate.devices.signals import Signal
from gate.errors import DeviceError

FREEZE_S: Final = 2.0
"""A camera gives up on a frame after this long (READING, picamera2)."""

_PICTURE_MARK: Final = b"sim:"
"""What a picture for `SimDecoder` begins with."""


class ManualClock:
    """The `Clock` port, moved by hand; `trusted` may be set at any time.

    Another clock is another boot, unless it begins at the same moment.
    """

    def __init__(self, now: datetime, *, trusted: bool = True) -> None:
        self.trusted = trusted
        self._now = now
        self._monotonic_s = 0.0
        self._boot_id = f"boot at {now.isoformat()}"

    def set(self, now: datetime) -> None:
        """Let somebody set the clock; no time passes."""
        self._now = now

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass (0 or more)."""
        self._now += timedelta(seconds=seconds)
        self._monotonic_s += seconds

    def now(self) -> datetime:
        """Return the time, aware, UTC."""
        return self._now

    def monotonic(self) -> float:
        """Return the seconds passed since the clock was made."""
        return self._monotonic_s

    def is_trusted(self) -> bool:
        """Return what `trusted` says."""
        return self.trusted

    def boot_id(self) -> str:
        """Return what names this boot."""
        return self._boot_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A signal began to play."""

    at_s: float
    signal: Signal


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """A portal was let open one way."""

    at_s: float
    direction: Direction
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked:
    """The entry was locked by `lock` or `close`; a release that ran out is not one of these."""

    at_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Freed:
    """Both ways were let open for a fire."""

    at_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Secured:
    """Both ways were locked after a fire."""

    at_s: float


class SimOutputs:
    """The `Outputs` port; `happened` tells what was done, oldest first.

    A text in `broken` makes everything but an exit fail with it, as a dead relay or lamp would.
    """

    def __init__(self, clock: ManualClock) -> None:
        self.happened: list[Shown | Released | Locked | Freed | Secured] = []
        self.broken: str | None = None
        self.is_night = False
        self._clock = clock
        self._until_s = dict.fromkeys(Direction, 0.0)
        self._free = False
        self._closed = False

    def is_released(self, direction: Direction) -> bool:
        """Tell whether the portal opens this way now."""
        return self._free or self._clock.monotonic() < self._until_s[direction]

    @property
    def signals(self) -> list[Signal]:
        """The signals shown so far."""
        return [event.signal for event in self.happened if isinstance(event, Shown)]

    def release(self, direction: Direction, seconds: float) -> None:
        """Let the portal open one way; longer if a release in force lasts longer."""
        checked_release_s(seconds)
        self._check(f"{direction} release")
        if direction is Direction.IN:
            self._check_works()
        at_s = self._clock.monotonic()
        self._until_s[direction] = max(self._until_s[direction], at_s + seconds)
        self.happened.append(Released(at_s=at_s, direction=direction, seconds=seconds))

    def show(self, signal: Signal) -> None:
        """Play a signal."""
        self._check(f"signal {signal}")
        self.happened.append(Shown(at_s=self._clock.monotonic(), signal=signal))
        self._check_works()

    def quieten(self, *, is_night: bool) -> None:
        """Sound lower, or not any more."""
        self.is_night = is_night

    def free(self) -> None:
        """Let both ways open until `secure`."""
        self._check("both ways freed")
        self._free = True
        self.happened.append(Freed(at_s=self._clock.monotonic()))

    def secure(self) -> None:
        """End what `free` began."""
        if self._free:
            self._free = False
            self._until_s = dict.fromkeys(Direction, 0.0)
            self.happened.append(Secured(at_s=self._clock.monotonic()))

    def lock(self) -> None:
        """Lock the entry, leave the exit; nothing while both ways are free for a fire."""
        if self._closed or self._free:
            return
        self._until_s[Direction.IN] = 0.0
        self.happened.append(Locked(at_s=self._clock.monotonic()))
        self._check_works()

    def close(self) -> None:
        """Lock both ways for good; safe to call twice."""
        if self._closed:
            return
        self._until_s = dict.fromkeys(Direction, 0.0)
        self._free = False
        self._closed = True
        self.happened.append(Locked(at_s=self._clock.monotonic()))

    def _check(self, what: str) -> None:
        if self._closed:
            raise DeviceError(f"{what} after the outputs were closed")

    def _check_works(self) -> None:
        if self.broken is not None:
            raise DeviceError(self.broken)


class SimLamp:
    """The `Lamp` port; `happened` tells when it was lit and put out.

    A text in `broken` makes it fail with it when it is to be lit or put out.
    """

    def __init__(self) -> None:
        self.is_lit = False
        self.happened: list[bool] = []
        self.broken: str | None = None
        self._closed = False

    def shine(self, *, lit: bool) -> None:
        """Light it or put it out."""
        if self.broken is not None:
            raise DeviceError(self.broken)
        if self._closed and lit:
            raise DeviceError("illumination: lit after it was closed")
        if lit is not self.is_lit:
            self.happened.append(lit)
        self.is_lit = lit

    def close(self) -> None:
        """Put it out for good; safe to call twice."""
        self.is_lit = False
        self._closed = True


class CameraFault(StrEnum):
    """What a camera may do instead of giving a frame; each is a `DeviceError`."""

    NOT_OPENING = "not_opening"
    FREEZES = "freezes"
    VANISHES = "vanishes"


class SimCamera:
    """The `Camera` port over a script of pictures and faults, taken in order.

    A fault ends the stream that meets it; the next `frames()` goes on behind it, but never after
    VANISHES. Each frame lets `frame_s` pass on the clock.
    """

    def __init__(
        self,
        script: Iterable[Luma | CameraFault],
        clock: ManualClock,
        *,
        live: bool = False,
        frame_s: float = 1 / 30,
    ) -> None:
        self.live = live
        self.starts = 0
        self._script = iter(script)
        self._clock = clock
        self._frame_s = frame_s
        self._gone = False

    def frames(self) -> Iterator[Frame]:
        """Yield the pictures up to the next fault or the end of the script."""
        self.starts += 1
        while not self._gone:
            match next(self._script, None):
                case None:
                    return
                case CameraFault() as fault:
                    self._fail(fault)
                case luma:
                    self._clock.advance(self._frame_s)
                    yield Frame(luma=luma, at_s=self._clock.monotonic())
        raise DeviceError("camera: it is gone or was closed")

    def close(self) -> None:
        """Let go; `frames` fails from now on."""
        self._gone = True

    def _fail(self, fault: CameraFault) -> None:
        if fault is CameraFault.NOT_OPENING:
            raise DeviceError("camera: it does not open")
        if fault is CameraFault.FREEZES:
            self._clock.advance(FREEZE_S)
            raise DeviceError(f"camera: no frame for {FREEZE_S:g} s")
        self._gone = True


def picture_of(*texts: str, unread: bool = False) -> Luma:
    """Return a picture that says `texts` to a `SimDecoder`, and nothing to any other."""
    said = json.dumps({"texts": texts, "unread": unread}).encode()
    return np.frombuffer(_PICTURE_MARK + said, dtype=np.uint8).reshape(1, -1)


class SimDecoder:
    """The `Decoder` port for pictures made by `picture_of`; all others show nothing to it."""

    def decode(self, frame: Frame) -> Sight:
        """Return what the picture says."""
        pixels = frame.luma.tobytes()
        if not pixels.startswith(_PICTURE_MARK):
            return Sight()
        said = json.loads(pixels.removeprefix(_PICTURE_MARK))
        readings = tuple(Reading(text=text, decoder="sim") for text in said["texts"])
        return Sight(readings=readings, unread=said["unread"])


class SimNotifier:
    """The `Notifier` port; `said` is what the supervisor was told, oldest first."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def ready(self) -> None:
        """The gate works."""
        self.said.append("ready")

    def alive(self, status: str) -> None:
        """The main loop turned."""
        self.said.append(f"alive: {status}")

    def stopping(self) -> None:
        """The gate is locking."""
        self.said.append("stopping")
