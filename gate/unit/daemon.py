"""The gate process: frames in, decisions out, until it is told to stop.

One loop in one thread; only the camera has a thread of its own (`camera_stream`), and the drivers
of relays and lamps have theirs. Every turn takes a frame or waits a moment for one, so the loop
turns, and the watchdog is fed, while a camera stands still; nothing else feeds it. The supervisor
hears READY at the first frame, or once a fault is shown: a gate without its camera is still a
gate, locked and saying so, with the way out free.

However it ends, the entry is locked first, the end recorded then. Exit codes: 0 told to stop, or
the pictures came to their end; 2 something is broken, and the supervisor starts the process anew.
"""

import logging
import threading
from typing import Final

from gate.devices.signals import Signal
from gate.errors import DeviceError, GateError
from gate.events.model import EventKind
from gate.unit.camera_feed import CameraFeed
from gate.unit.lane_loop import LaneLoop, Watch
from gate.unit.log import place_of
from gate.unit.wiring import Unit

ALIVE_S: Final = 1.0
"""Between two words to the supervisor; its watchdog waits for several."""

EXIT_DONE: Final = 0
EXIT_FAULT: Final = 2

_log = logging.getLogger(__name__)


def run(unit: Unit, stop: threading.Event, *, watch: Watch | None = None) -> int:
    """Run `unit` until `stop` is set, its pictures end or something breaks; return the exit code.

    The unit is closed afterwards, and can't be run again.
    """
    parts = unit.parts
    feed = CameraFeed(
        parts.open_camera, parts.clock, retries=parts.camera_restarts, coded=parts.camera_coded
    )
    loop = _Loop(unit, feed, watch)
    code = EXIT_FAULT
    try:
        loop.start()
        while loop.turn() and not stop.is_set():
            pass
        code = EXIT_DONE
    except GateError as error:
        _log.error("the gate stops", extra={"error": str(error)})
        unit.recorder.note_unit(EventKind.FAULT, "unit")
    except Exception as error:  # noqa: BLE001  the one place: whatever it is, lock, tell, leave
        what = {"error": type(error).__name__, "where": place_of(error)}
        _log.critical("the gate stops: a defect", extra=what)
        unit.recorder.note_unit(EventKind.FAULT, "unit")
    finally:
        if not _ended(unit, feed):
            code = EXIT_FAULT
    return code


class _Loop:
    """The main loop: the lane's turn, then what is kept for it, then the supervisor."""

    def __init__(self, unit: Unit, feed: CameraFeed, watch: Watch | None) -> None:
        self._unit = unit
        self._lane = LaneLoop(unit, feed, watch)
        self._is_ready = False
        self._alive_s: float | None = None

    def start(self) -> None:
        self._unit.upkeep.start(self._unit.controller)

    def turn(self) -> bool:
        """Turn once; return whether there is more to come."""
        has_frame = self._lane.turn()
        at_s = self._unit.parts.clock.monotonic()
        self._unit.upkeep.turn(at_s)
        self._unit.retention.turn(at_s)
        self._lane.tell()
        self._tell(at_s, has_frame=has_frame)
        return not self._lane.ended

    def _tell(self, at_s: float, *, has_frame: bool) -> None:
        """Tell the supervisor; one that does not listen is its own fault and stops no gate."""
        faults = sorted(self._unit.controller.faults)
        notifier = self._unit.parts.notifier
        try:
            if not self._is_ready and (has_frame or faults):
                self._is_ready = True
                notifier.ready()
            if self._alive_s is None or at_s - self._alive_s >= ALIVE_S:
                self._alive_s = at_s
                notifier.alive(f"fault: {', '.join(faults)}" if faults else "working")
        except DeviceError as error:
            _log.warning("supervisor", extra={"error": str(error)})


def _ended(unit: Unit, feed: CameraFeed) -> bool:
    """Lock, record the end and let everything go, each though another fails; tell if all obeyed."""
    parts = unit.parts
    steps = (
        ("outputs", parts.outputs.lock),
        ("supervisor", parts.notifier.stopping),
        ("journal", unit.controller.stop),
        ("clock", unit.upkeep.stop),
        ("outputs", lambda: parts.outputs.show(Signal.OFF)),
        ("illumination", parts.lamp.close if parts.lamp is not None else lambda: None),
        ("inputs", parts.inputs.close),
        ("outputs", parts.outputs.close),
        ("camera", feed.close),
        ("journal", unit.recorder.close),
    )
    obeyed = True
    for part, act in steps:
        try:
            act()
        except GateError as error:
            _log.error("not ended well", extra={"part": part, "error": str(error)})
            obeyed = False
    return obeyed
