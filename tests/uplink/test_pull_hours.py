"""How long everybody was on site: brought where the rules ask for it, and nowhere else."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from gate.sim.issuer import NOW, seeded_key
from gate.store.trust_in_force import HOURS, load_hours, load_in_force
from gate.trust.site_hours import Hours, SiteHours
from gate.uplink.counted import HOURS_EVERY_S
from tests.store.trust_files import HUB, POLICY, SITE, manifest
from tests.uplink.pulling_unit import POLL_S, PullingUnit

ASKS: Final = f'{POLICY}[working_week]\nmode = "note"\n'
ANNA: Final = Hours(b"A" * 16, 60, 600, 2000)
SOON: Final = NOW + timedelta(seconds=HOURS_EVERY_S)


@pytest.fixture
def unit(tmp_path: Path) -> Iterator[PullingUnit]:
    with ExitStack() as opened:
        unit = PullingUnit(tmp_path, opened)
        unit.offer_list(unit.trust.issuer)
        unit.offer_presence()
        yield unit


def held(unit: PullingUnit) -> SiteHours | None:
    trust = load_in_force(unit.trust.path, SITE, HUB.verifying_key)
    return load_hours(unit.trust.path, SITE, trust.hub_keys)


def test_rules_that_ask_for_hours_have_them_brought_every_five_minutes(unit: PullingUnit) -> None:
    unit.offer_manifest(manifest(7, policy=ASKS))
    unit.offer_hours(NOW, ANNA)
    unit.poll()
    found = held(unit)
    assert found is not None
    assert found.rows == (ANNA,)
    assert unit.generation() == "000001"

    unit.offer_hours(SOON, ANNA._replace(day_min=70))
    unit.poll()
    assert ("hours", 200) not in unit.asked()
    unit.poll(HOURS_EVERY_S - POLL_S)
    found = held(unit)
    assert found is not None
    assert found.rows[0].day_min == 70


def test_what_is_held_is_not_sent_again_nor_to_a_process_that_starts_anew(
    unit: PullingUnit,
) -> None:
    unit.offer_manifest(manifest(7, policy=ASKS))
    unit.offer_hours(NOW, ANNA)
    unit.poll()
    unit.poll(HOURS_EVERY_S)
    assert ("hours", 304) in unit.asked()


def test_rules_that_ask_for_none_have_none_brought(unit: PullingUnit) -> None:
    unit.offer_manifest(manifest(7))
    unit.offer_hours(NOW, ANNA)
    unit.poll()
    assert "hours" not in dict(unit.asked())
    assert not (unit.trust.path / HOURS).exists()


def test_hours_that_nobody_asks_for_any_more_are_taken_away(unit: PullingUnit) -> None:
    unit.offer_manifest(manifest(7, policy=ASKS))
    unit.offer_hours(NOW, ANNA)
    unit.poll()
    assert (unit.trust.path / HOURS).exists()
    unit.offer_manifest(manifest(8))
    unit.poll()
    assert not (unit.trust.path / HOURS).exists()


def test_a_hub_of_before_has_none_and_everything_else_comes(unit: PullingUnit) -> None:
    unit.offer_manifest(manifest(7, policy=ASKS))
    found = unit.poll()
    assert ("hours", 404) in unit.asked()
    assert found.manifest == manifest(7, policy=ASKS)
    assert unit.pull.refused == {}


def test_older_hours_and_a_stranger_s_never_replace_those_held(unit: PullingUnit) -> None:
    unit.offer_manifest(manifest(7, policy=ASKS))
    unit.offer_hours(NOW, ANNA)
    unit.poll()
    kept = (unit.trust.path / HOURS).read_bytes()
    unit.offer_hours(NOW - timedelta(seconds=1), ANNA)
    unit.poll(HOURS_EVERY_S)
    assert "held are of" in unit.pull.refused["hours"]
    unit.offer_hours(SOON, ANNA, key=seeded_key("a stranger"))
    unit.poll(HOURS_EVERY_S)
    assert "only this site's hub may sign it" in unit.pull.refused["hours"]
    assert (unit.trust.path / HOURS).read_bytes() == kept


def test_damaged_hours_are_replaced(unit: PullingUnit) -> None:
    unit.offer_manifest(manifest(7, policy=ASKS))
    unit.offer_hours(NOW, ANNA)
    unit.poll()
    (unit.trust.path / HOURS).write_bytes(b"damaged")
    unit.poll(HOURS_EVERY_S)
    assert held(unit) is not None
