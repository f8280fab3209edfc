"""A whole unit with two lanes but for its hardware, running: real files, a real journal."""

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final, Self

from gate.access.model import Direction
from gate.card.model import Card, Competence, StatusRef
from gate.config import load_config
from gate.devices.ports import Contact, Decoder, Frame, Reactions, Sight
from gate.errors import DeviceError
from gate.events.model import Event, EventKind
from gate.signing.keys import Algorithm
from gate.sim.devices import ManualClock, SimDecoder, SimLamp, SimNotifier, SimOutputs, picture_of
from gate.sim.inputs import SimInputs
from gate.store import desk as desks
from gate.store import trust_store
from gate.store.journal_reader import JournalReader
from gate.unit.camera_stream import Taken
from gate.unit.contacts import reactions
from gate.unit.controller import Answer
from gate.unit.lane import LaneParts
from gate.unit.pair import Pair, run_pair
from gate.unit.pair_wiring import PairParts, assemble_pair

NOW: Final = datetime(2026, 6, 1, 7, 0, tzinfo=UTC)
NAMES: Final = {Direction.IN: "Gate A in", Direction.OUT: "Gate A out"}
LONG_S: Final = 20.0
"""Whatever takes longer does not come."""

FRAME_S: Final = 0.02

POLICY: Final = (
    'version = 1\nsite = "riverside"\ntime_zone = "UTC"\n'
    '[[accept]]\nscheme = "ecs-jib"\ntypes = "any"\n[passback]\nmode = "refuse"\n'
)
UNIT: Final = """
[unit]
name = "Gate A"
site = "riverside"
journal = "journal.db"
trust = "trust"
policy = "policy.toml"
site_key = "site.key"
[[access_point]]
name = "Gate A in"
direction = "in"
[access_point.camera]
source = "dir:in"
[access_point.outputs]
factory = "mock"
entry_relay = 17
[[access_point]]
name = "Gate A out"
direction = "out"
[access_point.camera]
source = "dir:out"
[access_point.outputs]
factory = "mock"
exit_relay = 18
[access_point.inputs]
rotation_out = 6
[inputs]
fire = 16
guard_key = 13
[screen]
state = "lane.json"
"""


class HandCamera:
    """Shows what a test holds up; each picture comes ten seconds after the one before.

    It waits for each to be taken, so that none is missed on a busy machine.
    """

    live = False

    def __init__(self) -> None:
        self.broken = False
        self._held: queue.SimpleQueue[Frame] = queue.SimpleQueue()
        self._at_s = 0.0

    def show(self, *texts: str) -> None:
        self._at_s += 10.0
        self._held.put(Frame(luma=picture_of(*texts), at_s=self._at_s))

    def frames(self) -> Iterator[Frame]:
        if self.broken:
            raise DeviceError("camera: its cable is loose")
        while True:
            try:
                yield self._held.get(timeout=FRAME_S)
            except queue.Empty:
                yield Frame(luma=picture_of(), at_s=self._at_s)

    def close(self) -> None:
        pass


class HeldDecoder:
    """Hangs in a frame with a code until `goes_on` is set."""

    def __init__(self) -> None:
        self.goes_on = threading.Event()
        self.goes_on.set()
        self.is_in = threading.Event()

    def decode(self, frame: Frame) -> Sight:
        sight = SimDecoder().decode(frame)
        if sight.readings:
            self.is_in.set()
            self.goes_on.wait(LONG_S)
        return sight


class MainClock(ManualClock):
    """Counts how often the unit's main thread asks for the time."""

    def __init__(self, now: datetime) -> None:
        super().__init__(now)
        self.asked = 0

    def monotonic(self) -> float:
        if threading.current_thread().name == "unit":
            self.asked += 1
        return super().monotonic()


class TwoLanes(AbstractContextManager["TwoLanes"]):
    """The unit in `path`; entering starts it, leaving stops it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._desk = desks.create_desk(
            path / "desk",
            iss="ecs-jib",
            schemes=frozenset({"ecs-jib"}),
            algorithm=Algorithm.ED25519,
            now=NOW,
            capacity=100,
        )
        (path / "policy.toml").write_text(POLICY, "utf-8")
        (path / "unit.toml").write_text(UNIT, "utf-8")
        self.clock = MainClock(NOW + timedelta(hours=1))
        self.notifier = SimNotifier()
        self.cameras = {way: HandCamera() for way in Direction}
        self.decoders: dict[Direction, Decoder] = {way: SimDecoder() for way in Direction}
        self.outputs: dict[Direction, SimOutputs] = {}
        self.inputs: dict[Direction, SimInputs] = {}
        self.lamps = {way: SimLamp() for way in Direction}
        self.refuses_to_open: set[Direction] = set()
        self.code: int | None = None
        self.shared = SimInputs(self.clock)
        self.stop = threading.Event()
        self._pair: Pair | None = None
        self._answers: dict[str, queue.SimpleQueue[Answer]] = {
            name: queue.SimpleQueue() for name in NAMES.values()
        }
        self._thread = threading.Thread(target=self._run, name="unit")

    def trust_is_laid_out(self) -> None:
        """Let the unit believe the desk, and know its list as it is now."""
        tokens = trust_store.list_tokens(self._desk.directory)
        trust = trust_store.load_trust(self._desk.directory)
        trust_store.merge(self.path / "trust", trust, tokens, NOW)

    def __enter__(self) -> Self:
        self.trust_is_laid_out()
        parts = PairParts(
            open_lanes=[partial(self._open, way) for way in (Direction.IN, Direction.OUT)],
            open_shared=self._open_shared,
            clock=self.clock,
            notifier=self.notifier,
        )
        self._pair = assemble_pair(load_config(self.path / "unit.toml"), parts)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self._thread.join(LONG_S)
        assert not self._thread.is_alive()

    @property
    def pair(self) -> Pair:
        assert self._pair is not None
        return self._pair

    def card(self, number: str) -> str:
        """Issue a card; return its text. The gate must not run yet."""
        return desks.issue(self._desk, partial(_card, number))[0]

    def present(self, way: Direction, *texts: str) -> Answer:
        """Hold codes up at a lane; return what it answers."""
        self.cameras[way].show(*texts)
        return self._answers[NAMES[way]].get(timeout=LONG_S)

    def released(self, way: Direction) -> bool:
        """Tell whether a lane is open in its own direction."""
        return self.outputs[way].is_released(way)

    def ended(self) -> int:
        """Wait for the end by itself; return the exit code."""
        self._thread.join(LONG_S)
        assert self.code is not None
        return self.code

    def hold_the_disk(self) -> threading.Event:
        """Let the record hang, as a disk would, until what is returned is set."""
        goes_on = threading.Event()
        self.pair.thread.hand(lambda: self._hang(goes_on))
        return goes_on

    def recorded(self, *kinds: EventKind) -> list[Event]:
        """Return what was recorded, of these kinds if any are given, oldest first."""
        with JournalReader.open(self.path / "journal.db") as reader:
            found = [entry.event for entry in reader.entries(0)]
        return [event for event in found if not kinds or event.kind in kinds]

    def numbers(self, kind: EventKind) -> list[int]:
        """Return the numbers of the records of a kind."""
        with JournalReader.open(self.path / "journal.db") as reader:
            return [one.seq for one in reader.entries(0) if one.event.kind is kind]

    def _hang(self, goes_on: threading.Event) -> None:
        goes_on.wait(LONG_S)

    def _run(self) -> None:
        self.code = run_pair(self.pair, self.stop, watch=self._watch, retry_s=0.05)

    def _watch(self, answer: Answer, _taken: Taken) -> None:
        self._answers[threading.current_thread().name].put(answer)

    def _open_shared(self, at_once: Reactions) -> SimInputs:
        wired = (Contact.FIRE, Contact.GUARD_KEY)
        self.shared = SimInputs(self.clock, wired, reactions=at_once)
        return self.shared

    def _open(self, way: Direction) -> LaneParts:
        if way in self.refuses_to_open:
            raise DeviceError("entry relay (GPIO17): busy")
        self.outputs[way] = outputs = SimOutputs(self.clock)
        wired = (Contact.ROTATION_OUT,) if way is Direction.OUT else ()
        self.inputs[way] = SimInputs(self.clock, wired, reactions=reactions(outputs, 5.0))
        return LaneParts(
            open_camera=lambda: self.cameras[way],
            decoder=self.decoders[way],
            outputs=outputs,
            clock=self.clock,
            inputs=self.inputs[way],
            lamp=self.lamps[way],
        )


def comes(is_so: Callable[[], bool]) -> bool:
    """Tell whether something comes to be so."""
    tick, waited_s = threading.Event(), 0.0
    while not is_so() and waited_s < LONG_S:
        tick.wait(0.01)
        waited_s += 0.01
    return is_so()


def _card(number: str, place: StatusRef) -> Card:
    return Card(
        issuer="ecs-jib",
        number=number,
        holder_id=number,
        name=f"Holder {number}",
        not_before=NOW,
        issued_at=NOW,
        expires_at=NOW + timedelta(days=365),
        competence=Competence(scheme="ecs-jib", card_type="approved-electrician"),
        status=place,
    )
