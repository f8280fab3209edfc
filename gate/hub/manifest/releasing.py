"""Letting in, from the gatehouse, somebody whom a gate sent to the guard.

The gate learns of it by the site's manifest, when it next asks, and lets them in if they stand
there still: it records who let them in and why, or that nobody waited any more. What is told is
told as long as the gate would wait for a guard's key, and no longer.
"""

import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.db.models import QuerySet

from gate.access.kinds import Text
from gate.errors import ConfigError, Outcome
from gate.events.codec import from_ms, holder_if_any
from gate.events.model import EventKind
from gate.hub.ingest.models import Entry
from gate.hub.manifest.authors import Author
from gate.hub.manifest.models import Manifest, Release
from gate.hub.manifest.orders import locked_down_by
from gate.hub.manifest.versions import changing, raise_version
from gate.hub.sites.models import Site
from gate.trust.commanded import MAX_BY_CHARS, MAX_WHY_CHARS, Released
from gate.trust.manifest import COMMAND_ID_BYTES, Command, CommandKind

WAITS_FOR: Final = timedelta(seconds=300)
"""As long as a referral stands at a gate (`gate.unit.guard.REFERRAL_S`)."""

MAX_TOLD: Final = 6
"""At a time: with the orders and 120 forgiven exits it fills a manifest's 128 commands."""

REASON: Final = Text(max_chars=MAX_WHY_CHARS)


def release(entry: Entry, *, reason: str, by: Author, now: datetime) -> Release:
    """Have a gate let in whom it referred by this entry.

    Raises:
        ConfigError: the reason doesn't fit; or nobody waits there any more, as far as is known.
    """
    if REASON.read(reason) is None:
        raise ConfigError("release", [f"reason: {reason[:40]!r}; allowed: {REASON.allowed}"])
    site = entry.site
    with changing(site, now) as version:
        hindrance = hindrance_to_release(entry, now)
        if not hindrance and told_of(site, now).count() >= MAX_TOLD:
            hindrance = f"{MAX_TOLD} are being let in already; have the guard's key turned"
        holder = holder_if_any(entry.holder)
        if hindrance or holder is None:
            raise ConfigError("release", [hindrance])
        return Release.objects.create(
            site=site,
            journal_id=entry.journal_id,
            seq=entry.seq,
            person=holder.person,
            access_point=entry.access_point,
            reason=reason,
            order_id=secrets.token_bytes(COMMAND_ID_BYTES),
            not_after=waits_until(entry),
            at=now,
            by=by.user,
            by_name=by.name,
            version=version,
        )


def hindrance_to_release(entry: Entry, now: datetime) -> str:
    """Say why nobody can be let in by this entry; nothing if somebody can."""
    return next(_hindrances(entry, now), "")


def is_over(entry: Entry, now: datetime) -> bool:
    """Tell whether nobody waits by this entry any more: for too long, or for another card."""
    return now > waits_until(entry) or _is_superseded(entry)


def waits_until(entry: Entry) -> datetime:
    """Return until when a gate waits for a guard, to the second."""
    return (from_ms(entry.at_ms) + WAITS_FOR).replace(microsecond=0)


def release_of(entry: Entry) -> Release | None:
    """Return the release of who was referred by an entry, if there is one."""
    return Release.objects.filter(journal_id=entry.journal_id, seq=entry.seq).first()


def told_of(site: Site, now: datetime) -> QuerySet[Release]:
    """Return what the gates are still told, oldest first."""
    return Release.objects.filter(site=site, not_after__gte=now).order_by("pk")


def releasing_commands(manifest: Manifest, now: datetime) -> tuple[Command, ...]:
    """Return what a locked manifest is to tell; what is told no more makes a version of its own."""
    issued_at = manifest.issued_at
    releases = Release.objects.filter(site=manifest.site)
    if issued_at and releases.filter(not_after__gte=issued_at, not_after__lt=now).exists():
        raise_version(manifest, now)
    return tuple(
        Command(
            id=bytes(one.order_id),
            kind=CommandKind.RELEASE,
            not_after=one.not_after,
            about=Released(
                person=bytes(one.person),
                access_point=one.access_point,
                seq=one.seq,
                by=one.by_name[:MAX_BY_CHARS],
                why=one.reason,
            ),
        )
        for one in told_of(manifest.site, now)[:MAX_TOLD]
    )


def _is_superseded(entry: Entry) -> bool:
    """Tell whether something was shown at the gate since, which takes the referral's place."""
    later = Entry.objects.filter(journal=entry.journal, seq__gt=entry.seq)
    return later.filter(
        kind=EventKind.ACCESS.value, access_point=entry.access_point, direction=entry.direction
    ).exists()


def _hindrances(entry: Entry, now: datetime) -> Iterator[str]:
    if entry.kind != EventKind.ACCESS or entry.outcome != Outcome.REFER:
        yield "this entry sent nobody to the guard"
    if holder_if_any(entry.holder) is None:
        yield "nobody is named; have the guard's key turned at the gate"
    if entry.journal.unit.retired_at is not None:
        yield "this gate was taken down"
    if not entry.clock_trusted:
        yield "the gate does not know the time and obeys no command; have the guard's key turned"
    if now > waits_until(entry):
        yield "the gate waits five minutes for a guard; have the card shown again"
    there = release_of(entry)
    if there is not None:
        yield f"let in already by {there.by_name}, at {there.at:%H:%M:%S} UTC"
    if _is_superseded(entry):
        yield "another card was shown there since; have this one shown again"
    if locked_down_by(entry.site) is not None:
        yield "entry is locked down; lift that first"
