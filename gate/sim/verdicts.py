"""Was every verdict what the card is? Judged from the journal, never from what anybody remembers.

Each record belongs to the turn in whose time it was made. A turn is as expected if the journal
holds exactly the records it should (one, or none for what can't be read), with the outcome, the
reason shown and the person they should have, and what the portal told of it
(`gate.sim.portal_verdicts`); and if the relays and the hint did what they should, which the journal
doesn't tell and the gate process reports. Pure.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from gate.access.model import Direction
from gate.events.model import Entry, EventKind, which_grant
from gate.sim.demo_kinds import joined
from gate.sim.demo_script import Turn
from gate.sim.portal_verdicts import OF_A_TURN, record_faults, relay_faults, told, turn_faults
from gate.sim.reports import AnswerReport, EndReport, Report
from gate.unit.read_filter import Sighting

_FRAME_CLOCK_SLACK: Final = timedelta(milliseconds=50)
"""Records keep milliseconds; half the time between two frames is far from any other turn."""

_ONCE_EACH: Final = (EventKind.JOURNAL_OPENED, EventKind.UNIT_STARTED, EventKind.UNIT_STOPPED)
_USUAL: Final = {*_ONCE_EACH, *OF_A_TURN, EventKind.FRESHNESS}
"""Two of the site's issuers have lists that are not fresh."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What came of one turn.

    Attributes:
        got: the verdict the journal tells; several joined by " + ".
        records: what the journal holds of it.
        ms: from taking the frame to the relay's command, or else the signal's; None for neither.
        faults: what is not as it should be, in words.
    """

    turn: Turn
    got: str
    records: tuple[Entry, ...] = field(repr=False)
    ms: float | None
    faults: tuple[str, ...]

    @property
    def as_expected(self) -> bool:
        """Whether all is as it should be."""
        return not self.faults


def windows(
    turns: Sequence[Turn], entries: Iterable[Entry], starts_at: datetime
) -> dict[int, list[Entry]]:
    """Return a turn's records by its number, by the time in which they were made; 0: before all.

    What came of a grant belongs to the turn of the grant.
    """
    begins = [starts_at + timedelta(seconds=turn.shown.at_s) for turn in turns]
    begins = [begin - _FRAME_CLOCK_SLACK for begin in begins]
    found: dict[int, list[Entry]] = {}
    granted: dict[str, int] = {}
    for entry in entries:
        if entry.event.kind not in OF_A_TURN:
            continue
        place = bisect_right(begins, entry.event.at)
        number = turns[place - 1].shown.number if place else 0
        number = granted.get(entry.event.detail, number)
        granted[which_grant(entry.seq)] = number
        found.setdefault(number, []).append(entry)
    return found


def judge_turn(
    turn: Turn, records: Sequence[Entry], reports: Sequence[Report], lanes: Mapping[Direction, str]
) -> Verdict:
    """Hold one turn's records and reports against what it should come to; `lanes` by name."""
    got = joined(told(records))
    faults = []
    if got != turn.expected.verdict:
        faults.append(f"expected {turn.expected.verdict}, got {got}")
    for record in records:
        faults += record_faults(turn, record, lanes)
    faults += turn_faults(turn, records)
    faults += relay_faults(records, [one for one in reports if isinstance(one, EndReport)])
    answers = [report for report in reports if isinstance(report, AnswerReport)]
    hinted = any(report.sighting is Sighting.UNREADABLE for report in answers)
    if turn.expected.hinted and not hinted:
        faults.append("the worker was not told that it can't be read")
    first = next((report for report in answers if report.sighting is not Sighting.GONE), None)
    return Verdict(
        turn=turn,
        got=got,
        records=tuple(records),
        ms=None if first is None else first.ms,
        faults=tuple(faults),
    )


def judge_morning(
    turns: Sequence[Turn],
    entries: Sequence[Entry],
    reports: Mapping[int, Sequence[Report]],
    *,
    starts_at: datetime,
    lanes: Mapping[Direction, str],
) -> tuple[list[Verdict], list[str]]:
    """Return each turn's verdict, and what else is wrong with the journal as a whole."""
    held = windows(turns, entries, starts_at)
    verdicts = [
        judge_turn(turn, held.get(turn.shown.number, []), reports.get(turn.shown.number, []), lanes)
        for turn in turns
    ]
    faults = [f"record {entry.seq}: made before any card was shown" for entry in held.get(0, [])]
    kinds = [entry.event.kind for entry in entries]
    faults += [
        f"{kinds.count(kind)} records of {kind}, expected 1"
        for kind in _ONCE_EACH
        if kinds.count(kind) != 1
    ]
    faults += [
        f"record {entry.seq}: unexpected {entry.event.kind} {entry.event.detail}".rstrip()
        for entry in entries
        if entry.event.kind not in _USUAL
    ]
    return verdicts, faults
