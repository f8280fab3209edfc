"""What every camera of the simulated site sees, and the time that passes with it.

`Play` renders each presentation whole before it hands out the first of its frames, so that no
rendering goes on while the gate works on a frame that matters. While one lane's camera sees it, the
other's sees an empty place. `StageTime` lets time pass only once every lane is done with what was
before: two lanes, each in its own thread, then tell the same story every time.
"""

import threading
from collections import deque
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from math import ceil
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

from gate.access.model import Direction
from gate.devices.ports import Frame, Luma
from gate.errors import DeviceError
from gate.sim.devices import ManualClock
from gate.sim.frames import Timing, presentation, render
from gate.sim.look import Look
from gate.sim.pictures import picture_of
from gate.sim.presentation import Presentation, Touch, lasts_s
from gate.sim.scene import Scene, site_scene

FRAME_PX: Final = (1280, 720)
FRAME_RATE_HZ: Final = 10.0
"""A third of a camera's: every frame is rendered, and the gate's times are in seconds."""

STANDS_STILL_S: Final = 120.0
"""A lane that is not done with a frame by then never will be, however busy the machine is."""

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
    way: Direction = Direction.IN
    touches: tuple[Touch, ...] = ()


class Play:
    """The frames of presentations, one after the other, for the cameras of `ways`.

    `next_one` waits for the next presentation, None if there is none. `cues` tells, for each that
    was handed out, its number, the time of its last frame, and what is touched when.
    """

    def __init__(
        self,
        next_one: Callable[[], Presentation | None],
        seed: int,
        ways: Collection[Direction] = (Direction.IN,),
    ) -> None:
        self.cues: deque[Cue] = deque()
        self._next_one = next_one
        self._seed = seed
        self._lock = threading.Lock()
        self._over = False
        self._scenes: tuple[Scene, ...] = ()
        self._empty: Luma | None = None
        self._waiting: dict[Direction, deque[Frame]] = {way: deque() for way in ways}

    def frames(self, way: Direction) -> Iterator[Frame]:
        """Yield what the camera of `way` sees, until nothing more is held up.

        Raises:
            DeviceError: a presentation can't be drawn or kept, or there is no such lane.
        """
        while (frame := self._frame(way)) is not None:
            yield frame

    def _frame(self, way: Direction) -> Frame | None:
        with self._lock:
            waiting = self._waiting[way]
            if not waiting and not self._over:
                shown = self._next_one()
                self._over = shown is None
                if shown is not None:
                    self._hand_out(shown)
            return waiting.popleft() if waiting else None

    def _hand_out(self, shown: Presentation) -> None:
        if shown.way not in self._waiting:
            raise DeviceError(f"presentation {shown.number}: this gate has no lane {shown.way}")
        lumas = self._rendered(shown)
        times_s = frame_times(shown, len(lumas))
        touches = tuple(replace(one, at_s=shown.at_s + one.at_s) for one in shown.touches)
        last_s = times_s[-1]
        self.cues.append(Cue(number=shown.number, last_s=last_s, way=shown.way, touches=touches))
        drawn = [lumas[0]] * _frames_before(shown) + lumas
        drawn += [lumas[-1]] * (len(times_s) - len(drawn))
        for way, waiting in self._waiting.items():
            seen = drawn if way is shown.way else [self._empty_place()] * len(times_s)
            frames = zip(seen, times_s, strict=True)
            waiting.extend(Frame(luma=luma, at_s=at_s) for luma, at_s in frames)

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

    def _empty_place(self) -> Luma:
        if self._empty is None:
            scene = self._scenes[0]
            self._empty = render(None, Look(), scene, rng=np.random.default_rng(self._seed))
        return self._empty


class StageTime:
    """Lets time pass, frame by frame, for as many lanes as look at them.

    `touch` is told what happens to the contacts on the way; `ended` the number of each presentation
    at its last frame, which shows an empty place: nothing comes of that one.

    Attributes:
        number, way: of the presentation that goes on, and of its lane.
    """

    def __init__(
        self,
        clock: ManualClock,
        cues: deque[Cue],
        *,
        touch: Callable[[Touch], None],
        ended: Callable[[int], None],
        lanes: int = 1,
    ) -> None:
        self.number = 0
        self.way = Direction.IN
        self._clock = clock
        self._cues = cues
        self._touch = touch
        self._touched = 0
        self._ended = ended
        self._at_s = 0.0
        self._together = threading.Barrier(lanes, self._pass)

    def come_to(self, at_s: float) -> None:
        """Wait until every lane is done with the frames before the one at `at_s`.

        Raises:
            DeviceError: a lane stands still.
        """
        self._at_s = at_s  # the same for every lane
        try:
            self._together.wait(STANDS_STILL_S)
        except threading.BrokenBarrierError as error:
            raise DeviceError("simulated time: a lane stands still") from error

    def _pass(self) -> None:
        cue = self._cues[0]
        self.number, self.way = cue.number, cue.way
        for touch in cue.touches[self._touched :]:
            if touch.at_s <= self._at_s:
                self._until(touch.at_s)
                self._touch(touch)
                self._touched += 1
        self._until(self._at_s)
        if self._at_s >= cue.last_s:
            self._cues.popleft()
            self._touched = 0
            self._ended(cue.number)

    def _until(self, at_s: float) -> None:
        self._clock.advance(max(0.0, at_s - self._clock.monotonic()))


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


def _one_place(seed: int) -> tuple[Scene, ...]:
    """Return one entrance with different people before it: a gate's camera does not move."""
    scenes = [site_scene(FRAME_PX, np.random.default_rng((seed, who))) for who in range(_PEOPLE)]
    return tuple(replace(scene, place=scenes[0].place) for scene in scenes)


def _keep(luma: Luma, path: Path) -> None:
    try:
        Image.fromarray(luma).save(path)
    except OSError as error:
        raise DeviceError(f"{path}: the frame can't be kept: {error}") from error
