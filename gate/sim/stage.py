"""The simulated turnstile's hardware: a camera that sees what is presented, and real outputs.

`StageCamera` renders each presentation whole before it hands out the first of its frames, so that
no rendering goes on while the gate works on a frame that matters. `StageDecoder` is the unit's own
chain; it sets the gate's clock to the frame it is given, and so does all time pass; on the way
there the portal's contacts are touched (`gate.sim.wires`). `StageOutputs` is the unit's own driver
on pretended pins, and notes when it was commanded.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from math import ceil
from pathlib import Path
from time import perf_counter
from typing import Final

import numpy as np
from PIL import Image

from gate.access.model import Direction
from gate.devices.ports import Decoder, Frame, Luma, Outputs, Sight
from gate.devices.signals import Signal
from gate.errors import DeviceError
from gate.sim import pictures
from gate.sim.devices import ManualClock
from gate.sim.frames import Timing, presentation, render
from gate.sim.layers import Picture
from gate.sim.presentation import Medium, Presentation, Thing, Touch, lasts_s
from gate.sim.reports import EndReport
from gate.sim.scene import Scene, site_scene

FRAME_PX: Final = (1280, 720)
FRAME_RATE_HZ: Final = 10.0
"""A third of a camera's: every frame is rendered, and the gate's times are in seconds."""

_LEAVE_S: Final = 0.2
_EMPTY_S: Final = 0.3
_PEOPLE: Final = 4

_IDLE_S: Final = 0.5
"""Between two frames of an empty place while something goes on at the portal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """What a presentation whose frames are handed out brings beside them; times are the gate's."""

    number: int
    last_s: float
    touches: tuple[Touch, ...] = ()


class StageCamera:
    """The `Camera` port over presentations; `next_one` waits for the next, None if there is none.

    `cues` tells, for each presentation handed out, its number, the time of its last frame, and what
    is touched when.
    """

    live = False

    def __init__(self, next_one: Callable[[], Presentation | None], seed: int) -> None:
        self.cues: deque[Cue] = deque()
        self._next_one = next_one
        self._seed = seed
        self._gone = False
        self._scenes: tuple[Scene, ...] = ()

    def frames(self) -> Iterator[Frame]:
        """Yield the frames of each presentation in turn, at its own times."""
        while not self._gone:
            shown = self._next_one()
            if shown is None:
                return
            lumas = self._rendered(shown)
            times_s = frame_times(shown, len(lumas))
            begin_s = shown.at_s
            touches = tuple(replace(one, at_s=begin_s + one.at_s) for one in shown.touches)
            self.cues.append(Cue(number=shown.number, last_s=times_s[-1], touches=touches))
            drawn = [lumas[0]] * _frames_before(shown) + lumas
            drawn += [lumas[-1]] * (len(times_s) - len(drawn))
            for luma, at_s in zip(drawn, times_s, strict=True):
                yield Frame(luma=luma, at_s=at_s)
        raise DeviceError("simulated camera: it was closed")

    def close(self) -> None:
        """Show nothing any more."""
        self._gone = True

    def _rendered(self, shown: Presentation) -> list[Luma]:
        self._scenes = self._scenes or _one_place(self._seed)
        scene = self._scenes[shown.seed % len(self._scenes)]
        rng = np.random.default_rng(shown.seed)
        timing = Timing(
            approach_s=shown.approach_s,
            hold_s=shown.hold_s,
            leave_s=_LEAVE_S,
            empty_s=_EMPTY_S,
            frame_rate_hz=FRAME_RATE_HZ,
        )
        lumas = [render(None, shown.look, scene, rng=rng)]
        lumas += presentation(picture_of(shown), shown.look, scene, rng=rng, timing=timing)
        if shown.picture is not None:
            middle_s = 1 / FRAME_RATE_HZ + shown.approach_s + shown.hold_s / 2
            _keep(lumas[round(middle_s * FRAME_RATE_HZ)], Path(shown.picture))
        return lumas


class StageDecoder:
    """The `Decoder` port: another decoder, and the passing of time.

    `touch` is told what happens to the contacts; `ended` the number of each presentation whose last
    frame was looked at: that one shows an empty place, so nothing comes of it.
    """

    def __init__(
        self,
        decoder: Decoder,
        clock: ManualClock,
        cues: deque[Cue],
        *,
        touch: Callable[[Touch], None],
        ended: Callable[[int], None],
    ) -> None:
        self.number = 0
        self.taken_s = 0.0
        self._decoder = decoder
        self._clock = clock
        self._cues = cues
        self._touch = touch
        self._touched = 0
        self._ended = ended

    def decode(self, frame: Frame) -> Sight:
        """Return what can be seen; note when the frame was taken, and whose it is."""
        cue = self._cues[0]
        self.number = cue.number
        for touch in cue.touches[self._touched :]:
            if touch.at_s <= frame.at_s:
                self._until(touch.at_s)
                self._touch(touch)
                self._touched += 1
        self._until(frame.at_s)
        self.taken_s = perf_counter()
        sight = self._decoder.decode(frame)
        if frame.at_s >= cue.last_s:
            self._cues.popleft()
            self._touched = 0
            self._ended(self.number)
        return sight

    def _until(self, at_s: float) -> None:
        self._clock.advance(max(0.0, at_s - self._clock.monotonic()))


class StageOutputs:
    """The `Outputs` port: another driver, when it last obeyed, and how often."""

    def __init__(self, outputs: Outputs) -> None:
        self.released_s = 0.0
        self.shown_s = 0.0
        self._outputs = outputs
        self._obeyed: Counter[str] = Counter()

    def report(self, number: int) -> EndReport:
        """Return what was done since the last report, as the end of presentation `number`."""
        obeyed, self._obeyed = self._obeyed, Counter()
        return EndReport(card=number, **obeyed)

    def release(self, direction: Direction, seconds: float) -> None:
        """Let the portal open."""
        self._outputs.release(direction, seconds)
        self.released_s = perf_counter()
        self._obeyed["entries" if direction is Direction.IN else "exits"] += 1

    def show(self, signal: Signal) -> None:
        """Play a signal."""
        self._outputs.show(signal)
        self.shown_s = perf_counter()

    def quieten(self, *, is_night: bool) -> None:
        """Sound lower, or not any more."""
        self._outputs.quieten(is_night=is_night)

    def free(self) -> None:
        """Let both ways open."""
        self._outputs.free()
        self._obeyed["freed"] += 1

    def secure(self) -> None:
        """End that."""
        self._outputs.secure()
        self._obeyed["secured"] += 1

    def lock(self) -> None:
        """Lock the entry."""
        self._outputs.lock()

    def close(self) -> None:
        """Lock for good."""
        self._outputs.close()


def frame_times(shown: Presentation, drawn: int) -> list[float]:
    """Return when each frame of a presentation is taken: those of an empty place are fewer."""
    card_s = shown.at_s + shown.before_s
    times_s = [shown.at_s + n * _IDLE_S for n in range(_frames_before(shown))]
    times_s += [card_s + n / FRAME_RATE_HZ for n in range(drawn)]
    while times_s[-1] < shown.at_s + lasts_s(shown):
        times_s.append(times_s[-1] + _IDLE_S)
    return [round(at_s, 3) for at_s in times_s]


def _frames_before(shown: Presentation) -> int:
    return ceil(shown.before_s / _IDLE_S)


def picture_of(shown: Presentation) -> Picture:
    """Return the thing or the two things, side by side.

    Raises:
        DeviceError: neither one thing nor two.
    """
    match [_drawn(thing) for thing in shown.things]:
        case [one]:
            return one
        case [left, right]:
            return pictures.side_by_side(left, right)
        case others:
            raise DeviceError(f"presentation {shown.number}: {len(others)} things, 1 or 2 allowed")


def _drawn(thing: Thing) -> Picture:
    match thing.medium:
        case Medium.CARD:
            return pictures.card(
                thing.text,
                name=thing.name,
                lines=thing.lines,
                web_text=thing.web_text,
                gloved=thing.gloved,
            )
        case Medium.PAPER:
            return pictures.slip(thing.text)
        case Medium.PHONE:
            return pictures.phone(thing.text)


def _one_place(seed: int) -> tuple[Scene, ...]:
    """Return one entrance with different people before it: a gate's camera does not move."""
    scenes = [site_scene(FRAME_PX, np.random.default_rng((seed, who))) for who in range(_PEOPLE)]
    return tuple(replace(scene, place=scenes[0].place) for scene in scenes)


def _keep(luma: Luma, path: Path) -> None:
    try:
        Image.fromarray(luma).save(path)
    except OSError as error:
        raise DeviceError(f"{path}: the frame can't be kept: {error}") from error
