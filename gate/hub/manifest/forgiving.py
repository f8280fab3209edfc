"""Forgiving a forgotten exit: a named manager takes it for made, with a reason, and all gates hear.

It is told as a command for as long as a gate looks back, so one that comes back after a night knows
it too. It counts from when it was written, whenever a gate hears of it: who has passed since then
is where they passed to. It is estimated, and ends no hours.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
from gate.trust.commanded import MAX_BY_CHARS, MAX_WHY_CHARS, Forgiven
from gate.trust.manifest import COMMAND_ID_BYTES, Command, CommandKind
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """Somebody who is to be taken to have left; issuer and number are empty for the erased.

    `seen_ms` is when they passed last as a manager was shown it, if they were shown it.
    """

    person: bytes
    issuer: str
    number: str
    seen_ms: int | None = None


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
    who = Forgotten(person=person_key(site_key, issuer, number), issuer=issuer, number=number)
    return forgive_all(site, [who], reason=reason, by=by, now=now)[0]


def forgive_all(
    site: Site, who: Sequence[Forgotten], *, reason: str, by: Author, now: datetime
) -> list[Forgiveness]:
    """Take it for true, at every gate of the site, that all of these have left; or that none has.

    Raises:
        ConfigError: the reason doesn't fit; or, for each who is not inside as far as the hub knows
            or has passed a gate since, that; or too many were forgiven in a day.
    """
    _check({"reason": reason})
    catch_up(site)
    with changing(site, now) as version:
        faults = [fault for one in who if (fault := _hindrance(site, one, now))]
        if told_of(site, now).count() + len(who) > MAX_TOLD:
            step = "next: find out why so many leave without being seen"
            faults.append(f"{MAX_TOLD} in a day, which is the most; {step}")
        if faults:
            raise ConfigError("forgive", faults)
        at = now.replace(microsecond=0)
        return [
            Forgiveness.objects.create(
                site=site,
                person=one.person,
                issuer=one.issuer,
                number=one.number,
                reason=reason,
                order_id=secrets.token_bytes(COMMAND_ID_BYTES),
                not_after=at + GOOD_FOR,
                at=at,
                by=by.user,
                by_name=by.name,
                version=version,
            )
            for one in who
        ]


def _hindrance(site: Site, who: Forgotten, now: datetime) -> str:
    """Say why somebody's exit can't be forgiven; nothing if it can."""
    card = f"card {who.number}" if who.number else "somebody erased"
    last = Whereabouts.objects.filter(site=site, person=who.person).first()
    if last is None or last.direction != Direction.IN or last.at_ms > to_ms(now):
        return f"{card} is not inside, as far as the hub knows"
    if who.seen_ms is not None and last.at_ms != who.seen_ms:
        return f"{card} has passed a gate since this list was made; look again"
    there = told_of(site, now).filter(person=who.person).order_by("-at").first()
    if there is not None and last.at_ms <= to_ms(there.at):
        return f"{card} was forgiven already, at {there.at:%H:%M} UTC by {there.by_name}"
    return ""


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
            about=Forgiven(
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
