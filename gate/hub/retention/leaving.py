"""Who of a site's people has left, and since when: after the last thing that ties them to it.

Who is inside, blocked or on a roll call that goes on has not left, whatever else is known.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from gate.events.codec import from_ms
from gate.hub.manifest.blocks import blocks_of
from gate.hub.manifest.models import Whereabouts
from gate.hub.manifest.rules import exits_of
from gate.hub.manifest.still_inside import still_inside
from gate.hub.people.models import InductionRecord, Person, PersonCard, PersonPass, Visit
from gate.hub.rollcall.calls import open_call
from gate.hub.sites.models import Site
from gate.trust.status_list import Status

_Tie = tuple[int, datetime]
"""The number of a person, and until when something tied them to the site."""


def left_since(site: Site, now: datetime) -> dict[int, datetime]:
    """Return since when each person has left who was not erased; not those who are here still."""
    added = Person.objects.filter(site=site, erased_at=None).values_list("pk", "added_at")
    last = dict(added)
    for number, until in _ties(site, now):
        if number in last:
            last[number] = max(last[number], until)
    return {number: until for number, until in last.items() if until < now}


def kept_named(site: Site, now: datetime) -> set[bytes]:
    """Return, as keyed hashes, whom somebody must be able to name now."""
    named = set(still_inside(site, now, exits_of(site)))
    named.update(map(bytes, blocks_of(site).values_list("person", flat=True)))
    call = open_call(site)
    if call is not None:
        named.update(map(bytes, call.named_set.values_list("person", flat=True)))
    return named


def _ties(site: Site, now: datetime) -> Iterator[_Tie]:
    owners = _owners(site)
    yield from ((owners[key], now) for key in kept_named(site, now) & owners.keys())
    seen = Whereabouts.objects.filter(site=site).values_list("person", "at_ms")
    for key, at_ms in seen.iterator():
        if bytes(key) in owners:
            yield owners[bytes(key)], from_ms(at_ms)
    yield from _inductions(site)
    yield from _passes(site, now)
    yield from _visits(site, now)


def _owners(site: Site) -> dict[bytes, int]:
    """Return whose each keyed hash is."""
    cards = PersonCard.objects.filter(site=site).values_list("key", "person_id")
    passes = PersonPass.objects.filter(person__site=site)
    found = {bytes(key): number for key, number in cards}
    for key, beneath, number in passes.values_list("one__person", "one__beneath", "person_id"):
        found[bytes(key)] = found[bytes(beneath)] = number
    return found


def _inductions(site: Site) -> Iterator[_Tie]:
    zone = ZoneInfo(site.time_zone)
    told = InductionRecord.objects.filter(site=site).values_list("person_id", "last_day")
    for number, day in told:
        ends = datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)
        yield number, ends.astimezone(UTC)


def _passes(site: Site, now: datetime) -> Iterator[_Tie]:
    """Yield when passes end, or were cancelled; one on hold may be good again."""
    told = PersonPass.objects.filter(person__site=site).values_list(
        "person_id", "one__card__status", "one__card__expires_at", "one__card__change__at"
    )
    for number, status, expires_at, changed_at in told:
        ended_at = expires_at or now
        if status == Status.INVALID and changed_at is not None:
            ended_at = min(ended_at, changed_at)
        yield number, ended_at


def _visits(site: Site, now: datetime) -> Iterator[_Tie]:
    told = Visit.objects.filter(site=site).values_list("visitor", "host", "escort", "left_at")
    for *people, left_at in told:
        yield from ((number, left_at or now) for number in people)
