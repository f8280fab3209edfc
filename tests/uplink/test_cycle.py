"""Passes, heartbeats and waits."""

from __future__ import annotations

import logging
from dataclasses import replace
from threading import Event
from typing import TYPE_CHECKING

import pytest

from gate import __version__
from gate.errors import JournalError
from gate.events.model import EventKind
from gate.sim.hub import Trouble
from gate.uplink.cycle import HEARTBEAT_S, LOOK_S, Pace, Uplink
from gate.uplink.sync import Ending

if TYPE_CHECKING:
    from tests.uplink.conftest import Site


class Waits(Event):
    """Never waits; ends the uplink after so many waits, and notes how long each would have been.

    During those of the numbers in `records` somebody passes the gate.
    """

    def __init__(self, site: Site, most: int, records: tuple[int, ...] = ()) -> None:
        super().__init__()
        self.records = records
        self.seconds: list[float] = []
        self._site = site
        self._most = most

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout is not None
        self.seconds.append(timeout)
        self._site.clock.advance(timeout)
        if len(self.seconds) in self.records:
            self._site.record(1)
        if len(self.seconds) == self._most:
            self.set()
        return self.is_set()


def test_a_pass_ends_with_a_heartbeat_of_how_the_unit_is(site: Site) -> None:
    site.record(3)

    assert site.uplink().once().ending is Ending.DONE

    (heartbeat,) = site.hub.books.heartbeats
    assert (heartbeat.backlog, heartbeat.oldest_at) == (0, None)
    assert (heartbeat.sent_at, heartbeat.clock_trusted) == (site.clock.now(), True)
    assert heartbeat.version == __version__
    assert heartbeat.disk_free_bytes
    assert heartbeat.faults == ("trust",)
    site.assert_everything_stored_once()


def test_an_idle_unit_is_heard_once_a_minute(site: Site) -> None:
    uplink = site.uplink()
    for _ in range(5):
        uplink.once()
        site.clock.advance(HEARTBEAT_S / 2)
    assert len(site.hub.books.heartbeats) == 3


def test_a_long_pass_is_heard_in_between(site: Site) -> None:
    site.record(49)
    site.link = replace(site.link, clock=_Ticking(site, HEARTBEAT_S / 4))

    site.uplink().once()

    backlogs = [heartbeat.backlog for heartbeat in site.hub.books.heartbeats]
    assert backlogs[-1] == 0
    assert 0 < backlogs[0] < 50
    assert site.hub.books.heartbeats[0].oldest_at is not None


def test_the_pass_is_left_when_its_time_is_up_and_taken_up_again(site: Site) -> None:
    site.record(49)
    site.link = replace(site.link, clock=_Ticking(site, 1.0))
    uplink = site.uplink(Pace(every_s=2, pass_s=4))

    first = uplink.once()

    assert first.ending is Ending.OUT_OF_TIME
    assert 0 < first.uploaded < 50
    while uplink.once().ending is Ending.OUT_OF_TIME:
        pass
    site.assert_everything_stored_once()


def test_an_alarm_is_told_in_the_heartbeat(site: Site) -> None:
    end = _with_trouble(site, Trouble.FLIPPED_REQUEST)
    assert end is Ending.ALARM
    assert "upload" in site.hub.books.heartbeats[0].faults


def test_a_unit_the_hub_does_not_know_is_told_so_and_what_to_do(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    site.record(1)
    site.hub.books.units.clear()

    end = site.uplink().once()

    assert end.ending is Ending.UNKNOWN
    assert [one.getMessage() for one in caplog.records if one.levelno >= logging.ERROR] == [
        "the hub takes nothing from this unit"
    ]
    assert "next: let unit" in end.why
    assert "addunit" in end.why


def test_a_hub_that_does_not_answer_is_not_asked_twice(site: Site) -> None:
    assert _with_trouble(site, Trouble.BUSY) is Ending.NO_ANSWER
    assert site.hub.requests == 1


@pytest.mark.parametrize(
    "trouble", [Trouble.BUSY, Trouble.PORTAL_PAGE, Trouble.LOST_ANSWER, Trouble.FLIPPED_REQUEST]
)
def test_a_heartbeat_that_was_not_heard_is_not_done(site: Site, trouble: Trouble) -> None:
    site.hub.troubles.append(Trouble.NONE)
    assert _with_trouble(site, trouble) is Ending.NO_ANSWER
    assert site.mark().head == site.journal.head


def test_a_journal_set_aside_is_told_until_somebody_takes_it_away(site: Site) -> None:
    site.path.with_name("journal.db.damaged-20261206T071500Z").touch()
    site.path.with_name("journal.db.damaged-20261206T071500Z-wal").touch()
    site.uplink().once()
    assert site.hub.books.heartbeats[0].faults == ("trust", "journal_set_aside")


def test_without_a_journal_there_is_no_pass(site: Site) -> None:
    site.link = replace(site.link, journal=site.path.with_name("none.db"))
    with pytest.raises(JournalError, match="no journal here"):
        site.uplink().once()


def test_for_ever_a_missing_journal_is_told_and_waited_for(site: Site) -> None:
    site.link = replace(site.link, journal=site.path.with_name("none.db"))
    waits = Waits(site, 3)

    site.uplink().run(waits)

    assert waits.seconds == [0.5, 1, 2]
    assert site.hub.books.heartbeats[0].faults == ("journal", "trust")


def test_waits_grow_with_failures_and_are_short_again_after_success(site: Site) -> None:
    site.record(3)
    site.hub.troubles.extend([Trouble.LOST_ANSWER] * 3 + [Trouble.BUSY])
    waits = Waits(site, 6)

    site.uplink(Pace(every_s=2)).run(waits)

    assert waits.seconds == [0.5, 1, 2, 7 + 4, 2, 2]
    site.assert_everything_stored_once()


def test_a_failure_after_success_is_the_first_again(site: Site) -> None:
    lost = Trouble.LOST_REQUEST
    site.hub.troubles.extend([lost, lost, Trouble.NONE, Trouble.NONE, lost])
    waits = Waits(site, 4)

    site.uplink(Pace(every_s=HEARTBEAT_S)).run(waits)

    assert waits.seconds == [0.5, 1, HEARTBEAT_S, 0.5]


def test_while_somebody_watches_a_record_is_sent_as_it_is_made(site: Site) -> None:
    site.record(1)
    waits = Waits(site, 5, records=(2, 4))

    site.uplink(Pace(every_s=15), watched=True).run(waits)

    assert waits.seconds == [LOOK_S] * 5
    site.assert_everything_stored_once()


def test_while_nobody_watches_it_waits_for_its_turn(site: Site) -> None:
    waits = Waits(site, 2, records=(1,))

    site.uplink(Pace(every_s=15)).run(waits)

    assert waits.seconds == [15, 15]
    site.assert_everything_stored_once()


def test_a_watched_unit_with_nothing_new_asks_no_more_often(site: Site) -> None:
    waits = Waits(site, 40)

    site.uplink(Pace(every_s=2), watched=True).run(waits)

    assert waits.seconds[:19] == [LOOK_S] * 19
    assert site.hub.requests == 2  # its first record, and a heartbeat


def test_a_hub_that_is_away_is_not_hurried_by_who_watches(site: Site) -> None:
    site.record(1)
    site.hub.troubles.extend([Trouble.LOST_ANSWER] * 3)
    waits = Waits(site, 3, records=(1, 2))

    site.uplink(watched=True).run(waits)

    assert waits.seconds == [0.5, 1, 2]


def test_one_that_was_told_to_stop_does_not_begin(site: Site) -> None:
    stop = Event()
    stop.set()
    site.uplink().run(stop)
    assert site.hub.requests == 0


def test_a_new_journal_is_brought_after_the_old_one(site: Site) -> None:
    site.record(3)
    site.uplink().once()
    old = site.journal.head
    site.begin_another_journal()
    site.record(2)

    assert site.uplink().once().ending is Ending.DONE

    assert site.mark().head == site.journal.head != old
    assert len(site.hub.books.ledgers) == 2
    assert site.stored() == list(site.journal.entries())
    assert site.stored()[0].event.kind is EventKind.JOURNAL_OPENED


class _Ticking:
    """The site's clock, which goes on a little each time it is asked."""

    def __init__(self, site: Site, step_s: float) -> None:
        self._clock = site.clock
        self._step_s = step_s
        self.now = site.clock.now
        self.is_trusted = site.clock.is_trusted
        self.boot_id = site.clock.boot_id

    def monotonic(self) -> float:
        self._clock.advance(self._step_s)
        return self._clock.monotonic()


def _with_trouble(site: Site, trouble: Trouble) -> Ending:
    site.hub.troubles.append(trouble)
    uplink: Uplink = site.uplink()
    return uplink.once().ending
