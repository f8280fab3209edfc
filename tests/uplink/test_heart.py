"""What a unit tells its hub of how fresh its knowledge is, whatever its clock says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from gate.access.model import Direction
from gate.events.camera_day import CameraDay
from gate.events.chain import genesis
from gate.sim.issuer import NOW
from gate.store.camera_days import camera_days_path, write_camera_days
from gate.store.checked import write_checked
from gate.store.clock_state import clock_state_path, write_clock_state
from gate.store.trust_in_force import load_in_force
from gate.trust.clock_floor import ClockState
from gate.trust.status_token import issue_status_token
from gate.uplink.heart import Believes, heartbeat
from gate.uplink.sync import Ending, PassEnd
from tests.store.trust_files import HUB, SITE, TrustFiles, manifest

if TYPE_CHECKING:
    from gate.events.heartbeat import Heartbeat
    from tests.uplink.conftest import Site

HOUR = timedelta(hours=1)
END = PassEnd(ending=Ending.DONE, head=genesis(bytes(16)))


def told(site: Site) -> Heartbeat:
    """Return a heartbeat of a unit whose list and manifest were signed at NOW."""
    files = TrustFiles(site.directory / "trust")
    files.carry_list(issue_status_token(files.issuer.status_list(), files.issuer.key))
    files.switch_manifest(manifest(3, NOW))
    held = load_in_force(files.path, SITE, HUB.verifying_key)
    return heartbeat(site.link, Believes(held=held), None, END, ())


@pytest.mark.parametrize(
    ("hours", "tier", "left_h"), [(1, "green", 23), (30, "amber", 66), (100, "red", 0)]
)
def test_a_clock_of_1970_makes_nothing_young(
    site: Site, hours: int, tier: str, left_h: int
) -> None:
    site.clock.trusted = False
    site.clock.set(datetime(1970, 1, 1, tzinfo=UTC))
    state = ClockState(floor=NOW + hours * HOUR, untrusted_s=60, boot_id=site.clock.boot_id())
    write_clock_state(clock_state_path(site.path), state)

    beat = told(site)

    assert (beat.tier, beat.tier_left_s) == (tier, left_h * 3600)
    assert (beat.manifest_version, beat.manifest_age_s) == (3, hours * 3600)
    assert set(beat.list_ages.values()) == {hours * 3600}
    assert (beat.clock_trusted, beat.untrusted_s) == (False, 60)
    assert beat.sent_at.year == 1970


def test_a_clock_that_stands_before_what_has_passed_is_not_trusted(site: Site) -> None:
    site.clock.set(NOW)
    state = ClockState(floor=NOW + HOUR, boot_id=site.clock.boot_id())
    write_clock_state(clock_state_path(site.path), state)
    assert not told(site).clock_trusted


def test_a_day_without_a_clock_is_red_for_the_hub_too(site: Site) -> None:
    site.clock.trusted = False
    state = ClockState(floor=NOW, untrusted_s=25 * 3600, boot_id=site.clock.boot_id())
    write_clock_state(clock_state_path(site.path), state)
    assert told(site).tier == "red"


def test_what_the_units_own_check_found_reaches_the_hub(site: Site) -> None:
    found = "check clock cell: Its cell has 2.40 V."
    write_checked(site.link.journal, site.clock.now(), [found, "check record: a\nb" + "x" * 400])
    faults = told(site).faults
    assert found in faults
    assert "check overdue" not in faults
    assert any(fault.startswith("check record: a?b") for fault in faults)


def test_a_check_that_was_not_done_for_long_is_told_too(site: Site) -> None:
    write_checked(site.link.journal, site.clock.now() - timedelta(days=16), [])
    assert "check overdue" in told(site).faults


def test_a_unit_that_was_never_checked_tells_nothing_of_it(site: Site) -> None:
    assert not any("check" in fault for fault in told(site).faults)


def test_it_tells_where_the_units_access_points_lead(site: Site) -> None:
    assert told(site).areas == {"Gate A in": "tower"}


def test_how_the_cameras_saw_their_days_is_told_by_lane(site: Site) -> None:
    path = camera_days_path(site.path, Direction.IN)
    day = CameraDay(day=20_793, cards=9, edge_cpx=220, haze_percent=8, need_us=0, missed=1)
    write_camera_days(path, (day,))
    empty = camera_days_path(site.path, Direction.OUT)
    link = replace(site.link, cameras={"Gate A in": path, "Gate A out": empty})
    beat = heartbeat(link, Believes(held=None), None, END, ())
    assert beat.cameras == {"Gate A in": (day,)}
