"""What the gate's record says is broken reaches the hub with the next heartbeat."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import pytest

from gate.events.model import Event, EventKind
from gate.store.journal_reader import JournalReader
from gate.unit.mild import FIRE_TEST
from gate.uplink.cycle import HEARTBEAT_S, Uplink
from gate.uplink.gate_faults import GateFaults

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.uplink.conftest import Site

BEGAN, OVER, STARTED = EventKind.FAULT, EventKind.FAULT_CLEARED, EventKind.UNIT_STARTED


class Unit:
    """A gate that records what breaks, and its uplink."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._uplink: Uplink = site.uplink()

    def tells(self, *records: tuple[EventKind, str, str]) -> tuple[str, ...]:
        """Return the faults of the heartbeat after these records: kind, part, lane."""
        for kind, part, lane in records:
            at = self._site.clock.now()
            event = Event(at=at, clock_trusted=True, kind=kind, detail=part, access_point=lane)
            self._site.journal.append(event)
        self._site.clock.advance(HEARTBEAT_S)
        self._uplink.once()
        faults = self._site.hub.books.heartbeats[-1].faults
        return tuple(one for one in faults if one != "trust")  # this unit has no trust at all


@pytest.fixture
def unit(site: Site) -> Unit:
    return Unit(site)


def test_an_overdue_fire_test_reaches_the_hub_until_it_is_done(unit: Unit) -> None:
    assert unit.tells() == ()
    assert unit.tells((BEGAN, FIRE_TEST, "")) == (FIRE_TEST,)
    assert unit.tells() == (FIRE_TEST,)
    assert unit.tells((OVER, FIRE_TEST, "")) == ()


def test_of_two_lanes_it_is_said_which(unit: Unit) -> None:
    told = unit.tells((BEGAN, "camera", "Gate A out"), (BEGAN, "mains", ""))
    assert told == ("camera at Gate A out", "mains")
    assert unit.tells((OVER, "camera", "Gate A in")) == told
    assert unit.tells((OVER, "camera", "Gate A out")) == ("mains",)


def test_a_gate_that_starts_has_only_the_faults_that_it_records_anew(unit: Unit) -> None:
    unit.tells((BEGAN, "camera", ""), (BEGAN, "tamper", ""), (BEGAN, "unit", ""))
    assert unit.tells((STARTED, "", ""), (BEGAN, "tamper", "")) == ("tamper",)


def test_an_uplink_that_starts_reads_what_was_recorded_before(unit: Unit, site: Site) -> None:
    unit.tells((BEGAN, "mains", ""), (BEGAN, "camera", ""), (OVER, "camera", ""))
    assert Unit(site).tells() == ("mains",)


def test_another_journal_begins_without_the_faults_of_the_one_before(
    unit: Unit, site: Site
) -> None:
    unit.tells((BEGAN, "mains", ""))
    site.begin_another_journal()
    assert "mains" not in unit.tells()
    assert "camera" in unit.tells((BEGAN, "camera", ""))


def test_what_gate_and_uplink_both_say_is_told_once(unit: Unit, site: Site) -> None:
    unit.tells((BEGAN, "trust", ""))
    assert site.hub.books.heartbeats[-1].faults == ("trust",)


class NotingReader(JournalReader):
    """Notes after which record it was asked."""

    asked: ClassVar[list[int]] = []

    def broken(self, after_seq: int) -> Iterator[tuple[int, EventKind, str, str]]:
        self.asked.append(after_seq)
        return super().broken(after_seq)


def test_what_was_read_is_not_read_again(site: Site) -> None:
    for part in ("mains", "camera"):
        at = site.clock.now()
        site.journal.append(Event(at=at, clock_trusted=True, kind=BEGAN, detail=part))
    faults = GateFaults()
    with NotingReader.open(site.path) as reader:
        told = [faults.look(reader) for _ in range(2)]

    assert told == [("mains", "camera")] * 2
    assert NotingReader.asked == [0, site.journal.head.seq]
