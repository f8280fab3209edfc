"""A whole unit but for its hardware: real files, a real journal, started as often as one likes."""

from datetime import datetime
from pathlib import Path
from typing import Final

from gate.access.words import words_for
from gate.config import load_config
from gate.events.model import EventKind
from gate.sim.devices import ManualClock, SimCamera, SimDecoder, SimNotifier, SimOutputs
from gate.store.journal_reader import JournalReader
from gate.unit.read_filter import News, Sighting, payload_key
from gate.unit.trust_watch import TrustWatch
from gate.unit.wiring import Parts, Unit, assemble, watch_trust
from tests.store.trust_files import HUB, POLICY, SITE_KEY, TrustFiles

JOURNAL: Final = "journal.db"


class WholeUnit:
    """The unit in `path`, whose trust directory is filled through `files`."""

    def __init__(self, path: Path, files: TrustFiles | None = None) -> None:
        self.path = path
        self.files = files or TrustFiles(path / "trust")
        (path / "policy.toml").write_text(POLICY, "utf-8")
        (path / "site.key").write_bytes(SITE_KEY)
        (path / "site.key").chmod(0o600)
        (path / "unit.toml").write_text(
            f'[unit]\nname = "Gate A"\nsite = "riverside"\njournal = "{JOURNAL}"\ntrust = "trust"\n'
            'policy = "policy.toml"\nsite_key = "site.key"\n'
            '[[access_point]]\nname = "Gate A"\ndirection = "in"\n'
            '[camera]\nsource = "dir:pictures"\n[outputs]\nfactory = "mock"\nentry_relay = 17\n'
            f'[hub]\nurl = "http://127.0.0.1:9"\nkey = "{HUB.verifying_key.public.hex()}"\n',
            "utf-8",
        )
        self._unit: Unit | None = None
        self._trust: TrustWatch | None = None

    @property
    def running(self) -> Unit:
        """What was started last."""
        assert self._unit is not None
        return self._unit

    def start(self, clock: ManualClock) -> None:
        """Start, after a power cut if it runs already: nothing is told that it ends."""
        if self._unit is not None:
            self._unit.recorder.close()
        parts = Parts(
            open_camera=lambda: SimCamera([], clock),
            decoder=SimDecoder(),
            outputs=SimOutputs(clock),
            clock=clock,
            notifier=SimNotifier(),
        )
        config = load_config(self.path / "unit.toml")
        self._trust = watch_trust(config)
        self._unit = assemble(config, parts, self._trust)
        self._unit.upkeep.start(self._unit.controller)

    def boot(self, at: datetime, *, trusted: bool) -> ManualClock:
        """Start the machine with a clock that says it is `at`."""
        clock = ManualClock(at, trusted=trusted)
        self.start(clock)
        return clock

    def turn(self, seconds: float = 1.0) -> None:
        """Let time pass, and do what is due."""
        clock = self.running.parts.clock
        assert isinstance(clock, ManualClock)
        clock.advance(seconds)
        self.running.controller.tick(clock.monotonic())
        self.running.upkeep.turn(clock.monotonic())

    def present(self, payload: str) -> str:
        """Hold a code up; return the answer, its code and what the worker reads."""
        news = News(sighting=Sighting.PRESENTED, key=payload_key(payload), payload=payload)
        decision = self.running.controller.handle(news).decision
        assert decision is not None
        if decision.reason is None:
            return str(decision.outcome)
        return f"{decision.outcome} {decision.reason}: {words_for(decision.reason)}"

    def trusted_then(self) -> list[bool]:
        """Return of each passage on record whether anything vouched for the clock then."""
        with JournalReader.open(self.path / JOURNAL) as reader:
            found = [entry.event for entry in reader.entries(0)]
        return [event.clock_trusted for event in found if event.kind is EventKind.ACCESS]

    def recorded(self, kind: EventKind) -> list[str]:
        """Return the details of what was recorded of a kind, oldest first."""
        with JournalReader.open(self.path / JOURNAL) as reader:
            found = [entry.event for entry in reader.entries(0)]
        return [event.detail for event in found if event.kind is kind]

    def faults(self) -> tuple[str, ...]:
        """Return what is wrong with what lies in the trust directory."""
        assert self._trust is not None
        return self._trust.faults

    def stop(self) -> None:
        """Let the journal go."""
        if self._unit is not None:
            self._unit.recorder.close()
