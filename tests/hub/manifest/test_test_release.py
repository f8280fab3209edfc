"""A test release: every gate of a site opens once, within ten minutes or never."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from html import unescape
from typing import TYPE_CHECKING, Final

import pytest
from django.test import Client
from django.utils import timezone

from gate.errors import ConfigError
from gate.hub.ingest.models import Heartbeat
from gate.hub.manifest.handed import note
from gate.hub.manifest.models import Order
from gate.hub.manifest.orders import (
    TEST_GOOD_FOR,
    lift,
    lock_down,
    locked_down_by,
    release_for_test,
)
from gate.hub.manifest.rules import set_rules
from gate.hub.manifest.signed import Mark, mark_now, message_of
from gate.hub.sites.models import Role, Site, Unit
from gate.hub.sites.services import add_user
from gate.trust.bundle import KeyUse, TrustedKey
from gate.trust.manifest import CommandKind, SiteManifest, accept_manifest, open_manifest
from gate.unit.commands import Commands
from gate.unit.stamp import Stamp
from tests.hub.gates import PASSWORD, gate_a, manager, new_gate
from tests.hub.manifest.conftest import SAM, rules

if TYPE_CHECKING:
    from pathlib import Path

    from gate.signing.keys import SigningKey
    from tests.hub.gates import Gate

__all__ = ["gate_a", "manager", "new_gate"]

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
BLOCKED: Final = "/sites/kings-wharf/blocked/"
PAGE: Final = "/sites/kings-wharf/test-release/"


class UnitOfSite:
    """Takes each manifest as a unit does, and tells which of its commands it does."""

    def __init__(self, site: Site, key: SigningKey, path: Path) -> None:
        self._site = site
        self._key = key
        self._trusted = (TrustedKey(key=key.verifying_key, uses=frozenset({KeyUse.SITE})),)
        self._path = path
        self.held: SiteManifest | None = None
        self.commands = Commands(path)

    def restart(self) -> None:
        self.commands = Commands(self._path)

    def asks(self, now: datetime) -> SiteManifest:
        held, had = self.held, None
        if held is not None:
            had = Mark(version=held.version, issued_s=int(held.issued_at.timestamp()))
        mark = mark_now(self._site, now, self._key, had)
        assert mark is not None
        if mark != had:
            message = message_of(self._site, mark)
            assert message is not None
            fresh = open_manifest(message, self._trusted, self._site.slug)
            accept_manifest(fresh, held, now, clock_trusted=True)
            self.held = fresh
        assert self.held is not None
        return self.held

    def does(self, now: datetime, *, trusted: bool = True) -> list[CommandKind]:
        due = self.commands.due(self.asks(now).commands, Stamp(at=now, trusted=trusted))
        return [command.kind for command in due]


@pytest.fixture
def unit_of_site(site: Site, signing_key: SigningKey, tmp_path: Path) -> UnitOfSite:
    set_rules(site, rules(), source="rules", by=SAM, now=AT)
    return UnitOfSite(site, signing_key, tmp_path / "commands.json")


def test_a_unit_opens_once_for_what_its_hub_sends_and_never_again(
    unit_of_site: UnitOfSite, site: Site
) -> None:
    order = release_for_test(site, reason="Inspection", by=SAM, now=AT)
    (told,) = unit_of_site.asks(AT).commands
    assert (told.id, told.not_after) == (bytes(order.order_id), AT + 10 * MINUTE)
    assert unit_of_site.does(AT) == [CommandKind.TEST_RELEASE]
    unit_of_site.restart()
    for minutes in (0, 1, 10, 11, 60, 120):
        assert unit_of_site.does(AT + minutes * MINUTE) == []


@pytest.mark.parametrize(("late", "opens"), [(timedelta(0), True), (SECOND, False)])
def test_who_learns_of_it_after_ten_minutes_does_not_open(
    unit_of_site: UnitOfSite, site: Site, late: timedelta, *, opens: bool
) -> None:
    release_for_test(site, reason="Inspection", by=SAM, now=AT)
    done = unit_of_site.does(AT + TEST_GOOD_FOR + late)
    assert (done == [CommandKind.TEST_RELEASE]) is opens


def test_who_does_not_know_the_time_waits_and_opens_only_if_it_learns_it_in_time(
    unit_of_site: UnitOfSite, site: Site
) -> None:
    release_for_test(site, reason="Inspection", by=SAM, now=AT)
    assert unit_of_site.does(AT, trusted=False) == []
    assert unit_of_site.does(AT + 9 * MINUTE) == [CommandKind.TEST_RELEASE]
    release_for_test(site, reason="Once more", by=SAM, now=AT + 20 * MINUTE)
    assert unit_of_site.does(AT + 20 * MINUTE, trusted=False) == []
    assert unit_of_site.does(AT + 31 * MINUTE) == []


def test_the_manifest_drops_it_under_a_version_of_its_own(
    unit_of_site: UnitOfSite, site: Site
) -> None:
    lock_down(site, reason="Gas smell", by=SAM, now=AT)
    lift(site, reason="All clear", by=SAM, now=AT)
    release_for_test(site, reason="Inspection", by=SAM, now=AT)
    told = unit_of_site.asks(AT)
    assert [one.kind for one in told.commands] == [CommandKind.LIFT, CommandKind.TEST_RELEASE]
    later = unit_of_site.asks(AT + 46 * MINUTE)
    assert [one.kind for one in later.commands] == [CommandKind.LIFT]
    assert later.version > told.version
    assert unit_of_site.asks(AT + 92 * MINUTE).version == later.version


def test_a_change_in_between_lets_the_manifest_drop_it_as_well(
    unit_of_site: UnitOfSite, site: Site
) -> None:
    release_for_test(site, reason="Inspection", by=SAM, now=AT)
    set_rules(site, rules(2), source="rules", by=SAM, now=AT + MINUTE)
    assert len(unit_of_site.asks(AT + MINUTE).commands) == 1
    assert unit_of_site.asks(AT + 46 * MINUTE).commands == ()


def test_a_test_is_no_standing_order(unit_of_site: UnitOfSite, site: Site) -> None:
    release_for_test(site, reason="Inspection", by=SAM, now=AT)
    assert locked_down_by(site) is None
    order = lock_down(site, reason="Gas smell", by=SAM, now=AT + MINUTE)
    assert locked_down_by(site) == order
    assert unit_of_site.does(AT + MINUTE) == [CommandKind.LOCKDOWN]


def test_what_a_lock_down_overtook_opens_nothing_when_that_is_lifted(
    unit_of_site: UnitOfSite, site: Site
) -> None:
    release_for_test(site, reason="Inspection", by=SAM, now=AT)
    lock_down(site, reason="Gas smell", by=SAM, now=AT + MINUTE)
    lift(site, reason="All clear", by=SAM, now=AT + 2 * MINUTE)
    assert unit_of_site.does(AT + 2 * MINUTE) == [CommandKind.LIFT]


def test_a_test_that_may_not_be_is_refused_with_the_reason(site: Site) -> None:
    def tries(now: datetime, reason: str = "Inspection") -> None:
        release_for_test(site, reason=reason, by=SAM, now=now)

    with pytest.raises(ConfigError, match="reason"):
        tries(AT, " ")
    lock_down(site, reason="Gas smell", by=SAM, now=AT)
    with pytest.raises(ConfigError, match="is locked down, since 2026-11-22 07:00 UTC by Sam"):
        tries(AT)
    lift(site, reason="All clear", by=SAM, now=AT)
    tries(AT)
    with pytest.raises(ConfigError, match=r"test release already.*another after 07:10:00 UTC"):
        tries(AT + 10 * MINUTE)
    tries(AT + 10 * MINUTE + SECOND)
    assert Order.objects.filter(kind=CommandKind.TEST_RELEASE).count() == 2


def shown(client: Client, address: str) -> str:
    return unescape(client.get(address).content.decode())


def test_the_page_says_what_will_happen_and_opens_nothing_unasked(manager: Client) -> None:
    assert PAGE in shown(manager, BLOCKED)
    page = shown(manager, PAGE)
    assert "Every gate of Kings Wharf opens once, in the next 15 seconds or so" in page
    assert "Have somebody stand at each." in page
    assert manager.post(PAGE, {"reason": ""}).status_code == 400
    assert not Order.objects.exists()
    assert manager.post(PAGE, {"reason": "Inspection"}).status_code == 302
    assert Order.objects.get().by_name == "manager"


def test_the_page_tells_how_far_it_has_come_while_it_runs(manager: Client, site: Site) -> None:
    units = [
        Unit.objects.create(uid=f"u{name}", site=site, name=f"Gate {name}", public_key=bytes(32))
        for name in "AB"
    ]
    manager.post(PAGE, {"reason": "Inspection"})
    order = Order.objects.get()
    note(units[0], order.version, timezone.now())
    page = shown(manager, BLOCKED)
    assert "by manager: Inspection" in page
    assert "sent to 1 of 2 gates" in page
    assert "Gate B has not got it" in page
    note(units[1], order.version, timezone.now())
    assert "sent to 2 of 2 gates" in shown(manager, BLOCKED)
    assert "No test release now" in shown(manager, PAGE)


def test_a_gate_that_asks_too_late_is_not_counted(manager: Client, site: Site) -> None:
    begun = timezone.now() - TEST_GOOD_FOR - MINUTE
    release_for_test(site, reason="Inspection", by=SAM, now=begun)
    page = shown(manager, BLOCKED)
    assert "Its ten minutes are over. The entry log says what each gate did." in page
    assert "sent to 0" not in page
    assert "Open every gate once?" in shown(manager, PAGE)


def test_the_page_names_a_gate_without_the_time(manager: Client, gate_a: Gate) -> None:
    now = timezone.now()
    Heartbeat.objects.create(
        unit=gate_a.journal.unit,
        received_at=now,
        sent_at=now,
        clock_trusted=False,
        backlog=0,
        list_ages_s={},
        faults=[],
    )
    words = "Gate A does not know what time it is, and obeys no order"
    assert words in shown(manager, PAGE)
    manager.post(PAGE, {"reason": "Inspection"})
    assert words in shown(manager, BLOCKED)


def test_in_a_lock_down_the_page_refuses_and_says_why(manager: Client, site: Site) -> None:
    lock_down(site, reason="Gas smell", by=SAM, now=timezone.now())
    assert "is locked down, since" in shown(manager, PAGE)
    assert PAGE not in shown(manager, BLOCKED)
    answer = manager.post(PAGE, {"reason": "Inspection"})
    assert (answer.status_code, b"is locked down, since" in answer.content) == (400, True)
    assert locked_down_by(site) is not None
    assert Order.objects.count() == 1


def test_nobody_but_a_manager_opens_the_gates(site: Site) -> None:
    guard = Client()
    guard.force_login(add_user(name="kim", password=PASSWORD, roles={site.slug: Role.GUARD}))
    stranger = Client()
    stranger.force_login(add_user(name="dee", password=PASSWORD, roles={}))
    assert guard.post(PAGE, {"reason": "Inspection"}).status_code == 403
    assert stranger.post(PAGE, {"reason": "Inspection"}).status_code == 404
    assert not Order.objects.exists()
