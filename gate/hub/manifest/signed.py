"""A site's manifest as a message: signed when a unit asks, and again before it is an hour old.

Age is counted from `issued_at`, and must not grow because nothing changed; so the first to ask
after `SIGN_AGAIN` gets it signed anew. Units ask every 15 seconds: a manifest at a gate is then
younger than an hour, and a hub that nobody asks signs nothing. All processes share the one in the
database, so that none hands out an older one than another did.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import transaction

from gate.hub.locals.told import told_logins
from gate.hub.manifest.blocks import blocked_persons
from gate.hub.manifest.forgiving import forgiving_commands
from gate.hub.manifest.identifying import identifying_commands
from gate.hub.manifest.inductions import drop_ended, inducted, inductions
from gate.hub.manifest.models import Manifest, Rules
from gate.hub.manifest.orders import commands_of
from gate.hub.manifest.releasing import releasing_commands
from gate.hub.manifest.rules import policy_in, rules_of
from gate.hub.manifest.versions import AHEAD, held, raise_version
from gate.hub.passes.told import pass_issuers
from gate.hub.sites.models import Site
from gate.signing.keys import SigningKey
from gate.trust.manifest import SiteManifest, sign_manifest

SIGN_AGAIN: Final = timedelta(minutes=45)

GOOD_FOR: Final = timedelta(days=7)
"""Judged when a gate takes it: long enough to be carried there by hand, after a bank holiday."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Which manifest it is: its version and the second it was signed in."""

    version: int
    issued_s: int


def mark_now(site: Site, now: datetime, key: SigningKey, had: Mark | None) -> Mark | None:
    """Return the mark of the manifest that a unit is to have, signed if it must be; None: no rules.

    Args:
        site: whose manifest it is.
        now: the hub's time.
        key: the hub's own.
        had: what the unit has. A version of the past that this hub does not know was given out by
            the hub whose backup this one was restored from: the version goes up above it.
    """
    manifest = Manifest.objects.defer("message").filter(site=site).first()
    if manifest is not None and _is_current(manifest, now, had):
        return _mark(manifest)
    if rules_of(site) is None:
        return None  # and nothing is locked for it: a site's first rules are never taken away
    return _sign(site, now, key, had)


def message_of(site: Site, mark: Mark) -> bytes | None:
    """Return the message with that mark; None if it has just been replaced."""
    manifest = Manifest.objects.get(site=site)
    if manifest.message is None or _mark(manifest) != mark:
        return None
    return bytes(manifest.message)


def _is_current(manifest: Manifest, now: datetime, had: Mark | None) -> bool:
    if manifest.issued_at is None or _is_behind(manifest, now, had):
        return False
    return timedelta(0) <= now - manifest.issued_at < SIGN_AGAIN


def _sign(site: Site, now: datetime, key: SigningKey, had: Mark | None) -> Mark:
    issued_at = now.astimezone(UTC).replace(microsecond=0)
    with transaction.atomic():
        manifest = held(site)
        if _is_current(manifest, now, had):
            return _mark(manifest)  # another process was faster
        is_set_back = manifest.issued_at is not None and manifest.issued_at > now
        unknown = had.version if had is not None and _is_behind(manifest, now, had) else 0
        if drop_ended(site, now) or is_set_back or unknown:
            raise_version(manifest, now, above=unknown)
        commands = (
            *commands_of(manifest, now),
            *releasing_commands(manifest, now),
            *identifying_commands(manifest, now),
            *forgiving_commands(manifest, now),
        )
        rules = Rules.objects.filter(site=site).latest("pk")
        policy = policy_in(rules)
        are_asked = policy is not None and policy.asks_inductions
        manifest.message = sign_manifest(
            SiteManifest(
                site=site.slug,
                version=manifest.version,
                issued_at=issued_at,
                expires_at=issued_at + GOOD_FOR,
                policy=rules.text,
                inducted=inducted(site),
                inductions=inductions(site) if are_asked else {},
                blocked=blocked_persons(site),
                issuers=pass_issuers(site),
                commands=commands,
                logins=told_logins(site),
            ),
            key,
        )
        manifest.issued_at = issued_at
        manifest.save()
        return _mark(manifest)


def _is_behind(manifest: Manifest, now: datetime, had: Mark | None) -> bool:
    """Tell whether a version was given out that is not known here; none is of the future."""
    return had is not None and manifest.version < had.version <= int((now + AHEAD).timestamp())


def _mark(manifest: Manifest) -> Mark:
    assert manifest.issued_at is not None  # noqa: S101 - its callers have looked
    return Mark(version=manifest.version, issued_s=int(manifest.issued_at.timestamp()))
