"""Having one unit blink and beep, so that somebody who stands there knows which of them it is.

It learns of it by the site's manifest, when it next asks, and records that it did. It obeys for as
long as somebody looks for it, and no longer: a unit that comes back tomorrow keeps dark.
"""

import secrets
from datetime import datetime, timedelta
from typing import Final

from django.db.models import QuerySet

from gate.errors import ConfigError
from gate.events.model import EventKind
from gate.hub.areas.known import told_points
from gate.hub.ingest.models import Entry
from gate.hub.manifest.authors import Author
from gate.hub.manifest.models import Identification, Manifest
from gate.hub.manifest.versions import changing, raise_version
from gate.hub.sites.models import Site, Unit
from gate.trust.commanded import MAX_POINTS, Identified
from gate.trust.manifest import COMMAND_ID_BYTES, Command, CommandKind

GOOD_FOR: Final = timedelta(minutes=2)
"""A unit asks every 15 seconds; one that has not by then is not being looked at any more."""

MAX_TOLD: Final = 4
"""At a time: with the other commands it fills a manifest's 132."""


def identify(unit: Unit, *, by: Author, now: datetime) -> Identification:
    """Have a unit blink and beep for twenty seconds.

    Raises:
        ConfigError: the hub doesn't know its access points, it is asked already, or too many are.
    """
    site = unit.site
    points = sorted({one.name for one in told_points(site) if one.unit == unit.name})[:MAX_POINTS]
    with changing(site, now) as version:
        hindrance = _hindrance(unit, points, now)
        if hindrance:
            raise ConfigError("identify", [f"{unit.name} {hindrance}"])
        return Identification.objects.create(
            site=site,
            unit=unit,
            points="\n".join(points),
            order_id=secrets.token_bytes(COMMAND_ID_BYTES),
            not_after=now.replace(microsecond=0) + GOOD_FOR,
            at=now,
            by=by.user,
            by_name=by.name,
            version=version,
        )


def told_of(site: Site, now: datetime) -> QuerySet[Identification]:
    """Return what the gates are still told, oldest first."""
    return Identification.objects.filter(site=site, not_after__gte=now).order_by("pk")


def last_of(unit: Unit) -> Identification | None:
    """Return when a unit was asked last; None if it never was."""
    return Identification.objects.filter(unit=unit).order_by("-pk").first()


def done_at(one: Identification) -> datetime | None:
    """Return when the unit did it, by its own record; None if the record doesn't say so yet."""
    journal = one.unit.journal_set.order_by("-pk").first()
    detail = f"{CommandKind.IDENTIFY} {bytes(one.order_id).hex()}"
    newest = Entry.objects.filter(journal=journal, kind=EventKind.COMMAND.value)
    entry = newest.filter(received_ms__gte=int(one.at.timestamp() * 1000), detail=detail).first()
    return None if entry is None else entry.at


def identifying_commands(manifest: Manifest, now: datetime) -> tuple[Command, ...]:
    """Return what a locked manifest is to tell; what is told no more makes a version of its own."""
    issued_at = manifest.issued_at
    asked = Identification.objects.filter(site=manifest.site)
    if issued_at and asked.filter(not_after__gte=issued_at, not_after__lt=now).exists():
        raise_version(manifest, now)
    return tuple(
        Command(
            id=bytes(one.order_id),
            kind=CommandKind.IDENTIFY,
            not_after=one.not_after,
            about=Identified(access_points=tuple(one.points.split("\n"))),
        )
        for one in told_of(manifest.site, now)[:MAX_TOLD]
    )


def _hindrance(unit: Unit, points: list[str], now: datetime) -> str:
    """Say why a unit can't be asked; nothing if it can."""
    if unit.retired_at is not None:
        return "was retired"
    if not points:
        return "has recorded nothing yet, so the hub can't name it; look at its cable or its label"
    told = told_of(unit.site, now)
    if told.filter(unit=unit).exists():
        return "is told already; wait for it"
    if told.count() >= MAX_TOLD:
        return f"must wait: {MAX_TOLD} units are told already; ask again in two minutes"
    return ""
