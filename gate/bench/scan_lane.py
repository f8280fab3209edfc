"""One lane, real but for its camera and pins, and when a card passed each part of its way."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Final

from gate.access.decide import decide
from gate.access.model import AccessPoint, Direction
from gate.access.muster import People
from gate.access.policy import parse_policy, rules_of
from gate.access.presence import Presence
from gate.devices.clock import SystemClock
from gate.devices.decoder_chain import open_decoder
from gate.devices.outputs import OutputPins, open_outputs
from gate.devices.ports import Frame, Luma, Outputs
from gate.devices.signals import Signal
from gate.errors import DeviceError
from gate.events.chain import ChainHead, genesis, link
from gate.events.codec import SALT_BYTES, encode_holder
from gate.events.model import Entry, Event, Holder
from gate.sim.devices import ManualClock
from gate.sim.issuer import NOW, SimIssuer
from gate.store.journal import Journal, open_journal
from gate.store.journal_rows import to_row
from gate.unit.controller import Controller
from gate.unit.judge import Judge, record_of
from gate.unit.keeper import Keeper
from gate.unit.read_filter import ReadFilter
from gate.unit.recorder import Recorder
from gate.unit.roll import Roll
from gate.unit.stamp import StampClock
from gate.unit.turnstile import Turnstile

_PACE_S: Final = 10.0
"""Between two cards on the lane's clock; the last one is forgotten by then."""

_SITE_KEY: Final = bytes(range(32))
_PINS: Final = OutputPins(entry_relay=17, exit_relay=18, green=27, red=22, amber=23, sounder=24)
_LANE: Final = AccessPoint(name="Gate A in", direction=Direction.IN, area="site")
_POLICY: Final = """\
version = 1
site = "riverside"
time_zone = "Europe/London"
[[accept]]
scheme = "ecs-jib"
types = "any"
[hours]
fri = "00:00-24:00"
sat = "00:00-24:00"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneTimes:
    """Seconds that each part took for one card; `decide_s` holds all between the other parts."""

    decode_s: float
    decide_s: float
    record_s: float
    release_s: float

    @property
    def total_s(self) -> float:
        """From the frame to the relay's command."""
        return self.decode_s + self.decide_s + self.record_s + self.release_s


class Lane(AbstractContextManager["Lane"]):
    """The unit's own parts on a journal at `path`."""

    def __init__(self, path: Path, issuer: SimIssuer) -> None:
        """Put the lane together.

        Raises:
            GateError: the disk refuses, or a library is missing.
        """
        trust = issuer.trust()
        self._clock = ManualClock(NOW)
        stamps = StampClock(self._clock)
        self._judge = Judge(
            access_point=_LANE,
            trust=trust,
            rules=rules_of(parse_policy(_POLICY, "policy"), _SITE_KEY),
            site_key=_SITE_KEY,
        )
        self._stamps = stamps
        self._decoder = open_decoder()
        self._filter = ReadFilter()
        self._journal = _TimedJournal(open_journal(path, now=NOW, clock_trusted=True))
        self._recorder = Recorder(lambda: self._journal, stamps)
        self._recorder.open()
        self._outputs = _TimedOutputs(open_outputs(_PINS, "mock", SystemClock().monotonic))
        keeper = Keeper(
            point=_LANE,
            roll=Roll(People()),
            turnstile=Turnstile(self._outputs, stamps, release_s=5.0),
            recorder=self._recorder,
            outputs=self._outputs,
            clock=stamps,
        )
        self._controller = Controller(judge=self._judge, keeper=keeper, clock=stamps)
        self._controller.start(Signal.READY)

    def admit(self, luma: Luma) -> LaneTimes:
        """Take a frame with a card that is in order.

        Raises:
            DeviceError: it was not let in, so there is nothing to measure.
        """
        self._clock.advance(_PACE_S)
        at_s = self._clock.monotonic()
        self._controller.tick(at_s)
        frame = Frame(luma=luma, at_s=at_s)
        begun_s = perf_counter()
        sight = self._decoder.decode(frame)
        decoded_s = perf_counter()
        texts = [reading.text for reading in sight.readings]
        news = self._filter.accept(texts, unread=sight.unread, at_s=at_s)
        answer = None if news is None else self._controller.handle(news)
        if answer is None or answer.released_s is None:
            raise DeviceError(f"bench: a card in order was not let in: {answer}")
        journal, released_s = self._journal, self._outputs.released_s
        return LaneTimes(
            decode_s=decoded_s - begun_s,
            decide_s=journal.begun_s - decoded_s,
            record_s=journal.done_s - journal.begun_s,
            release_s=released_s - journal.done_s,
        )

    def values_for(self, payload: str) -> tuple[object, ...]:
        """Return the values that the record of this card's entry has, but for its number."""
        request = self._judge.request(payload, self._stamps.stamp())
        event, holder = record_of(request, decide(request, self._judge.rules, Presence()))
        text = None if holder is None else encode_holder(holder)
        return to_row(link(genesis(bytes(16)), event, bytes(SALT_BYTES), text))[1:]

    def __exit__(self, *_: object) -> None:
        self._controller.stop()
        self._outputs.close()
        self._recorder.close()


class _TimedJournal:
    """A journal, and when it last took and had a record."""

    def __init__(self, journal: Journal) -> None:
        self.begun_s = 0.0
        self.done_s = 0.0
        self._journal = journal

    def append(self, event: Event, holder: Holder | None) -> Entry:
        self.begun_s = perf_counter()
        entry = self._journal.append(event, holder)
        self.done_s = perf_counter()
        return entry

    def prune(self, acknowledged: ChainHead, *, now: datetime) -> int:
        return self._journal.prune(acknowledged, now=now)

    def close(self) -> None:
        self._journal.close()


class _TimedOutputs:
    """Outputs, and when they last let somebody in."""

    def __init__(self, outputs: Outputs) -> None:
        self.released_s = 0.0
        self._outputs = outputs

    def release(self, direction: Direction, seconds: float) -> None:
        self._outputs.release(direction, seconds)
        self.released_s = perf_counter()

    def show(self, signal: Signal) -> None:
        self._outputs.show(signal)

    def quieten(self, *, is_night: bool) -> None:
        self._outputs.quieten(is_night=is_night)

    def free(self) -> None:
        self._outputs.free()

    def secure(self) -> None:
        self._outputs.secure()

    def lock(self) -> None:
        self._outputs.lock()

    def close(self) -> None:
        self._outputs.close()
