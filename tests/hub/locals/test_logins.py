"""Logins of a site's units: drawn by the hub, told in the manifest, never edited."""

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from gate.errors import ConfigError
from gate.hub.locals.logins import add_login, login_called, renew_login, withdraw_login
from gate.hub.locals.models import Login, LoginEnd
from gate.hub.locals.told import logins_of, told_logins
from gate.hub.manifest.rules import set_rules
from gate.hub.manifest.signed import mark_now, message_of
from gate.hub.sites.models import Site
from gate.hub.sites.services import add_site
from gate.signing.keys import Algorithm, SigningKey
from gate.sim.issuer import seeded_key
from gate.trust.bundle import KeyUse, TrustedKey
from gate.trust.local_login import MAX_LOGINS, LocalRole, opens
from gate.trust.manifest import SiteManifest, accept_manifest, open_manifest
from tests.hub.manifest.conftest import SAM, rules

pytestmark = pytest.mark.django_db

AT: Final = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
SECOND: Final = timedelta(seconds=1)
HUB: Final[SigningKey] = seeded_key("hub", Algorithm.ED25519)


@pytest.fixture
def site(db: None) -> Site:  # noqa: ARG001 - opens the database
    site = add_site(
        slug="kings-wharf", name="Kings Wharf", time_zone="Europe/London", organisation="Hartwell"
    )
    set_rules(site, rules(), source="rules", by=SAM, now=AT)
    return site


def manifest_of(site: Site, now: datetime) -> SiteManifest:
    mark = mark_now(site, now, HUB, None)
    assert mark is not None
    message = message_of(site, mark)
    assert message is not None
    keys = (TrustedKey(key=HUB.verifying_key, uses=frozenset({KeyUse.SITE})),)
    return open_manifest(message, keys, site.slug)


def test_a_login_is_told_to_the_units_and_its_password_opens_it(site: Site) -> None:
    given = add_login(site, "gatehouse", LocalRole.GUARD, by=SAM, now=AT)

    (told,) = manifest_of(site, AT).logins
    assert (told.name, told.role) == ("gatehouse", LocalRole.GUARD)
    assert opens(told, given.password)
    assert given.password.encode() not in bytes(given.login.hash) + bytes(given.login.salt)


def test_a_site_without_logins_has_the_manifest_it_always_had(site: Site) -> None:
    assert manifest_of(site, AT).logins == ()


def test_a_changed_login_has_another_password_and_the_new_role(site: Site) -> None:
    first = add_login(site, "ann", LocalRole.GUARD, by=SAM, now=AT)
    before = manifest_of(site, AT)

    second = renew_login(site, first.login.pk, LocalRole.MANAGER, by=SAM, now=AT + SECOND)

    after = manifest_of(site, AT + SECOND)
    accept_manifest(after, before, AT + SECOND, clock_trusted=True)
    (told,) = after.logins
    assert told.role is LocalRole.MANAGER
    assert opens(told, second.password)
    assert not opens(told, first.password)
    assert first.password != second.password


def test_a_withdrawn_login_is_told_no_more_and_its_name_is_free(site: Site) -> None:
    first = add_login(site, "ann", LocalRole.GUARD, by=SAM, now=AT)
    before = manifest_of(site, AT)

    withdraw_login(site, first.login.pk, by=SAM, now=AT + SECOND)

    after = manifest_of(site, AT + SECOND)
    assert after.logins == ()
    assert after.version > before.version
    add_login(site, "ann", LocalRole.GUARD, by=SAM, now=AT + 2 * SECOND)


def test_one_sites_login_is_not_anothers(site: Site) -> None:
    other = add_site(
        slug="riverside", name="Riverside", time_zone="Europe/London", organisation="Hartwell"
    )
    given = add_login(site, "ann", LocalRole.GUARD, by=SAM, now=AT)

    assert told_logins(other) == ()
    with pytest.raises(ConfigError, match="withdrawn or changed"):
        withdraw_login(other, given.login.pk, by=SAM, now=AT)
    with pytest.raises(ConfigError, match="ann' has none at riverside"):
        login_called(other, "ann")


def test_a_name_is_given_once(site: Site) -> None:
    add_login(site, "ann", LocalRole.GUARD, by=SAM, now=AT)
    with pytest.raises(ConfigError, match="ann is there already at kings-wharf; next: choose"):
        add_login(site, "ann", LocalRole.MANAGER, by=SAM, now=AT)
    assert logins_of(site).count() == 1


def test_a_name_that_no_unit_takes_is_refused(site: Site) -> None:
    with pytest.raises(ConfigError, match="name: 'Ann Lee'; allowed: 1 to 32"):
        add_login(site, "Ann Lee", LocalRole.MANAGER, by=SAM, now=AT)


def test_a_login_that_has_ended_is_not_ended_again(site: Site) -> None:
    given = add_login(site, "ann", LocalRole.GUARD, by=SAM, now=AT)
    withdraw_login(site, given.login.pk, by=SAM, now=AT)
    with pytest.raises(ConfigError, match="withdrawn or changed meanwhile"):
        renew_login(site, given.login.pk, LocalRole.GUARD, by=SAM, now=AT)


def test_there_are_no_more_than_a_manifest_holds(site: Site) -> None:
    for number in range(MAX_LOGINS):
        add_login(site, f"guard-{number}", LocalRole.GUARD, by=SAM, now=AT)
    with pytest.raises(ConfigError, match="32 are there, which is the most; next: withdraw"):
        add_login(site, "one-more", LocalRole.GUARD, by=SAM, now=AT)
    assert len(manifest_of(site, AT).logins) == MAX_LOGINS


def test_names_are_told_in_the_one_order_that_manifests_have(site: Site) -> None:
    for name in ("b", "a_b", "a-b", "a.b", "a1"):
        add_login(site, name, LocalRole.GUARD, by=SAM, now=AT)
    names = [login.name for login in manifest_of(site, AT).logins]
    assert names == sorted(names)


@pytest.mark.parametrize("what", [Login, LoginEnd])
def test_the_database_refuses_to_change_or_remove_what_was_written(
    site: Site, what: type[Login] | type[LoginEnd]
) -> None:
    given = add_login(site, "ann", LocalRole.GUARD, by=SAM, now=AT)
    withdraw_login(site, given.login.pk, by=SAM, now=AT)
    with pytest.raises(DatabaseError, match="is never changed"), transaction.atomic():
        what.objects.update(by_name="Somebody Else", at=timezone.now())
    with pytest.raises(DatabaseError, match="is never removed"), transaction.atomic():
        connection.cursor().execute(f"DELETE FROM {what._meta.db_table}")  # noqa: S608, SLF001 - a table of our own
