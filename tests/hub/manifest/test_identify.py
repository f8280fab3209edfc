"""Having one gate blink and beep: told to it for two minutes, once, and shown with its record."""

import re
from datetime import timedelta
from html import unescape
from typing import Final

import pytest
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from gate.errors import ConfigError
from gate.hub.audit.models import Record
from gate.hub.ingest.models import Journal
from gate.hub.manifest.identifying import GOOD_FOR, MAX_TOLD, identify
from gate.hub.manifest.models import Identification
from gate.hub.manifest.rules import set_rules
from gate.hub.manifest.signed import SIGN_AGAIN, mark_now, message_of
from gate.hub.sites.models import Role, Site, Unit
from gate.hub.sites.services import add_user
from gate.signing.keys import Algorithm
from gate.sim.issuer import seeded_key
from gate.trust.bundle import KeyUse, TrustedKey
from gate.trust.commanded import Identified
from gate.trust.manifest import Command, CommandKind, open_manifest
from tests.hub.gates import PASSWORD, Gate, gate_a, manager, new_gate, site
from tests.hub.manifest.conftest import SAM, rules

__all__ = ["gate_a", "manager", "new_gate", "site"]

pytestmark = pytest.mark.django_db

KEY: Final = seeded_key("hub", Algorithm.ED25519)
PAGE: Final = "/sites/kings-wharf/gates/"
NOW: Final = timezone.now()


@pytest.fixture(autouse=True)
def _rules(site: Site) -> None:
    set_rules(site, rules(), source="rules", by=SAM, now=NOW)


def recorded(gate: Gate, *points: str) -> Unit:
    for point in points:
        gate.records(access_point=point)
    Journal.objects.filter(pk=gate.journal.pk).update(stored_through=gate.seq)
    return gate.journal.unit


def commands(site: Site, at: timedelta = timedelta(0)) -> tuple[Command, ...]:
    """Return what a unit that asks then is told to do."""
    mark = mark_now(site, NOW + at, KEY, None)
    assert mark is not None
    message = message_of(site, mark)
    assert message is not None
    trusted = (TrustedKey(key=KEY.verifying_key, uses=frozenset({KeyUse.SITE})),)
    return open_manifest(message, trusted, site.slug).commands


def words(manager: Client, address: str = PAGE) -> str:
    page = unescape(manager.get(address).content.decode())
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


def test_the_gate_that_is_meant_is_told_for_two_minutes(site: Site, gate_a: Gate) -> None:
    unit = recorded(gate_a, "Gate A out", "Gate A in")
    assert commands(site) == ()
    one = identify(unit, by=SAM, now=NOW)

    (command,) = commands(site)
    assert (command.kind, command.id) == (CommandKind.IDENTIFY, bytes(one.order_id))
    assert command.about == Identified(access_points=("Gate A in", "Gate A out"))
    assert command.not_after - NOW <= GOOD_FOR
    assert commands(site, SIGN_AGAIN + GOOD_FOR) == ()


def test_a_gate_that_never_recorded_can_t_be_named_to_the_others(gate_a: Gate) -> None:
    with pytest.raises(ConfigError, match="Gate A has recorded nothing yet"):
        identify(gate_a.journal.unit, by=SAM, now=NOW)


def test_nobody_asks_twice_at_once_nor_more_gates_than_a_manifest_tells(
    site: Site, gate_a: Gate
) -> None:
    unit = recorded(gate_a, "Gate A in")
    identify(unit, by=SAM, now=NOW)
    with pytest.raises(ConfigError, match="is told already"):
        identify(unit, by=SAM, now=NOW)
    identify(unit, by=SAM, now=NOW + GOOD_FOR + timedelta(seconds=1))
    other = Unit.objects.create(uid="b", site=site, name="Gate B", public_key=bytes(32))
    Journal.objects.create(unit=other, journal_id=bytes(16), stored_through=0, head_hash=bytes(32))
    for number in range(MAX_TOLD):
        Identification.objects.create(
            site=site,
            unit=other,
            points="x",
            order_id=bytes([number]) * 16,
            not_after=NOW + timedelta(minutes=9),
            at=NOW,
            by_name="Sam",
            version=1,
        )
    with pytest.raises(ConfigError, match="4 units are told already"):
        identify(unit, by=SAM, now=NOW + timedelta(minutes=5))


def test_the_page_says_what_the_gate_s_own_record_says(gate_a: Gate, manager: Client) -> None:
    unit = recorded(gate_a, "Gate A in")
    assert "Its lamps blink together" in words(manager)
    assert manager.post(f"{PAGE}{unit.pk}/identify/").status_code == 302
    assert "It does so once it has asked the hub" in words(manager)
    again = manager.post(f"{PAGE}{unit.pk}/identify/")
    assert again.status_code == 409
    assert b"Gate A is told already; wait for it." in again.content

    one = Identification.objects.get()
    gate_a.records(
        kind="command", detail=f"identify {bytes(one.order_id).hex()}", at=timezone.now()
    )
    assert "It blinked and beeped from " in words(manager)
    assert Record.objects.get(act="identified").place == "Gate A"
    assert "had a gate blink and beep: Gate A" in words(manager, "/sites/kings-wharf/audit/")


def test_a_gate_that_did_not_say_so_is_said_not_to_have(site: Site, gate_a: Gate) -> None:
    unit = recorded(gate_a, "Gate A in")
    identify(unit, by=SAM, now=NOW - timedelta(minutes=10))
    add_user(name="fitter", password=PASSWORD, roles={site.slug: Role.CONTRACTOR})
    fitter = Client()
    fitter.login(username="fitter", password=PASSWORD)
    assert "It has not said that it did: look whether it has power" in words(fitter)
    assert fitter.post(f"{PAGE}{unit.pk}/identify/").status_code == 302


def test_what_was_asked_of_a_gate_is_never_changed(gate_a: Gate) -> None:
    identify(recorded(gate_a, "Gate A in"), by=SAM, now=NOW)
    with pytest.raises(DatabaseError, match="never changed"):
        Identification.objects.update(by_name="Kim")
