"""The night in which nobody under 18 works, to the minute and on the site's own clock."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from gate.access.hours import OpenSpan, OpenSpanKind
from gate.access.model import AccessPoint, AccessRequest, Direction, Finding
from gate.access.presence import Presence
from gate.access.working_time import Nights, YoungHours
from gate.errors import Outcome, Reason

EARLY, LATE = "22:00-06:00", "23:00-07:00"
REQUEST = AccessRequest(
    access_point=AccessPoint(name="Gate A in", direction=Direction.IN, area="site"),
    at=datetime(2026, 11, 23, 12, tzinfo=UTC),
    card=None,
    person=bytes(16),
)


def judged(night: str, request: AccessRequest) -> Finding | None:
    span = OpenSpanKind().read(night)
    assert isinstance(span, OpenSpan)
    rule = Nights(
        zone=ZoneInfo("Europe/London"), night=span, outcome=Outcome.REFER, unknown=Outcome.NOTE
    )
    return rule.judge(request, Presence())


@pytest.mark.parametrize(
    ("night", "at", "is_night"),
    [
        (EARLY, "2026-11-23T21:59:59", False),
        (EARLY, "2026-11-23T22:00:00", True),
        (EARLY, "2026-11-23T22:30:00", True),
        (EARLY, "2026-11-24T05:59:59", True),
        (EARLY, "2026-11-24T06:00:00", False),
        (LATE, "2026-11-23T22:59:59", False),
        (LATE, "2026-11-23T23:00:00", True),
        (LATE, "2026-11-24T06:30:00", True),
        (LATE, "2026-11-24T07:00:00", False),
        (EARLY, "2026-06-01T21:30:00", True),  # 22:30 in London
        (EARLY, "2026-06-02T05:30:00", False),  # 06:30
        (EARLY, "2026-11-23T12:45:00", False),
    ],
)
def test_the_night_is_where_the_regulations_say(night: str, at: str, *, is_night: bool) -> None:
    found = judged(night, replace(REQUEST, at=datetime.fromisoformat(f"{at}+00:00")))

    assert found == (Finding(outcome=Outcome.REFER, reason=Reason.HOURS) if is_night else None)


def test_without_a_time_nobody_young_is_known_to_have_hours_left() -> None:
    rule = YoungHours(zone=ZoneInfo("UTC"), outcome=Outcome.REFER, unknown=Outcome.NOTE)
    found = rule.judge(replace(REQUEST, clock_trusted=False), Presence())
    assert found == Finding(outcome=Outcome.NOTE, reason=Reason.CLOCK_UNTRUSTED)


def test_without_a_time_it_is_not_known_and_the_answer_is_the_sites() -> None:
    found = judged(EARLY, replace(REQUEST, clock_trusted=False))

    assert found is not None
    assert found.outcome is Outcome.NOTE
    assert found.reason is not Reason.HOURS


def test_nobody_is_held_in_for_the_night() -> None:
    way_out = AccessPoint(name="Gate A out", direction=Direction.OUT, area="site")
    late = datetime(2026, 11, 23, 23, tzinfo=UTC)

    assert judged(EARLY, replace(REQUEST, access_point=way_out, at=late)) is None
