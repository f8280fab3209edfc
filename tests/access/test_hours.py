"""Opening hours on the site's own clock: plain days, over midnight, daylight saving."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from gate.access.hours import CLOSED, OpeningHours, OpenSpan, OpenSpanKind
from gate.access.model import AccessPoint, AccessRequest, Direction, Finding
from gate.access.presence import Presence
from gate.errors import Outcome, Reason

LONDON = ZoneInfo("Europe/London")
ENTRY = AccessRequest(
    access_point=AccessPoint(name="Gate A in", direction=Direction.IN, area="site"),
    at=datetime(2026, 11, 23, 7, tzinfo=UTC),
    card=None,
    person=None,
)


def hours(**days: str) -> OpeningHours:
    spans = {day: OpenSpanKind().read(text) or CLOSED for day, text in days.items()}
    week = tuple(
        spans.get(day, CLOSED) for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    )
    return OpeningHours(zone=LONDON, week=week)


WEEKDAYS = hours(mon="06:30-18:00", tue="06:30-18:00")
NIGHTS = hours(mon="22:00-06:00", sun="20:00-04:00")
ALWAYS = hours(**dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), "00:00-24:00"))
SUNDAY_NIGHT = hours(sat="22:00-01:30", sun="01:00-02:00")

# 23 November 2026 is a Monday; London is on UTC. On 25 October 2026, a Sunday, 01:00 to 02:00
# comes twice; on 28 March 2027 it never comes; on 1 June 2026, a Monday, London is an hour ahead.
CASES = {
    "at the minute of opening": (WEEKDAYS, "2026-11-23T06:30:00", True),
    "a second before": (WEEKDAYS, "2026-11-23T06:29:59", False),
    "in the last second": (WEEKDAYS, "2026-11-23T17:59:59", True),
    "at the minute of closing": (WEEKDAYS, "2026-11-23T18:00:00", False),
    "on a day with no hours": (WEEKDAYS, "2026-11-25T10:00:00", False),
    "in summer by the site's clock": (WEEKDAYS, "2026-06-01T05:30:00", True),
    "in summer not by UTC": (WEEKDAYS, "2026-06-01T17:30:00", False),
    "before midnight of a night shift": (NIGHTS, "2026-11-23T23:59:59", True),
    "after midnight it is still Monday's night": (NIGHTS, "2026-11-24T05:59:59", True),
    "the night ends": (NIGHTS, "2026-11-24T06:00:00", False),
    "Tuesday has no night of its own": (NIGHTS, "2026-11-24T23:00:00", False),
    "Sunday's night reaches into Monday": (NIGHTS, "2026-11-23T03:59:00", True),
    "and ends there": (NIGHTS, "2026-11-23T04:00:00", False),
    "all day at the first second": (ALWAYS, "2026-11-23T00:00:00", True),
    "all day at the last second": (ALWAYS, "2026-11-23T23:59:59", True),
    "the hour that comes twice, first time": (SUNDAY_NIGHT, "2026-10-25T00:45:00", True),
    "the hour that comes twice, second time": (SUNDAY_NIGHT, "2026-10-25T01:45:00", True),
    "after the hour that comes twice": (SUNDAY_NIGHT, "2026-10-25T02:00:00", False),
    "the hour that never comes is jumped": (SUNDAY_NIGHT, "2027-03-28T01:00:00", False),
}


@pytest.mark.parametrize(("rule", "at", "is_open"), CASES.values(), ids=CASES.keys())
def test_the_site_is_open(rule: OpeningHours, at: str, is_open: bool) -> None:  # noqa: FBT001 - a column of the table
    request = replace(ENTRY, at=datetime.fromisoformat(at).replace(tzinfo=UTC))
    referred = Finding(outcome=Outcome.REFER, reason=Reason.OUT_OF_HOURS)
    assert rule.judge(request, Presence()) == (None if is_open else referred)


def test_leaving_has_no_closing_time() -> None:
    leaving = replace(ENTRY, access_point=replace(ENTRY.access_point, direction=Direction.OUT))
    assert hours().judge(leaving, Presence()) is None
    assert hours().judge(ENTRY, Presence()) is not None


@pytest.mark.parametrize(
    "text",
    ["06:30-18:00", "22:00-06:00", "00:00-24:00", "23:59-24:00", "00:00-00:01", "closed"],
)
def test_hours_are_written_as_they_were_read(text: str) -> None:
    assert str(OpenSpanKind().read(text)) == text


@pytest.mark.parametrize(
    "value",
    [
        *("", "6:30-18:00", "06:30 - 18:00", "06:30-18:00 ", "06.30-18.00", "06:30", "24:00-06:00"),
        *("06:30-24:01", "06:60-18:00", "25:00-26:00", "06:30-06:30", "\u0660\u0666:30-18:00"),
        *("Closed", "00:00-00:00", 630, None, True, ["06:30-18:00"]),
    ],
)
def test_anything_else_is_no_hours(value: object) -> None:
    assert OpenSpanKind().read(value) is None
    assert '"06:30-18:00"' in OpenSpanKind().allowed


def test_a_span_holds_its_first_minute_and_not_its_last() -> None:
    span = OpenSpan(opens_min=60, closes_min=61)
    assert [minute for minute in range(120) if span.holds(minute)] == [60]
