"""Erasing a person: what names them goes, what was done to somebody stays, and the record holds.

Of an entry of the record salt and holder part go together, its commitment stays: the chain verifies
as before (gate.events.chain). Of a block, a forgiven exit and a pass the keyed hashes stay, which
name nobody.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from gate.access.model import Direction
from gate.errors import ConfigError
from gate.events.codec import to_ms
from gate.hub.desk.models import IssuedCard
from gate.hub.ingest.models import Entry
from gate.hub.manifest.inductions import change_inducted
from gate.hub.manifest.models import Block, Forgiveness, SignedPresence, Whereabouts
from gate.hub.manifest.versions import held
from gate.hub.manifest.whereabouts import catch_up
from gate.hub.passes.models import Pass
from gate.hub.people.history import naming
from gate.hub.people.models import Note, Person, PersonCard, PersonPass, Photo
from gate.hub.people.register import keys_of
from gate.hub.people.standings import standing
from gate.hub.people.visitors import on_site


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """How much went."""

    entries: int
    passes: int
    blocks: int


def erase(person: Person, now: datetime) -> Erased:
    """Take away all that names somebody at their site.

    1. The record's holder parts.  2. What is written for the gates.  3. Passes.  4. The person.

    Raises:
        ConfigError: they have a good pass, are blocked, or are here as a visitor; nothing went.
    """
    site = person.site
    with transaction.atomic():
        held(site)
        _refuse(person, now)
        keys = keys_of(person)
        # 1.
        entries = Entry.objects.filter(naming(keys), site=site).update(salt=None, holder=None)
        # 2.
        blocks = Block.objects.filter(site=site, person__in=keys).update(issuer="", number="")
        Forgiveness.objects.filter(site=site, person__in=keys).update(issuer="", number="")
        change_inducted(site, drop=keys, now=now)
        SignedPresence.objects.filter(site=site).update(message=None, etag="", issued_at=None)
        # 3.
        passes = Pass.objects.filter(personpass__person=person)
        IssuedCard.objects.filter(pass__in=passes).update(name="")
        count = passes.update(issuer="", number="", company="", text="", photo=None)
        # 4.
        _forget(person, now)
    return Erased(entries=entries, passes=count, blocks=blocks)


def _refuse(person: Person, now: datetime) -> None:
    if person.erased_at is not None:
        raise ConfigError("erase", ["this person was erased already"])
    there = standing(person, now)
    faults = []
    if there.good is not None:
        faults.append("there is a good pass; next: cancel it, on the page of the pass")
    if there.blocks:
        faults.append("the person is blocked, and would come in again nameless; next: unblock")
    if _is_inside(person, now):
        faults.append("the gates say that the person is on site; next: wait for the day's end")
    if on_site(person.site).filter(visitor=person).exists():
        faults.append("the visitor is on site; next: sign out first")
    if faults:
        raise ConfigError("erase", faults)


def _is_inside(person: Person, now: datetime) -> bool:
    """Tell whether the last passage, of today, was in: a roll call must be able to name them."""
    catch_up(person.site)
    since = to_ms(now - timedelta(days=1))
    return Whereabouts.objects.filter(
        site=person.site,
        person__in=keys_of(person),
        direction=Direction.IN.value,
        at_ms__gte=since,
    ).exists()


def _forget(person: Person, now: datetime) -> None:
    Photo.objects.filter(person=person).delete()
    Note.objects.filter(person=person).delete()
    PersonCard.objects.filter(person=person).delete()
    PersonPass.objects.filter(person=person).update(printed_at=None)
    person.name, person.words, person.company = "", "", None
    person.language, person.erased_at = "", now
    person.save(update_fields=["name", "words", "company", "language", "erased_at"])
