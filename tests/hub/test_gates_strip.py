"""The strip of a gate's day: when it was heard, how fresh it was, and the gaps."""

from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import pytest

from gate.hub.gates.strip import Run, strips_of
from gate.hub.ingest.heard import KEPT_DAYS, SLOTS, heard_between, note_heard
from gate.hub.ingest.models import HeardDay
from gate.hub.log.day import Day
from tests.hub.gates import Gate, gate_a, new_gate, site

__all__ = ["gate_a", "new_gate", "site"]

pytestmark = pytest.mark.django_db

MIDNIGHT: Final = datetime(2026, 11, 20, tzinfo=UTC)
DAY: Final = Day(on=date(2026, 11, 20), zone=ZoneInfo("Europe/London"))
MINUTE: Final = timedelta(minutes=1)
NOON: Final = MIDNIGHT + timedelta(hours=12)


def hears(gate: Gate, start: int, end: int, tier: str = "green") -> None:
    """Have the gate heard every minute between two of the day's."""
    for minute in range(start, end):
        note_heard(gate.journal.unit_id, tier, MIDNIGHT + minute * MINUTE)


def test_a_bar_is_five_minutes_and_a_gap_is_told(gate_a: Gate) -> None:
    hears(gate_a, 420, 480)
    hears(gate_a, 500, 510, "amber")
    hears(gate_a, 510, 515, "red")
    unit = gate_a.journal.unit

    strip = strips_of([unit], DAY, MIDNIGHT + 516 * MINUTE)[unit.pk]

    assert strip.runs == (
        Run(x=168, y=0, width=24, height=28, tone="admit"),
        Run(x=200, y=10, width=4, height=18, tone="note"),
        Run(x=204, y=19, width=2, height=9, tone="refuse"),
    )
    assert strip.words == "Heard today from 07:00; silent 08:00 to 08:20."
    assert (strip.width, strip.now_x) == (576, 206)
    assert strip.hours == ((0, "00:00"), (144, "06:00"), (288, "12:00"), (432, "18:00"))


def test_silence_until_now_is_told_and_what_is_to_come_is_not(gate_a: Gate) -> None:
    hears(gate_a, 0, 60)
    unit = gate_a.journal.unit
    assert strips_of([unit], DAY, NOON)[unit.pk].words.endswith("silent 01:00 to 12:00.")
    whole = strips_of([unit], DAY, MIDNIGHT + 60 * MINUTE)[unit.pk].words
    assert whole == "Heard today from 00:00, without a gap of five minutes."


def test_five_minutes_show_the_worst_that_was_said_in_them(gate_a: Gate) -> None:
    for tier in ("green", "red", "amber", ""):
        note_heard(gate_a.journal.unit_id, tier, NOON)
    assert HeardDay.objects.get().slots.strip() == "r"


def test_a_gate_that_was_not_heard_today_has_no_strip(gate_a: Gate) -> None:
    note_heard(gate_a.journal.unit_id, "green", MIDNIGHT - MINUTE)
    assert strips_of([gate_a.journal.unit], DAY, NOON) == {}


def test_a_day_is_the_site_s_own_across_two_of_utc(gate_a: Gate) -> None:
    summer = Day(on=date(2026, 7, 1), zone=ZoneInfo("Europe/London"))
    note_heard(gate_a.journal.unit_id, "green", summer.start)
    note_heard(gate_a.journal.unit_id, "amber", summer.end - MINUTE)
    note_heard(gate_a.journal.unit_id, "red", summer.end)
    signs = heard_between([gate_a.journal.unit_id], summer.start, summer.end)
    assert signs[gate_a.journal.unit_id] == "g" + " " * (SLOTS - 2) + "a"


def test_days_are_kept_for_five_weeks(gate_a: Gate) -> None:
    for day in (0, 1, KEPT_DAYS + 1):
        note_heard(gate_a.journal.unit_id, "green", MIDNIGHT + timedelta(days=day))
    first = int(MIDNIGHT.timestamp()) // 86_400
    kept = set(HeardDay.objects.values_list("day", flat=True))
    assert kept == {first + 1, first + KEPT_DAYS + 1}
