"""Forgiving a forgotten exit: a named manager takes it for made, with a reason, and all gates hear.

It is told as a command for as long as a gate looks back, so one that comes back after a night knows
it too. It counts from when it was written, whenever a gate hears of it: who has passed since then
is where they passed to. It is estimated, and ends no hours.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.db.models import QuerySet

from gate.access.kinds import Text
from gate.access.model import Direction
from gate.errors import ConfigError
from gate.events.codec import to_ms
from gate.hub.manifest.authors import Author
from gate.hub.manifest.models import (
    MAX_ISSUER_CHARS,
    MAX_NUMBER_CHARS,
    Forgiveness,
    Manifest,
    Whereabouts,
)
from gate.hub.manifest.versions import changing, raise_version
from gate.hub.manifest.whereabouts import catch_up
from gate.hub.sites.models import Site
from gate.trust.manifest import (
    COMMAND_ID_BYTES,
    MAX_BY_CHARS,
    MAX_WHY_CHARS,
    Command,
    CommandKind,
    Forgiven,
)
from gate.trust.person import person_key

GOOD_FOR: Final = timedelta(hours=24)
"""As long as a gate looks back in its own record (`gate.unit.attendance`)."""

MAX_TOLD: Final = 120
"""At a time; a manifest has room for a few commands more."""

REASON: Final = Text(max_chars=MAX_WHY_CHARS)
_CARD: Final = {
    "issuer": Text(max_chars=MAX_ISSUER_CHARS),
    "number": Text(max_chars=MAX_NUMBER_CHARS),
}


def forgive(
    site: Site,
    site_key: bytes,
    *,
    issuer: str,
    number: str,
    reason: str,
    by: Author,
    now: datetime,
) -> Forgiveness:
    """Take it for true, at every gate of the site, that the holder of a card has left.

    Raises:
        ConfigError: every fault in what was given; or they are not inside, as far as the hub knows;
            or too many were forgiven in a day.
    """
    _check({"issuer": issuer, "number": number, "reason": reason})
    person, at = person_key(site_key, issuer, number), now.replace(microsecond=0)
    catch_up(site)
    with changing(site, now) as version:
        last = Whereabouts.objects.filter(site=site, person=person).first()
        if last is None or last.direction != Direction.IN or last.at_ms > to_ms(now):
            raise ConfigError("forgive", [f"card {number} is not inside, as far as the hub knows"])
        there = told_of(site, now).filter(person=person).order_by("-at").first()
        if there is not None and last.at_ms <= to_ms(there.at):
            said = f"at {there.at:%H:%M} UTC by {there.by_name}"
            raise ConfigError("forgive", [f"card {number} was forgiven already, {said}"])
        if told_of(site, now).count() >= MAX_TOLD:
            step = "next: find out why so many leave without being seen"
            raise ConfigError("forgive", [f"{MAX_TOLD} in a day, which is the most; {step}"])
        return Forgiveness.objects.create(
            site=site,
            person=person,
            issuer=issuer,
            number=number,
            reason=reason,
            order_id=secrets.token_bytes(COMMAND_ID_BYTES),
            not_after=at + GOOD_FOR,
            at=at,
            by=by.user,
            by_name=by.name,
            version=version,
        )


def told_of(site: Site, now: datetime) -> QuerySet[Forgiveness]:
    """Return what the gates are still told, oldest first."""
    return Forgiveness.objects.filter(site=site, not_after__gte=now).order_by("pk")


def lately(site: Site) -> QuerySet[Forgiveness]:
    """Return what was forgiven, the latest first."""
    return Forgiveness.objects.filter(site=site).order_by("-pk")


def forgiven_persons(site: Site, since: datetime) -> Mapping[bytes, datetime]:
    """Return until when each person's exits were forgiven lately."""
    rows = Forgiveness.objects.filter(site=site, at__gte=since).order_by("at")
    return {bytes(person): at for person, at in rows.values_list("person", "at")}


def forgiving_commands(manifest: Manifest, now: datetime) -> tuple[Command, ...]:
    """Return what a locked manifest is to tell; what is told no more makes a version of its own."""
    told = list(told_of(manifest.site, now)[:MAX_TOLD])
    issued_at = manifest.issued_at
    if issued_at is not None:
        over = lately(manifest.site).filter(not_after__gte=issued_at, not_after__lt=now)
        if over.exists():
            raise_version(manifest, now)
    return tuple(
        Command(
            id=bytes(one.order_id),
            kind=CommandKind.FORGIVE,
            not_after=one.not_after,
            forgiven=Forgiven(
                person=bytes(one.person),
                at=one.at,
                by=one.by_name[:MAX_BY_CHARS],
                why=one.reason,
            ),
        )
        for one in told
    )


def _check(given: Mapping[str, str]) -> None:
    kinds = {**_CARD, "reason": REASON}
    faults = [
        f"{name}: {value[:40]!r}; allowed: {kinds[name].allowed}"
        for name, value in given.items()
        if kinds[name].read(value) is None
    ]
    if faults:
        raise ConfigError("forgive", faults)
