"""Forgotten exits: a manager takes one for made, by name and with a reason, and all gates hear."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from gate.errors import ConfigError
from gate.events.chain import link
from gate.events.codec import encode_holder
from gate.events.model import Event, EventKind, Holder
from gate.hub.clock import hub_now
from gate.hub.manifest import forgiving
from gate.hub.manifest.forgiving import GOOD_FOR, forgive, forgiving_commands
from gate.hub.manifest.models import Forgiveness, SignedPresence
from gate.hub.manifest.versions import held
from gate.trust.commanded import Forgiven
from gate.trust.person import person_key
from tests.hub.gates import manager
from tests.hub.manifest.conftest import SAM
from tests.hub.manifest.passing import MINUTE, send

if TYPE_CHECKING:
    from datetime import datetime

    from django.test import Client

    from gate.hub.sites.models import Site
    from tests.hub.ingest.conftest import Sender, SimulatedUnit
    from tests.hub.manifest.conftest import Asker

__all__ = ["manager"]

pytestmark = pytest.mark.django_db

PAGE = "/sites/kings-wharf/forgive/"
WHY = "Left by the vehicle gate"


def enters(unit: SimulatedUnit, secret: bytes, number: str, at: datetime) -> bytes:
    person = person_key(secret, "iss", number)
    event = Event(
        at=at,
        clock_trusted=True,
        kind=EventKind.ACCESS,
        access_point="Gate A",
        direction="in",
        outcome="admit",
    )
    holder = Holder(person=person, issuer="iss", number=number, name="Sam", card_type="gold")
    unit.entries.append(link(unit.head, event, number.encode().ljust(16), encode_holder(holder)))
    return person


@pytest.fixture
def sam(sender: Sender, unit: SimulatedUnit, secret: bytes) -> bytes:
    """Somebody who came in half an hour ago, by card 1."""
    person = enters(unit, secret, "1", hub_now() - 30 * MINUTE)
    send(sender, unit)
    return person


def test_it_reaches_a_gate_as_a_command_with_who_and_why(
    asker: Asker, unit: SimulatedUnit, ruled: Site, secret: bytes, sam: bytes
) -> None:
    before = asker.manifest(unit).version
    done = forgive(ruled, secret, issuer="iss", number="1", reason=WHY, by=SAM, now=hub_now())

    fresh = asker.manifest(unit)
    (command,) = fresh.commands
    assert fresh.version > before
    assert (command.id, command.not_after) == (bytes(done.order_id), done.at + GOOD_FOR)
    assert command.about == Forgiven(person=sam, at=done.at, by=SAM.name, why=WHY)


def test_the_hub_s_presence_has_them_out_as_estimated_until_they_pass_again(
    asker: Asker, sender: Sender, unit: SimulatedUnit, ruled: Site, secret: bytes, sam: bytes
) -> None:
    done = forgive(ruled, secret, issuer="iss", number="1", reason=WHY, by=SAM, now=hub_now())
    (row,) = asker.presence(unit).rows
    assert (row.person, row.direction, row.how) == (sam, "out", "forgiven")
    assert (row.at, row.name) == (done.at, "Sam")
    enters(unit, secret, "1", hub_now())
    send(sender, unit)
    SignedPresence.objects.update(issued_at=hub_now() - timedelta(minutes=5))
    (row,) = asker.presence(unit).rows
    assert (row.direction, row.how) == ("in", "passed")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"number": "2"}, "card 2 is not inside"),
        ({"reason": " "}, "reason"),
        ({"reason": "x" * 121}, "reason"),
        ({"number": ""}, "number"),
        ({"issuer": "x" * 65}, "issuer"),
    ],
)
@pytest.mark.usefixtures("sam")
def test_what_can_t_be_forgiven_is_named(
    ruled: Site, secret: bytes, changed: dict[str, str], said: str
) -> None:
    given = {"issuer": "iss", "number": "1", "reason": WHY} | changed
    with pytest.raises(ConfigError, match=said):
        forgive(ruled, secret, **given, by=SAM, now=hub_now())
    assert not Forgiveness.objects.exists()


@pytest.mark.usefixtures("sam")
def test_nobody_is_forgiven_twice_for_the_same_or_more_often_than_can_be_told(
    ruled: Site, secret: bytes
) -> None:
    card = {"issuer": "iss", "number": "1", "reason": WHY}
    forgive(ruled, secret, **card, by=SAM, now=hub_now())
    with pytest.raises(ConfigError, match=f"forgiven already, at .* by {SAM.name}"):
        forgive(ruled, secret, **card, by=SAM, now=hub_now())
    one = Forgiveness.objects.get()
    Forgiveness.objects.bulk_create(
        Forgiveness(
            site=ruled,
            person=bytes(16),
            reason=WHY,
            order_id=number.to_bytes(16, "big"),
            not_after=one.not_after,
            at=one.at - timedelta(hours=1),
            by_name="x",
            version=1,
        )
        for number in range(forgiving.MAX_TOLD)
    )
    assert len(forgiving_commands(held(ruled), hub_now())) == forgiving.MAX_TOLD


@pytest.mark.usefixtures("sam")
def test_it_is_told_for_a_day_and_its_end_makes_a_version(ruled: Site, secret: bytes) -> None:
    now = hub_now()
    forgive(ruled, secret, issuer="iss", number="1", reason=WHY, by=SAM, now=now)
    with transaction.atomic():
        manifest = held(ruled)
        assert len(forgiving_commands(manifest, now + timedelta(hours=23))) == 1
        manifest.issued_at = now + timedelta(hours=23)
        version = manifest.version
        assert forgiving_commands(manifest, now + timedelta(hours=25)) == ()
        assert manifest.version > version


@pytest.mark.usefixtures("sam")
def test_the_database_refuses_to_change_or_remove_one(ruled: Site, secret: bytes) -> None:
    forgive(ruled, secret, issuer="iss", number="1", reason=WHY, by=SAM, now=timezone.now())
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Forgiveness.objects.update(reason="other")
    with (
        pytest.raises(DatabaseError, match="never removed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM manifest_forgiveness")
    assert Forgiveness.objects.update(number="", issuer="") == 1


@pytest.mark.usefixtures("sam", "ruled")
def test_a_manager_forgives_on_the_page_by_the_number_alone(manager: Client) -> None:
    page = manager.get(PAGE).content.decode()
    assert "No exit was forgiven yet." in page

    told = manager.post(PAGE, {"number": "1", "reason": WHY}, follow=True).content.decode()
    assert "Card 1" in told
    assert f"by manager: {WHY}" in told

    again = manager.post(PAGE, {"number": "1", "reason": WHY})
    assert again.status_code == 400
    assert "was forgiven already" in again.content.decode()


@pytest.mark.usefixtures("ruled")
def test_a_card_that_the_site_has_not_seen_asks_for_its_issuer(manager: Client) -> None:
    answer = manager.post(PAGE, {"number": "77", "reason": WHY})
    assert answer.status_code == 400
    assert "has not seen the card lately" in answer.content.decode()
