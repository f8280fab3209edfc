"""A gate's cameras over weeks: the line on the page, and the advice before there is a queue."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import pytest
from django.utils import timezone

from gate.events.camera_day import CameraDay
from gate.events.heartbeat import Heartbeat as Beat
from gate.events.heartbeat import sign_heartbeat
from gate.hub.gates.sharpness import FEW_CARDS, Sharpness, sharpness_of
from gate.hub.ingest.models import SharpDay
from gate.hub.ingest.rows import KnownUnit
from gate.hub.ingest.services import take_heartbeat
from gate.hub.ingest.sharpness import KEPT_DAYS, day_of, days_of, note_cameras
from gate.sim.issuer import seeded_key
from tests.hub.gates import gate_a, manager, new_gate, site

if TYPE_CHECKING:
    from django.test import Client

    from gate.hub.sites.models import Site
    from tests.hub.gates import Gate

__all__ = ["gate_a", "manager", "new_gate", "site"]

pytestmark = pytest.mark.django_db

NOW: Final = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
TODAY: Final = day_of(NOW)
LANE: Final = "Gate A in"


def day(
    ago: int, *, edge: int = 210, haze: int = 10, cards: int = 100, missed: int = 2
) -> CameraDay:
    return CameraDay(
        day=TODAY - ago,
        cards=cards,
        edge_cpx=edge,
        haze_percent=haze,
        need_us=4_000,
        missed=missed,
    )


def told(gate: Gate, *days: CameraDay) -> Sharpness | None:
    """Tell the hub of days, and return what its page then says."""
    for one in days:
        note_cameras(gate.journal.unit_id, {LANE: (one,)}, NOW)
    found = days_of([gate.journal.unit_id]).get(gate.journal.unit_id, {})
    return sharpness_of(LANE, found.get(LANE, []), NOW)


def advice(gate: Gate, *days: CameraDay) -> str:
    shown = told(gate, *days)
    assert shown is not None
    return shown.advice


def test_the_last_that_was_told_of_a_day_stands(gate_a: Gate) -> None:
    told(gate_a, day(0, cards=20), day(0, cards=80, edge=220))
    row = SharpDay.objects.get()
    assert (row.cards, row.edge_cpx) == (80, 220)


def test_days_are_kept_for_five_weeks_and_a_wrong_clock_s_are_not_taken(gate_a: Gate) -> None:
    told(gate_a, day(0), day(KEPT_DAYS), day(KEPT_DAYS + 1), day(-2))
    assert SharpDay.objects.count() == 2
    note_cameras(gate_a.journal.unit_id, {LANE: (day(-3),)}, NOW + timedelta(days=3))
    assert [row.day - TODAY for row in SharpDay.objects.order_by("day")] == [0, 3]


def test_a_line_is_drawn_of_the_days_with_enough_cards(gate_a: Gate) -> None:
    shown = told(gate_a, day(35, edge=200), day(7, cards=FEW_CARDS - 1), day(0, edge=270))
    assert shown is not None
    assert shown.points == "0,35 576,27"
    assert shown.words == (
        "Cards' edges were 2.7 pixels wide on 20 Nov, 2.0 on 16 Oct;"
        " 2 codes could not be read beside 100 cards that were."
    )


def test_a_camera_that_has_told_of_few_cards_has_no_line(gate_a: Gate) -> None:
    assert told(gate_a) is None
    assert told(gate_a, day(0, cards=FEW_CARDS - 1)) is None


@pytest.mark.parametrize(
    ("lately", "says"),
    [
        pytest.param({}, "", id="as ever"),
        pytest.param({"edge": 245}, "", id="a little softer"),
        pytest.param({"edge": 260}, "Clean the camera's window at Gate A in", id="softer"),
        pytest.param({"haze": 20}, "", id="a little paler"),
        pytest.param({"haze": 22}, "Clean the camera's window at Gate A in", id="paler"),
        pytest.param({"missed": 30}, "Look at the light at Gate A in", id="often missed"),
    ],
)
def test_what_was_worse_for_three_days_is_told_with_what_to_do(
    gate_a: Gate, lately: dict[str, int], says: str
) -> None:
    before = [day(ago) for ago in range(20, 3, -1)]
    found = advice(gate_a, *before, *(day(ago, **lately) for ago in (2, 1, 0)))
    assert found.startswith(says)
    assert bool(found) is bool(says)


def test_one_bad_day_is_no_reason_to_clean(gate_a: Gate) -> None:
    assert advice(gate_a, *(day(ago) for ago in range(9, 0, -1)), day(0, edge=400)) == ""


def test_too_few_days_tell_nothing(gate_a: Gate) -> None:
    assert (
        advice(gate_a, day(4), day(3), day(2, edge=300), day(1, edge=300), day(0, edge=300)) == ""
    )


def test_a_heartbeat_brings_the_days_to_the_page(gate_a: Gate, site: Site, manager: Client) -> None:
    now = timezone.now()
    days = (replace(day(0, edge=231), day=day_of(now)), replace(day(1), day=day_of(now) - 1))
    beat = Beat(sent_at=now, clock_trusted=True, backlog=0, cameras={"Gate A <in>": days})
    key = seeded_key("camera")
    unit = gate_a.journal.unit
    unit.public_key = key.verifying_key.public
    unit.save()
    known = KnownUnit(id=unit.pk, uid=unit.uid, public_key=unit.public_key, retired=False)
    take_heartbeat(known, sign_heartbeat(beat, key), now)
    page = manager.get(f"/sites/{site.slug}/gates/").content.decode()
    assert "Camera at Gate A &lt;in&gt;, five weeks; lower is sharper." in page
    assert "Cards&#x27; edges were 2.3 pixels wide" in page
    assert page.count("<polyline points=") == 1
