"""The demo itself: a site, its gate as a process of its own, a morning, and the judgement.

`present` holds up one thing after the other; `DemoRun.judge` then reads the whole journal, which is
the truth, and verifies its chain.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Final

from gate.errors import EventError, JournalError
from gate.events.model import Entry
from gate.sim.demo_muster import muster_faults, mustered_in
from gate.sim.demo_record import MorningRecord, load_record, record_of
from gate.sim.demo_script import Turn
from gate.sim.gate_link import GateProcess
from gate.sim.reports import EndReport, Report
from gate.sim.site import STARTS_AT, Site
from gate.sim.site_files import lane_names
from gate.sim.verdicts import Verdict, judge_morning, judge_turn, windows
from gate.store.journal_audit import audit
from gate.store.journal_reader import JournalReader

AHEAD: Final = 2
"""Presentations the gate process has at hand: the next is drawn while the last is worked on."""

LOG: Final = "gate.log"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """Every turn's verdict, and what else is wrong, in words."""

    verdicts: tuple[Verdict, ...]
    faults: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether all is as it should be."""
        return not self.faults and all(verdict.as_expected for verdict in self.verdicts)

    def record(self) -> MorningRecord:
        """Return what is kept of it."""
        return MorningRecord(cards=tuple(map(record_of, self.verdicts)), faults=self.faults)


def judged_before(site: Site) -> MorningRecord:
    """Return a morning as it was judged when it was over; the chain is verified anew.

    Raises:
        ConfigError: it was not kept.
    """
    record = load_record(site.directory)
    return replace(record, faults=(*record.faults, *_chain_faults(site)))


@dataclass(slots=True, kw_only=True)
class DemoRun:
    """One run: what was presented and what the gate process reported so far."""

    site: Site
    seed: int
    turns: list[Turn] = field(default_factory=list)
    reports: dict[int, list[Report]] = field(default_factory=dict)
    died: str | None = None
    _read: list[Entry] = field(default_factory=list)

    def start(self) -> GateProcess:
        """Start the site's gate."""
        return GateProcess(self.site.config, STARTS_AT, self.seed, self.site.directory / LOG)

    def present(
        self, gate: GateProcess, turns: Iterable[Turn], *, pause: Callable[[], object] | None = None
    ) -> Iterator[Verdict]:
        """Hold up each in turn and yield what came of it; `pause` comes before each but the first.

        Raises:
            DeviceError: the gate process died.
            JournalError, EventError: its journal can't be read.
        """
        coming, waiting = iter(turns), list[Turn]()
        ahead = AHEAD if pause is None else 1
        while True:
            for turn in islice(coming, ahead - len(waiting)):
                gate.send(turn.shown)
                self.turns.append(turn)
                waiting.append(turn)
            if not waiting:
                return
            self._until_over(gate, waiting[0])
            yield self._verdict(waiting.pop(0))
            if pause is not None:
                pause()

    def finish(self, gate: GateProcess) -> None:
        """Let the gate end; hear what it reports of all that was held up.

        Raises:
            DeviceError: the gate process died.
        """
        gate.end_input()
        for report in gate.reports():
            self._hear(report)
        gate.wait()

    def judge(self) -> Judgement:
        """Read the journal, whole, once the gate process has ended."""
        faults = [] if self.died is None else [self.died]
        verdicts: list[Verdict] = []
        try:
            with JournalReader.open(self.site.journal) as reader:
                entries = list(reader.entries())
            verdicts, others = judge_morning(
                self.turns,
                entries,
                self.reports,
                starts_at=STARTS_AT,
                lanes=lane_names(self.site.lanes),
            )
            faults += [*others, *muster_faults(self.turns, mustered_in(self.site.journal))]
        except (JournalError, EventError) as error:
            faults.append(f"the journal can't be read: {error}")
        else:
            faults += _chain_faults(self.site)
        return Judgement(verdicts=tuple(verdicts), faults=tuple(faults))

    def _until_over(self, gate: GateProcess, turn: Turn) -> None:
        is_over = False
        while not is_over:
            report = gate.report()
            self._hear(report)
            is_over = isinstance(report, EndReport) and report.card == turn.shown.number

    def _hear(self, report: Report) -> None:
        self.reports.setdefault(report.card, []).append(report)

    def _verdict(self, turn: Turn) -> Verdict:
        number = turn.shown.number
        with JournalReader.open(self.site.journal) as reader:
            self._read += reader.entries(self._read[-1].seq if self._read else 0)
        held = windows(self.turns, self._read, STARTS_AT)
        lanes = lane_names(self.site.lanes)
        return judge_turn(turn, held.get(number, []), self.reports.get(number, []), lanes)


def _chain_faults(site: Site) -> list[str]:
    try:
        broken = audit(site.journal).fault
    except (JournalError, EventError) as error:
        return [f"the journal can't be read: {error}"]
    return [] if broken is None else [f"the journal's chain does not hold: {broken}"]
