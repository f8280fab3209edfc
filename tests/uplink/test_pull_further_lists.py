"""An issuer that opens a second list, and a third: a unit finds each by its number."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from gate.sim.static_server import StaticTrouble
from gate.trust.status_list import list_name
from gate.uplink.lists_due import MAX_LIST_S
from tests.uplink.pulling_unit import PullingUnit


@pytest.fixture
def unit(tmp_path: Path) -> Iterator[PullingUnit]:
    with ExitStack() as opened:
        yield PullingUnit(tmp_path, opened)


def uris(unit: PullingUnit, *numbers: int) -> list[str]:
    base = unit.trust.issuer.uri.removesuffix("1")
    return [f"{base}{number}" for number in numbers]


def offer(unit: PullingUnit, *numbers: int) -> None:
    for uri in uris(unit, *numbers):
        unit.offer_list(unit.trust.issuer, uri, uri=uri)


def test_lists_that_are_there_come_at_once_one_after_the_other(unit: PullingUnit) -> None:
    offer(unit, 1, 2, 3)
    assert sorted(unit.poll().bundle.status_lists) == uris(unit, 1, 2, 3)
    assert unit.generation() == "000001"


def test_a_list_that_is_opened_later_is_found_once_the_one_before_is_new(
    unit: PullingUnit,
) -> None:
    offer(unit, 1)
    unit.poll()
    offer(unit, 2)
    assert sorted(unit.poll(MAX_LIST_S).bundle.status_lists) == uris(unit, 1)
    later = unit.clock.now() - timedelta(minutes=1)
    unit.offer_list(unit.trust.issuer, issued_at=later)
    assert sorted(unit.poll(MAX_LIST_S).bundle.status_lists) == uris(unit, 1, 2)


def test_a_list_without_news_costs_one_request_and_none_for_a_further_one(
    unit: PullingUnit,
) -> None:
    offer(unit, 1)
    unit.poll()
    unit.poll(MAX_LIST_S)
    asked = [name for name, _ in unit.asked() if name.endswith(".cwt")]
    assert asked == [list_name(uris(unit, 1)[0])]


def test_a_further_list_that_a_cut_link_kept_away_is_asked_for_again(unit: PullingUnit) -> None:
    offer(unit, 1, 2)
    before = [StaticTrouble.NONE, StaticTrouble.NONE]  # the manifest's, the first list's
    unit.server.troubles.extend([*before, StaticTrouble.PORTAL_PAGE])
    assert sorted(unit.poll().bundle.status_lists) == uris(unit, 1)
    assert sorted(unit.poll().bundle.status_lists) == uris(unit, 1, 2)


def test_beyond_a_gap_nothing_is_looked_for(unit: PullingUnit) -> None:
    offer(unit, 1, 3)
    assert sorted(unit.poll().bundle.status_lists) == uris(unit, 1)
    third = list_name(uris(unit, 3)[0])
    assert third not in [name for name, _ in unit.asked()]


def test_a_list_that_says_it_is_another_does_not_count(unit: PullingUnit) -> None:
    first, second = uris(unit, 1, 2)
    offer(unit, 1)
    unit.offer_list(unit.trust.issuer, second, uri=first)
    assert sorted(unit.poll().bundle.status_lists) == [first]
    assert "and not of" in unit.pull.refused[f"list {second}"]
