"""The gate process of a unit with two lanes: one in, one out, each in a thread of its own.

What a lane does for somebody who stands there it does alone: look, decode, judge, release. So a
slow decoder, a camera that hangs or a record that waits for the disk holds up its own lane and not
the other; the way out waits for no disk at all (`gate.unit.record_thread`). What they have together
is the roll (`gate.unit.roll`), the record, what the unit goes by, and the contacts that serve both.

A lane whose camera is broken works on as a portal. One whose portal is broken, or that has a
defect, is locked and put together anew every `RETRY_S`, while the other works. Only if both are
down at once does the process end, and its supervisor starts it anew. The supervisor's watchdog is
fed by the main thread, and only while every lane that is up has turned lately.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from gate.devices.ports import Clock, Notifier
from gate.devices.signals import Signal
from gate.errors import DeviceError, GateError
from gate.events.model import EventKind
from gate.unit.camera_feed import CameraFeed
from gate.unit.daemon import ALIVE_S, EXIT_DONE, EXIT_FAULT
from gate.unit.lane import Lane
from gate.unit.lane_loop import TICK_S, LaneLoop, Watch
from gate.unit.log import place_of
from gate.unit.patient_feed import PatientFeed
from gate.unit.record_thread import RecordThread, WaitingRecords
from gate.unit.recorder import Records
from gate.unit.retention import Retention
from gate.unit.roll import Roll
from gate.unit.seat import PostedSeat
from gate.unit.shared_inputs import OpenPortals, SharedInputs
from gate.unit.unit_faults import UnitFaults
from gate.unit.upkeep import Upkeep

RETRY_S: Final = 5.0
"""Between the end of a lane that broke and the next attempt: a relay board comes back in less."""

BEGIN_S: Final = 10.0
"""How long the first lane that is up waits for the other before the unit is looked after."""

HANGS_S: Final = 5.0
"""A lane that has not turned for longer hangs; one commit on a worn SD card takes less."""

LEAVE_S: Final = 2.0
"""How long the end waits for a lane; its camera's driver may take half a second."""

RECORD_S: Final = 5.0
"""How long the end waits for what is still to be written."""

PORTAL: Final = "portal"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class LanePlan:
    """One lane's name, its place, and how it is put together, as often as it must be.

    `open_lane` raises GateError if its portal does not open; nothing of it is open then.
    """

    name: str
    open_lane: Callable[[], Lane]
    records: Records
    seat: PostedSeat = field(default_factory=PostedSeat)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two lanes and what is kept for both, ready to run once."""

    plans: tuple[LanePlan, LanePlan]
    clock: Clock
    notifier: Notifier
    portals: OpenPortals
    inputs: SharedInputs
    roll: Roll
    faults: UnitFaults
    thread: RecordThread
    records: WaitingRecords
    retention: Retention
    upkeep: Upkeep


def run_pair(
    pair: Pair, stop: threading.Event, *, watch: Watch | None = None, retry_s: float = RETRY_S
) -> int:
    """Run both lanes until `stop` is set, their pictures end or both break; return the exit code.

    The pair is closed afterwards, and can't be run again. `watch` is called by either lane.
    """
    leave = threading.Event()
    lanes = [LaneThread(plan, pair, leave, watch, retry_s) for plan in pair.plans]
    code = EXIT_FAULT
    try:
        pair.records.note_unit(EventKind.UNIT_STARTED)
        for lane in lanes:
            lane.start()
        for lane in lanes:
            lane.begun.wait(BEGIN_S)
        pair.upkeep.begin([plan.seat for plan in pair.plans], pair.roll, pair.faults)
        code = _keep(pair, lanes, stop)
    except GateError as error:
        _log.error("the gate stops", extra={"error": str(error)})
    except Exception as error:  # noqa: BLE001  the one place: whatever it is, lock, tell, leave
        what = {"error": type(error).__name__, "where": place_of(error)}
        _log.critical("the gate stops: a defect", extra=what)
    finally:
        if code is EXIT_FAULT:
            pair.records.note_unit(EventKind.FAULT, "unit")
        if not _ended(pair, lanes, leave):
            code = EXIT_FAULT
    return code


def _keep(pair: Pair, lanes: "list[LaneThread]", stop: threading.Event) -> int:
    """Keep for both lanes what is the unit's, until it is over."""
    supervisor = _Supervisor(pair.notifier)
    while not stop.wait(TICK_S):
        if all(lane.ended for lane in lanes):
            return EXIT_DONE
        if all(lane.is_down for lane in lanes):
            raise DeviceError("both lanes are down")
        if pair.thread.defect:
            raise DeviceError(f"the record's thread: {pair.thread.defect}")
        at_s = pair.clock.monotonic()
        pair.upkeep.turn(at_s)
        pair.retention.turn(at_s)
        pair.records.retry(at_s)
        supervisor.tell(lanes, at_s)
    return EXIT_DONE


class LaneThread:
    """One lane, kept up in a thread of its own.

    Attributes:
        begun: set once it is up, or is known to be down.
        is_down: whether it is broken, and waits to be put together anew.
        ended: whether its pictures came to their end; its portal works on.
        turned_s: when it turned last, on the steady line.
        faults: of the lane and the unit, as of then.
    """

    def __init__(
        self,
        plan: LanePlan,
        pair: Pair,
        leave: threading.Event,
        watch: Watch | None,
        retry_s: float,
    ) -> None:
        self.name = plan.name
        self.begun = threading.Event()
        self.is_down = False
        self.ended = False
        self.has_frame = False
        self.turned_s = pair.clock.monotonic()
        self.faults: frozenset[str] = frozenset()
        self._plan = plan
        self._pair = pair
        self._leave = leave
        self._watch = watch
        self._retry_s = retry_s
        self._thread = threading.Thread(target=self._run, name=plan.name, daemon=True)

    @property
    def is_known(self) -> bool:
        """Whether it is known how the lane is."""
        return self.has_frame or self.ended or bool(self.faults)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def join(self, timeout_s: float) -> bool:
        """Wait for the end; tell whether it came."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._leave.is_set():
            try:
                self._live()
            except GateError as error:
                self._fall(str(error))
            except Exception as error:  # noqa: BLE001  a defect of one lane is not the other's
                self._fall(f"{type(error).__name__} at {place_of(error)}")
            if self.is_down:
                self._leave.wait(self._retry_s)

    def _fall(self, error: str) -> None:
        _log.error("lane down", extra={"access_point": self.name, "error": error})
        if not self.is_down:
            self._note(EventKind.FAULT)
        self.is_down = True
        self.faults = frozenset({PORTAL})
        self.begun.set()

    def _note(self, kind: EventKind) -> None:
        self._plan.records.note_unit(kind, PORTAL, access_point=self.name)

    def _live(self) -> None:
        """Put the lane together and turn until it is to leave; whatever happens, it is closed."""
        self._plan.seat.forget()
        lane = self._plan.open_lane()
        parts = lane.parts
        retries = parts.camera_restarts
        feed = PatientFeed(
            lambda: CameraFeed(
                parts.open_camera, parts.clock, retries=retries, coded=parts.camera_coded
            ),
            parts.clock,
            retries=retries,
        )
        try:
            self._turn(lane, LaneLoop(lane, feed, self._watch), feed)
        finally:
            self._pair.portals.drop(parts.outputs)
            _closed(lane, feed, self.name)

    def _turn(self, lane: Lane, loop: LaneLoop, feed: PatientFeed) -> None:
        controller = lane.controller
        self._pair.upkeep.equip(controller)
        if self.is_down:
            _log.info("lane up", extra={"access_point": self.name})
            self._note(EventKind.FAULT_CLEARED)
        self.is_down = False
        while not self._leave.is_set():
            self._plan.seat.turn(controller)
            self.has_frame |= loop.turn()
            loop.tell()
            self.ended = feed.ended
            self.faults = controller.faults
            self.turned_s = lane.parts.clock.monotonic()
            self.begun.set()


class _Supervisor:
    """Tells the supervisor; one that does not listen is its own fault and stops no gate."""

    def __init__(self, notifier: Notifier) -> None:
        self._notifier = notifier
        self._is_ready = False
        self._alive_s: float | None = None

    def tell(self, lanes: "list[LaneThread]", at_s: float) -> None:
        """Tell how the lanes are, if it is time and none of them hangs."""
        faults = [f"{lane.name}: {', '.join(sorted(lane.faults))}" for lane in lanes if lane.faults]
        hangs = any(not lane.is_down and at_s - lane.turned_s > HANGS_S for lane in lanes)
        is_due = self._alive_s is None or at_s - self._alive_s >= ALIVE_S
        try:
            if not self._is_ready and all(lane.is_known for lane in lanes):
                self._is_ready = True
                self._notifier.ready()
            if is_due and not hangs:
                self._alive_s = at_s
                self._notifier.alive(f"fault: {'; '.join(faults)}" if faults else "working")
        except DeviceError as error:
            _log.warning("supervisor", extra={"error": str(error)})


def _closed(lane: Lane, feed: PatientFeed, name: str) -> None:
    """Lock a lane and let everything of it go, each though another fails."""
    parts = lane.parts
    steps = (
        parts.outputs.lock,
        lane.controller.stop,
        lambda: parts.outputs.show(Signal.OFF),
        parts.lamp.close if parts.lamp is not None else lambda: None,
        parts.inputs.close,
        parts.outputs.close,
        feed.close,
    )
    for act in steps:
        try:
            act()
        except GateError as error:
            _log.error("not ended well", extra={"access_point": name, "error": str(error)})


def _ended(pair: Pair, lanes: "list[LaneThread]", leave: threading.Event) -> bool:
    """Lock, record the end and let everything go, each though another fails; tell if all obeyed."""
    obeyed = True

    def leave_lanes() -> None:
        leave.set()
        for lane in lanes:
            if not lane.join(LEAVE_S):
                raise DeviceError(f"{lane.name}: did not end within {LEAVE_S:g} s")

    steps = (
        ("outputs", pair.portals.lock),
        ("supervisor", pair.notifier.stopping),
        ("lanes", leave_lanes),
        ("journal", lambda: pair.records.note_unit(EventKind.UNIT_STOPPED)),
        ("clock", pair.upkeep.stop),
        ("outputs", pair.portals.close),
        ("inputs", pair.inputs.close),
    )
    for part, act in steps:
        try:
            act()
        except GateError as error:
            _log.error("not ended well", extra={"part": part, "error": str(error)})
            obeyed = False
    return pair.thread.close(RECORD_S) and obeyed
