"""Days as a site has them, through every change of the clocks."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.events.codec import to_ms
from gate.hub.log.day import FIRST, LAST, Day, day_of

LONDON = ZoneInfo("Europe/London")


def _day(on: str, zone: str = "Europe/London") -> Day:
    return Day(on=date.fromisoformat(on), zone=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("day", "hours", "words"),
    [
        pytest.param(_day("2026-11-20"), 24, "Europe/London (GMT)", id="winter"),
        pytest.param(_day("2026-07-20"), 24, "Europe/London (BST)", id="summer"),
        pytest.param(_day("2026-03-29"), 23, "Europe/London (GMT, then BST)", id="spring"),
        pytest.param(_day("2026-10-25"), 25, "Europe/London (BST, then GMT)", id="autumn"),
        pytest.param(_day("2026-04-05", "Australia/Lord_Howe"), 24.5, None, id="by half an hour"),
    ],
)
def test_a_day_lasts_from_midnight_to_midnight(day: Day, hours: float, words: str | None) -> None:
    assert (day.end_ms - day.start_ms) / 3_600_000 == hours
    assert day.has_clock_change is (hours != 24)
    assert words in {None, day.zone_words}


def test_an_hour_that_comes_twice_is_told_apart() -> None:
    autumn = _day("2026-10-25")
    told = [
        autumn.time_words(to_ms(datetime(2026, 10, 25, hour, 30, tzinfo=UTC))) for hour in (0, 1)
    ]
    assert told == ["01:30:00 BST", "01:30:00 GMT"]


def test_a_moment_of_another_day_is_told_with_its_date() -> None:
    day = _day("2026-07-20")
    assert day.moment_words(to_ms(datetime(2026, 7, 20, 6, tzinfo=UTC))) == "07:00:00"
    late = to_ms(datetime(2026, 7, 20, 23, 30, tzinfo=UTC))
    assert day.moment_words(late) == "00:30:00 on 21 July 2026"


# Every moment belongs to exactly one day, its own: days neither overlap nor leave a gap.
@given(
    at=st.datetimes(datetime(1970, 1, 3), datetime(9999, 12, 28), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis adds the zone
    zone=st.sampled_from(["Europe/London", "America/St_Johns", "Pacific/Apia", "Asia/Kathmandu"]),
)
def test_every_moment_belongs_to_one_day(at: datetime, zone: str) -> None:
    day = day_of(at, ZoneInfo(zone))
    assert day.start_ms <= to_ms(at) < day.end_ms
    assert day.after is None or Day(on=day.after, zone=day.zone).start_ms == day.end_ms


def test_the_first_and_the_last_day_have_no_neighbour_outside() -> None:
    assert Day(on=FIRST, zone=LONDON).before is None
    assert Day(on=LAST, zone=LONDON).after is None
    assert Day(on=LAST, zone=ZoneInfo("Pacific/Honolulu")).end_ms > 0
