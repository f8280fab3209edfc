"""What a unit is answered that asks for its site's manifest, and what anybody else is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from gate.hub.ingest.limits import Budget
from gate.hub.manifest.handed import gates_of, reach
from gate.hub.manifest.models import Handed, Manifest
from gate.hub.manifest.watched import HEADER, WATCHED_FOR, watch
from gate.hub.sites.models import Site, Unit
from gate.uplink.fetch import MAX_WATCHED_S, WATCHED
from tests.hub.ingest.conftest import SimulatedUnit, known

if TYPE_CHECKING:
    from gate.hub.ingest.apps import IngestConfig
    from tests.hub.manifest.conftest import Asker

pytestmark = pytest.mark.django_db
both = pytest.mark.parametrize("what", ["manifest", "presence"])


@pytest.mark.usefixtures("ruled")
def test_a_unit_is_handed_its_sites_manifest(asker: Asker, unit: SimulatedUnit) -> None:
    answer = asker.get(unit, "manifest")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/octet-stream")
    manifest = asker.manifest(unit)
    assert (manifest.site, manifest.blocked, manifest.commands) == ("kings-wharf", frozenset(), ())
    assert 'scheme = "ecs-jib"' in manifest.policy
    assert manifest.expires_at - manifest.issued_at == timedelta(days=7)


@both
@pytest.mark.usefixtures("ruled")
@pytest.mark.parametrize("had", ["{}", "W/{}", '"1-1", {}'])
def test_who_has_it_is_told_so_without_a_body(
    asker: Asker, unit: SimulatedUnit, what: str, had: str
) -> None:
    etag = asker.get(unit, what)["ETag"]
    answer = asker.get(unit, what, had=had.format(etag))
    assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", etag)
    assert not etag.startswith("W/")


@pytest.mark.usefixtures("ruled")
@pytest.mark.parametrize(
    ("ago_s", "told"),
    [(None, 0), (0, 119), (29, 90), (119, 0), (500, 0), (-500, 120)],
)
def test_a_unit_hears_for_how_long_somebody_waits_for_its_records(
    asker: Asker, unit: SimulatedUnit, ago_s: int | None, told: int
) -> None:
    if ago_s is not None:
        watch(Site.objects.get(), timezone.now() - timedelta(seconds=ago_s))
    first = asker.get(unit, "manifest")
    again = asker.get(unit, "manifest", had=first["ETag"])
    assert (first.status_code, again.status_code) == (200, 304)
    heard = [int(answer[HEADER]) for answer in (first, again)]
    assert all(told - 1 <= seconds <= told for seconds in heard)


def test_the_header_is_the_one_that_units_read() -> None:
    assert HEADER == WATCHED
    assert WATCHED_FOR.total_seconds() == MAX_WATCHED_S


@both
@pytest.mark.usefixtures("ruled")
@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_unit_whose_clock_is_wrong_is_told_the_hubs_time(
    asker: Asker, unit: SimulatedUnit, what: str, minutes: int
) -> None:
    now = timezone.now()
    answer = asker.get(unit, what, at=now + timedelta(minutes=minutes))
    told = answer.json()
    assert (answer.status_code, told["code"]) == (401, "clock")
    again = asker.get(unit, what, at=datetime.fromtimestamp(told["now_s"], UTC))
    assert again.status_code == 200


@both
@pytest.mark.usefixtures("ruled")
def test_to_whom_it_does_not_belong_it_is_not_there(
    asker: Asker, unit: SimulatedUnit, what: str, site: Site
) -> None:
    other = Site.objects.create(
        organisation=site.organisation, slug="quay", name="Quay", time_zone="Europe/London"
    )
    stranger = known(other, "Gate Q")
    answers = [
        asker.get(unit, what, signer=stranger.key),
        asker.get(stranger, what, uid=unit.uid),
        asker.get(unit, what, token=""),
        asker.get(unit, what, token="CWT AAAA"),
        asker.get(unit, what, path=f"/api/units/{unit.uid}/other"),
        asker.get(unit, what, uid="0123456789abcdef"),
        asker.get(unit, what, uid="zzz"),
    ]
    Unit.objects.filter(uid=unit.uid).update(retired_at=timezone.now())
    answers.append(asker.get(unit, what))
    assert {(one.status_code, one.json()["code"]) for one in answers} == {(404, "unknown_unit")}


def test_a_site_without_rules_has_no_manifest(asker: Asker, unit: SimulatedUnit) -> None:
    answer = asker.get(unit, "manifest")
    assert (answer.status_code, answer.json()["code"]) == (404, "no_manifest")


@dataclass
class UsedUp(Budget):
    def wait_s(self, uid: str, now_s: float) -> int:  # noqa: ARG002 - the budget's form
        return 7


@both
def test_who_asks_too_often_is_told_when_to_come_back(
    asker: Asker, unit: SimulatedUnit, what: str, ingest: IngestConfig
) -> None:
    vars(ingest)["budget"] = UsedUp()
    answer = asker.get(unit, what)
    assert (answer.status_code, answer["Retry-After"]) == (429, "7")


@both
@pytest.mark.usefixtures("ruled")
def test_a_stranger_uses_up_nobodys_budget(
    asker: Asker, unit: SimulatedUnit, neighbour: SimulatedUnit, what: str, ingest: IngestConfig
) -> None:
    asker.get(unit, what, signer=neighbour.key)
    assert ingest.budget.used == {}
    asker.get(unit, what)
    assert ingest.budget.used == {unit.uid: 1}


@pytest.mark.usefixtures("ruled")
def test_the_hub_knows_which_gates_it_has_handed_what(
    asker: Asker, unit: SimulatedUnit, neighbour: SimulatedUnit, site: Site
) -> None:
    etag = asker.get(unit, "manifest")["ETag"]
    version = Manifest.objects.get().version
    half = reach(gates_of(site), version)
    assert (half.words, [gate.name for gate in half.missing]) == (
        "sent to 1 of 2 gates",
        [neighbour.name],
    )
    Handed.objects.all().delete()
    assert asker.get(unit, "manifest", had=etag).status_code == 304
    asker.get(neighbour, "manifest")
    whole = reach(gates_of(site), version)
    assert (whole.words, whole.is_complete) == ("sent to 2 of 2 gates", True)


@pytest.mark.usefixtures("ruled")
def test_a_retired_gate_is_waited_for_no_longer(
    asker: Asker, unit: SimulatedUnit, neighbour: SimulatedUnit, site: Site
) -> None:
    asker.get(unit, "manifest")
    Unit.objects.filter(uid=neighbour.uid).update(retired_at=timezone.now())
    assert reach(gates_of(site), Manifest.objects.get().version).words == "sent to 1 of 1 gate"
