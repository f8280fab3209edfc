"""A campaign against the gate process itself: killed while it scans, started again, many times.

1. Furnish a lane with cards, some of which are refused.  2. Start the real `gate run`, kill it, and
hold what was heard of it against a copy of its journal; again and again on the same journal.
3. Start it once more and let it end in good order.  4. Verify the whole, by `gate journal verify`
too.

Each start shows the same cards in the same order, so what a process records must be the beginning
of it. Its n-th release belongs to its n-th admission: one that has none is missing. One admission
may be without its release, if the kill came between the two. The copy is read, not the journal: the
next start must find what the kill left behind, untouched.
"""

import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from gate.bench.chaos.gate_aims import draw_aims
from gate.bench.chaos.gate_process import Heard, run_and_kill, run_and_stop
from gate.bench.chaos.process import gate
from gate.bench.lane import ACCEPTED, OTHER, Lane, open_lane
from gate.errors import GateError
from gate.events.chain import ChainHead, genesis, verify_chain
from gate.events.codec import decode_holder
from gate.events.model import Entry, EventKind
from gate.store.journal_reader import JournalReader
from gate.store.quarantine import SIDE_FILES

DISTINCT: Final = 24
REFUSED_EVERY: Final = 4
"""One of so many of the distinct cards is refused; it is shown once, for a gate counts further
refusals of a card and records them later."""

PICTURES: Final = 600
"""Ten seconds of scanning, and more on a busy machine: none must see the last one."""

Shown = tuple[str, str]
"""A card's number, and the outcome that presenting it has."""


class Phase(StrEnum):
    """Where a kill found the gate, as far as it can be told from outside."""

    STARTING = "while it started"
    FIRST = "before its first release"
    BETWEEN = "between two answers, after a release"
    RECORDED = "after a record, before its release"
    RELEASED = "after a release, before it was answered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One kill and what was found after it.

    Attributes:
        admitted: entries of the killed process that let somebody in.
        released: how often its relay was switched on.
        missing: releases that have no such entry.
        fault: what else is wrong.
    """

    phase: Phase
    admitted: int
    released: int
    missing: int
    fault: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GateVerdict:
    """What a campaign of kills came to.

    Attributes:
        entries: in the journal.
        changed: found after a kill, and at the end not there or not as they were.
        told: the first line of `gate journal verify`.
        faults: what else is wrong, in words.
    """

    phases: dict[Phase, int]
    entries: int
    admitted: int
    released: int
    missing: int
    changed: int
    told: str
    faults: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether all is as it should be."""
        return not (self.missing or self.changed or self.faults)


class GateCampaign:
    """The gate in an empty `directory`; first all of `hits`, then `verdict`."""

    def __init__(self, directory: Path, seed: int, kills: int) -> None:
        """1."""
        self._aims = draw_aims(seed, kills)
        self._log = directory / "gate.log"
        self._lane = open_lane(directory, seed)
        self._shown = _furnish(self._lane)
        self._books = _Books(self._lane.journal, directory / "copy")
        self._hits: list[Hit] = []

    def hits(self) -> Iterator[Hit]:
        """Kill it once for each.

        Raises:
            GateError: it ended by itself, or its journal can't be read or does not hold.
        """
        # 2.
        for aim in self._aims:
            heard = run_and_kill(self._lane.config, self._log, aim)
            hit = judge_hit(heard, self._books.news(), self._shown)
            self._hits.append(hit)
            yield hit

    def verdict(self) -> GateVerdict:
        """Return what all came to.

        Raises:
            GateError: the gate does not start or end, or its journal can't be read.
        """
        # 3.
        heard = run_and_stop(self._lane.config, self._log)
        hits = [*self._hits, judge_hit(heard, self._books.news(), self._shown)]
        faults = [f"run {n}: {hit.fault}" for n, hit in enumerate(hits, 1) if hit.fault is not None]
        # 4.
        journal = self._lane.journal
        try:
            told = gate("journal", "verify", "--journal", str(journal)).splitlines()[0]
        except GateError as error:
            told = str(error)
            faults.append(told)
        faults += [
            f"a journal was set aside as damaged: {path.name}"
            for path in journal.parent.glob(f"{journal.name}.damaged-*")
        ]
        entries, changed = self._books.compare()
        return GateVerdict(
            phases=dict(Counter(hit.phase for hit in self._hits).most_common()),
            entries=entries,
            admitted=sum(hit.admitted for hit in hits),
            released=sum(hit.released for hit in hits),
            missing=sum(hit.missing for hit in hits),
            changed=changed,
            told=told,
            faults=tuple(faults),
        )


def judge_hit(heard: Heard, entries: Sequence[Entry], shown: Sequence[Shown]) -> Hit:
    """Hold what was heard of a process against the entries it left; `shown` are its cards."""
    recorded = [_recorded(entry) for entry in entries if entry.event.kind is EventKind.ACCESS]
    admitted = sum(outcome == "admit" for _, outcome in recorded)
    fault = None
    if recorded != list(shown[: len(recorded)]):
        fault = f"it recorded {recorded}, and was shown {shown[: len(recorded)]}"
    elif admitted > heard.released + 1:
        fault = f"{admitted} admitted, but {heard.released} released"
    return Hit(
        phase=_phase(heard, admitted),
        admitted=admitted,
        released=heard.released,
        missing=max(0, heard.released - admitted),
        fault=fault,
    )


def _phase(heard: Heard, admitted: int) -> Phase:
    if not heard.is_ready:
        return Phase.STARTING
    if admitted > heard.released:
        return Phase.RECORDED
    if heard.released > heard.answered:
        return Phase.RELEASED
    return Phase.BETWEEN if heard.released else Phase.FIRST


def _recorded(entry: Entry) -> Shown:
    number = "" if entry.holder is None else decode_holder(entry.holder).number
    return number, entry.event.outcome


def _furnish(lane: Lane) -> list[Shown]:
    """Make the lane's cards; return all that it is shown, in order."""
    shown: list[Shown] = []
    for number in range(DISTINCT):
        is_refused = number % REFUSED_EVERY == REFUSED_EVERY - 1
        card = lane.show_card(number, OTHER if is_refused else ACCEPTED)
        shown.append((card, "refuse" if is_refused else "admit"))
    admitted = [number for number, (_, outcome) in enumerate(shown) if outcome == "admit"]
    for number in range(DISTINCT, PICTURES):
        again = admitted[number % len(admitted)]
        lane.show_again(number, again)
        shown.append(shown[again])
    lane.equip()
    return shown


class _Books:
    """What the journal was found to hold after each kill."""

    def __init__(self, journal: Path, copy: Path) -> None:
        self._journal = journal
        self._copy = copy / journal.name
        self._head: ChainHead | None = None
        self._hashes: dict[int, bytes] = {}
        copy.mkdir()

    def news(self) -> list[Entry]:
        """Return what was added since the last look, and follows what was there then.

        Raises:
            EventError: it does not follow.
            JournalError: the journal can't be read.
        """
        if self._head is None and not self._journal.exists():
            return []
        for ending in ("", *SIDE_FILES):
            source = self._journal.with_name(self._journal.name + ending)
            target = self._copy.with_name(self._copy.name + ending)
            target.unlink(missing_ok=True)
            if source.exists():
                shutil.copy(source, target)
        with JournalReader.open(self._copy) as reader:
            head = self._head or genesis(reader.journal_id)
            entries = list(reader.entries(head.seq))
        self._head = verify_chain(entries, head)
        self._hashes |= {entry.seq: entry.hash for entry in entries}
        return entries

    def compare(self) -> tuple[int, int]:
        """Return how many entries there are, and how many are not what they were found to be."""
        with JournalReader.open(self._journal) as reader:
            now = {entry.seq: entry.hash for entry in reader.entries()}
        found = self._hashes
        return len(now), sum(now.get(seq) != found.get(seq) for seq in now.keys() | found.keys())
