"""A day's root: what it covers, and that it stays what it was."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command

from gate.events.chain import head_of
from gate.hub.ingest.day_root import day_root, lines
from gate.hub.ingest.services import find_unit, take_batch

if TYPE_CHECKING:
    from gate.hub.sites.models import Site
    from gate.signing.keys import SigningKey
    from tests.hub.ingest.conftest import SimulatedUnit

pytestmark = pytest.mark.django_db

DAY = date(2026, 7, 1)
MIDNIGHT = datetime(2026, 7, 1, 23, tzinfo=UTC)  # in London, in summer


def arrive(unit: SimulatedUnit, first: int, last: int, at: datetime, key: SigningKey) -> None:
    known = find_unit(unit.uid)
    assert known is not None
    take_batch(known, unit.batch(first, last), at, key)


def test_a_day_ends_at_midnight_in_the_sites_own_time(
    site: Site, unit: SimulatedUnit, neighbour: SimulatedUnit, signing_key: SigningKey
) -> None:
    unit.record(9)
    neighbour.record(4)
    arrive(unit, 1, 5, MIDNIGHT - timedelta(milliseconds=1), signing_key)
    arrive(unit, 6, 9, MIDNIGHT, signing_key)
    arrive(neighbour, 1, 4, MIDNIGHT, signing_key)
    assert [(one.uid, one.head) for one in day_root(site, DAY).heads] == [
        (unit.uid, head_of(unit.entries[4]))
    ]
    assert len(day_root(site, DAY + timedelta(days=1)).heads) == 2


def test_a_root_stays_when_more_arrives_and_differs_from_day_to_day(
    site: Site, unit: SimulatedUnit, signing_key: SigningKey
) -> None:
    unit.record(9)
    arrive(unit, 1, 5, MIDNIGHT - timedelta(hours=1), signing_key)
    before = day_root(site, DAY).root
    arrive(unit, 6, 9, MIDNIGHT + timedelta(hours=1), signing_key)
    assert day_root(site, DAY).root == before
    assert day_root(site, DAY + timedelta(days=1)).root != before
    assert day_root(site, DAY - timedelta(days=1)).root != before


def test_the_root_is_printed_with_what_it_is_made_of(
    site: Site, unit: SimulatedUnit, signing_key: SigningKey
) -> None:
    unit.record(3)
    arrive(unit, 1, 3, MIDNIGHT - timedelta(hours=1), signing_key)
    out = StringIO()
    call_command("day_root", site.slug, DAY.isoformat(), stdout=out)
    assert tuple(out.getvalue().splitlines()) == lines(day_root(site, DAY))
    assert day_root(site, DAY).root.hex() in out.getvalue()
    assert f"through 3 hash {unit.entries[2].hash.hex()}" in out.getvalue()


@pytest.mark.parametrize("arguments", [("nowhere",), ("kings-wharf", "yesterday")])
@pytest.mark.usefixtures("site")
def test_what_can_not_be_a_root_is_said(arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        call_command("day_root", *arguments)
