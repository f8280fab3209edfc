"""A gate in this process: the real daemon on real files, and a clock that goes by a plan.

The plan says when each frame is seen, in seconds since the boot. The clock is set to a frame as it
is decoded, in the gate's own thread, so that all the gate does falls at times of the plan.
"""

import shutil
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

from gate.config import load_config
from gate.devices.ports import Decoder, Frame, Luma, Sight
from gate.sim.devices import ManualClock, SimDecoder, SimNotifier, SimOutputs, picture_of
from gate.unit.daemon import run
from gate.unit.wiring import Parts, assemble

NOTHING: Final = picture_of()
Plan = Iterable[tuple[float, Luma]]


class PlannedCamera:
    """Shows each frame of a plan."""

    live = False

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    def frames(self) -> Iterator[Frame]:
        """Yield the frames, each with its time."""
        for at_s, luma in self._plan:
            yield Frame(luma=luma, at_s=at_s)

    def close(self) -> None:
        """Nothing is held."""


class PlannedDecoder:
    """Sets the clock to the frame, tells `seen`, and lets another decoder look."""

    def __init__(
        self, clock: ManualClock, seen: Callable[[float], None], decoder: Decoder | None = None
    ) -> None:
        self._clock = clock
        self._seen = seen
        self._decoder = decoder or SimDecoder()

    def decode(self, frame: Frame) -> Sight:
        """Return what can be seen, at the frame's own time."""
        self._clock.advance(max(0.0, frame.at_s - self._clock.monotonic()))
        self._seen(frame.at_s)
        return self._decoder.decode(frame)


def run_planned(
    config: Path,
    clock: ManualClock,
    plan: Plan,
    *,
    seen: Callable[[float], None] = lambda _: None,
    decoder: Decoder | None = None,
) -> SimOutputs:
    """Run the unit of `config` until the plan is over; return what its lamps and relay did.

    `seen` is told the time of each frame before the gate looks at it.
    """
    outputs = SimOutputs(clock)
    parts = Parts(
        open_camera=lambda: PlannedCamera(plan),
        decoder=PlannedDecoder(clock, seen, decoder),
        outputs=outputs,
        clock=clock,
        notifier=SimNotifier(),
        camera_restarts=False,
    )
    assert run(assemble(load_config(config), parts), threading.Event()) == 0
    return outputs


def cut_power(directory: Path) -> Path:
    """Return a copy of what lies in a unit's directory now: all that a power cut leaves."""
    left = directory.with_name(f"{directory.name}'")
    shutil.copytree(directory, left, symlinks=True)
    return left
