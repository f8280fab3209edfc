"""A list's lines: of what is read of a holder part, and what is said where it can't be read."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from gate.hub.log.day import day_of
from gate.hub.rollcall.gather import OnList
from gate.hub.rollcall.sheet import lines_now

DAY = day_of(datetime(2026, 3, 2, 7, tzinfo=UTC), ZoneInfo("UTC"))


def _line(holder: str | None) -> tuple[str, str]:
    one = OnList(
        person=bytes(16),
        journal=1,
        seq=7,
        at_ms=DAY.start_ms,
        direction="in",
        how="turned",
        company="",
        gate="North",
        holder=holder,
    )
    (line,) = lines_now([one], DAY)
    assert (line.number, line.gate, line.evidence) == (1, "North", "turned")
    return line.name, line.card


def test_a_holder_part_gives_the_name_and_the_card() -> None:
    assert _line('{"name":"Ann Lee","number":"7"}') == ("Ann Lee", "7")


@pytest.mark.parametrize(
    "holder",
    ["", "x", "[]", "7", "{}", '{"name":"Ann"}', '{"name":"Ann","number":"7"}x', "[" * 100_000],
)
def test_what_is_no_holder_part_names_nobody(holder: str) -> None:
    assert _line(holder) == ("Holder part unreadable", "")


def test_who_was_erased_stays_on_the_list() -> None:
    assert _line(None) == ("Person erased", "")
