"""Erasing a person: what names them goes, what was done to somebody stays, and the record holds.

Of an entry of the record salt and holder part go together, its commitment stays: the chain verifies
as before (gate.events.chain). Of a block, a forgiven exit and a pass the keyed hashes stay, which
name nobody.
"""

from collections.abc import Sequence
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
from gate.hub.sites.models import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """How much went."""

    entries: int
    passes: int
    blocks: int


def erase(person: Person, now: datetime) -> Erased:
    """Take away all that names somebody at their site.

    Raises:
        ConfigError: they have a good pass, are blocked, or are here as a visitor; nothing went.
    """
    site = person.site
    with transaction.atomic():
        held(site)
        faults = _objections(person, now)
        if faults:
            raise ConfigError("erase", faults)
        named = naming(keys_of(person))
        entries = Entry.objects.filter(named, site=site).update(salt=None, holder=None)
        passes, blocks = _erase_beside_record(site, [person], now)
    return Erased(entries=entries, passes=passes, blocks=blocks)


def erase_from_register(site: Site, people: Sequence[Person], now: datetime) -> int:
    """Take away what names people of a site, but in the record: that has an age of its own.

    Who must be named now stays. Returns how many went.
    """
    with transaction.atomic():
        held(site)
        going = [person for person in people if not _objections(person, now)]
        if going:
            _erase_beside_record(site, going, now)
    return len(going)


def _erase_beside_record(site: Site, people: Sequence[Person], now: datetime) -> tuple[int, int]:
    """Return how many passes and blocks were made nameless.

    1. What is written for the gates.  2. Passes.  3. The people.
    """
    keys = {key for person in people for key in keys_of(person)}
    # 1.
    blocks = Block.objects.filter(site=site, person__in=keys).update(issuer="", number="")
    Forgiveness.objects.filter(site=site, person__in=keys).update(issuer="", number="")
    change_inducted(site, drop=keys, now=now)
    SignedPresence.objects.filter(site=site).update(message=None, etag="", issued_at=None)
    # 2.
    passes = Pass.objects.filter(personpass__person__in=people)
    IssuedCard.objects.filter(pass__in=passes).update(name="")
    count = passes.update(issuer="", number="", company="", text="", photo=None)
    # 3.
    for person in people:
        _forget(person, now)
    return count, blocks


def _objections(person: Person, now: datetime) -> list[str]:
    if person.erased_at is not None:
        return ["this person was erased already"]
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
    return faults


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
