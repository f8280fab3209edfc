"""When a manifest is signed anew, and what its version does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, connection, transaction

from gate.errors import ConfigError, TrustError
from gate.hub.manifest.blocks import block, block_of_card, blocks_of, unblock
from gate.hub.manifest.inductions import change_inducted
from gate.hub.manifest.models import Block, Manifest, Order
from gate.hub.manifest.orders import lift, lock_down, locked_down_by
from gate.hub.manifest.rules import rules_of, set_rules
from gate.hub.manifest.signed import Mark, mark_now, message_of
from gate.hub.sites.models import Site
from gate.trust.bundle import KeyUse, TrustedKey
from gate.trust.manifest import (
    MAX_INDUCTED,
    CommandKind,
    SiteManifest,
    accept_manifest,
    open_manifest,
)
from gate.trust.person import person_key
from tests.hub.manifest.conftest import ISSUER, SAM, rules

if TYPE_CHECKING:
    from collections.abc import Callable

    from gate.signing.keys import SigningKey

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


class Gate:
    """Takes each manifest as a unit does, and refuses what a unit would."""

    def __init__(self, site: Site, key: SigningKey) -> None:
        self._site = site
        self._key = key
        self._trusted = (TrustedKey(key=key.verifying_key, uses=frozenset({KeyUse.SITE})),)
        self.held: SiteManifest | None = None

    @property
    def mark(self) -> Mark | None:
        if self.held is None:
            return None
        return Mark(version=self.held.version, issued_s=int(self.held.issued_at.timestamp()))

    def asks(self, now: datetime) -> SiteManifest:
        mark = mark_now(self._site, now, self._key, self.mark)
        assert mark is not None
        if mark != self.mark:
            message = message_of(self._site, mark)
            assert message is not None
            fresh = open_manifest(message, self._trusted, self._site.slug)
            accept_manifest(fresh, self.held, now, clock_trusted=True)
            self.held = fresh
        assert self.held is not None
        return self.held


@pytest.fixture
def gate(site: Site, signing_key: SigningKey) -> Gate:
    set_rules(site, rules(), source="rules", by=SAM, now=AT)
    return Gate(site, signing_key)


@pytest.fixture
def blocked(site: Site, secret: bytes) -> Callable[[str, datetime], Block]:
    def one(number: str, now: datetime) -> Block:
        return block(site, secret, issuer=ISSUER, number=number, reason="Fighting", by=SAM, now=now)

    return one


def test_age_does_not_grow_because_nothing_changes(gate: Gate) -> None:
    ages, versions = set(), set()
    for quarters in range(40):
        now = AT + quarters * 15 * MINUTE
        manifest = gate.asks(now)
        ages.add(now - manifest.issued_at)
        versions.add(manifest.version)
    assert max(ages) < HOUR
    assert len(versions) == 1


def test_between_two_signings_the_same_bytes_are_handed_out(gate: Gate) -> None:
    first = gate.asks(AT)
    assert gate.asks(AT + 44 * MINUTE) is first
    assert gate.asks(AT + 45 * MINUTE).issued_at == AT + 45 * MINUTE


def test_every_change_is_a_new_version_and_is_told(
    gate: Gate, site: Site, secret: bytes, blocked: Callable[[str, datetime], Block]
) -> None:
    versions = [gate.asks(AT).version]
    kept = blocked("9637511", AT)
    manifest = gate.asks(AT)
    versions.append(manifest.version)
    assert manifest.blocked == {person_key(secret, ISSUER, "9637511")}
    assert kept.version == manifest.version
    unblock(site, kept.pk, reason="Spoken to", by=SAM, now=AT)
    versions.append(gate.asks(AT).version)
    change_inducted(site, add=[b"p" * 16], now=AT)
    versions.append(gate.asks(AT).version)
    set_rules(site, rules(2), source="rules", by=SAM, now=AT)
    manifest = gate.asks(AT)
    assert (len(manifest.blocked), set(manifest.inducted)) == (0, {b"p" * 16})
    assert "version = 2" in manifest.policy
    versions.append(manifest.version)
    assert sorted(set(versions)) == versions


def test_a_manifest_names_nobody(
    gate: Gate, blocked: Callable[[str, datetime], Block], site: Site
) -> None:
    blocked("9637511", AT)
    gate.asks(AT)
    message = bytes(Manifest.objects.get(site=site).message or b"")
    for text in (b"9637511", b"cards.example", b"Fighting", b"Sam"):
        assert text not in message


def test_a_hub_put_back_goes_on_above_what_the_lost_one_handed_out(
    gate: Gate, blocked: Callable[[str, datetime], Block], site: Site
) -> None:
    before = Manifest.objects.values().get(site=site)
    for minute in range(5):
        blocked(f"card {minute}", AT + minute * MINUTE)
    gate.asks(AT + 5 * MINUTE)
    Manifest.objects.filter(site=site).update(version=before["version"], message=None)
    assert gate.asks(AT + 10 * MINUTE).issued_at == AT + 10 * MINUTE
    settled = gate.asks(AT + 11 * MINUTE).version
    assert gate.asks(AT + 12 * MINUTE).version == settled


@pytest.mark.parametrize("ahead_s", [0, 5])
def test_a_hub_put_back_never_signs_a_version_twice_however_fast_the_lost_one_was_changed(
    gate: Gate, site: Site, signing_key: SigningKey, ahead_s: int
) -> None:
    gate.asks(AT)
    later = AT + HOUR
    lost = Mark(version=int(later.timestamp()) + ahead_s, issued_s=int(later.timestamp()))
    mark = mark_now(site, later, signing_key, lost)
    assert mark is not None
    assert mark.version > lost.version


def test_a_unit_that_claims_a_version_of_the_future_changes_nothing(
    gate: Gate, site: Site, signing_key: SigningKey
) -> None:
    version = gate.asks(AT).version
    mark = mark_now(site, AT, signing_key, Mark(version=2**53 - 1, issued_s=1))
    assert mark is not None
    assert mark.version == version


def test_a_hub_whose_clock_is_set_back_is_still_believed(gate: Gate) -> None:
    gate.asks(AT + HOUR)
    assert gate.asks(AT).issued_at == AT


def test_a_site_that_was_given_no_rules_has_nothing_signed(
    site: Site, signing_key: SigningKey
) -> None:
    assert mark_now(site, AT, signing_key, None) is None


def test_an_order_stands_until_the_next_and_has_one_id(gate: Gate, site: Site) -> None:
    order = lock_down(site, reason="Gas smell", by=SAM, now=AT)
    ids = set()
    for hours in range(0, 72, 3):
        now = AT + hours * HOUR
        (command,) = gate.asks(now).commands
        assert command.not_after - now >= 12 * HOUR - 45 * MINUTE
        ids.add((command.id, command.kind))
    assert ids == {(bytes(order.order_id), CommandKind.LOCKDOWN)}
    lift(site, reason="All clear", by=SAM, now=AT + 72 * HOUR)
    (command,) = gate.asks(AT + 72 * HOUR).commands
    assert command.kind is CommandKind.LIFT
    assert locked_down_by(site) is None


def test_an_order_that_makes_no_sense_is_refused(site: Site) -> None:
    with pytest.raises(ConfigError, match="not locked down"):
        lift(site, reason="?", by=SAM, now=AT)
    with pytest.raises(ConfigError, match="reason"):
        lock_down(site, reason=" ", by=SAM, now=AT)
    lock_down(site, reason="Gas smell", by=SAM, now=AT)
    with pytest.raises(ConfigError, match="locked down already, since 2026-11-22 07:00 UTC by Sam"):
        lock_down(site, reason="again", by=SAM, now=AT)
    assert Order.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"number": ""}, "number"),
        ({"number": "9" * 33}, "number"),
        ({"issuer": "a\0b"}, "issuer"),
        ({"reason": ""}, "reason"),
        ({"reason": "x" * 201}, "reason"),
    ],
)
def test_a_block_that_can_not_be_is_refused(
    site: Site, secret: bytes, changes: dict[str, str], words: str
) -> None:
    usual = {"issuer": ISSUER, "number": "9637511", "reason": "Fighting"}
    with pytest.raises(ConfigError, match=words):
        block(site, secret, **usual | changes, by=SAM, now=AT)
    assert not Manifest.objects.exists()


def test_who_is_blocked_is_not_blocked_again_and_can_be_once_it_ended(
    site: Site, secret: bytes, blocked: Callable[[str, datetime], Block]
) -> None:
    first = blocked("9637511", AT)
    version = Manifest.objects.get(site=site).version
    with pytest.raises(ConfigError, match="blocked already since 2026-11-22 07:00 UTC by Sam"):
        blocked("9637511", AT + HOUR)
    assert Manifest.objects.get(site=site).version == version
    there = block_of_card(site, secret, issuer=ISSUER, number="9637511")
    unblock(site, there.pk, reason="Spoken to", by=SAM, now=AT + HOUR)
    with pytest.raises(ConfigError, match="has an end already"):
        unblock(site, first.pk, reason="Spoken to", by=SAM, now=AT + HOUR)
    with pytest.raises(ConfigError, match="is not blocked at kings-wharf"):
        block_of_card(site, secret, issuer=ISSUER, number="9637511")
    blocked("9637511", AT + 2 * HOUR)
    assert (blocks_of(site).count(), Block.objects.count()) == (1, 2)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (rules(site="quay"), "allowed: 'kings-wharf'"),
        (rules(1), "allowed: more than 1"),
        ("accept = 1", "accept"),
        (
            rules(2) + '[[blocked]]\nissuer = "a"\ncard = "1"\nwhy = "x"\n',
            "gate hub block",
        ),
        ("#" * 140_000, "bytes"),
    ],
)
def test_rules_that_can_not_be_are_refused_and_the_old_ones_stay(
    gate: Gate, site: Site, text: str, words: str
) -> None:
    version = gate.asks(AT).version
    with pytest.raises(ConfigError, match=words):
        set_rules(site, text, source="rules.toml", by=SAM, now=AT)
    kept = rules_of(site)
    assert kept is not None
    assert kept.text == rules()
    assert gate.asks(AT).version == version


def test_no_more_are_inducted_than_the_gates_can_be_told_of(site: Site) -> None:
    persons = [number.to_bytes(16) for number in range(MAX_INDUCTED + 1)]
    with pytest.raises(ConfigError, match="more than 20000"):
        change_inducted(site, add=persons, now=AT)
    change_inducted(site, add=persons[:3], now=AT)
    change_inducted(site, add=persons[:2], drop=persons[2:4], now=AT)
    assert site.induction_set.count() == 2


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM manifest_block",
        "DELETE FROM manifest_order",
        "DELETE FROM manifest_rules",
        "UPDATE manifest_rules SET text = ''",
        "UPDATE manifest_block SET reason = ''",
        "UPDATE manifest_block SET number = '1'",
        "UPDATE manifest_order SET kind = 'lift'",
    ],
)
@pytest.mark.usefixtures("gate")
def test_the_database_keeps_what_was_written(
    site: Site, blocked: Callable[[str, datetime], Block], statement: str
) -> None:
    blocked("9637511", AT)
    lock_down(site, reason="Gas smell", by=SAM, now=AT)
    with pytest.raises(DatabaseError, match="never"), transaction.atomic():
        connection.cursor().execute(statement)


@pytest.mark.usefixtures("gate")
def test_the_card_of_a_block_can_be_erased_and_the_block_holds(
    gate: Gate, blocked: Callable[[str, datetime], Block], site: Site
) -> None:
    blocked("9637511", AT)
    before = gate.asks(AT).blocked
    Block.objects.filter(site=site).update(issuer="", number="")
    assert gate.asks(AT + HOUR).blocked == before


def test_a_manifest_of_another_hub_is_none(gate: Gate, site: Site) -> None:
    gate.asks(AT)
    message = bytes(Manifest.objects.get(site=site).message or b"")
    with pytest.raises(TrustError):
        open_manifest(message, (), site.slug)
