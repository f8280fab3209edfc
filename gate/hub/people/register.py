"""Who a site knows: adding people with their cards, changing what is known, finding them again.

A scheme card belongs to one person of a site. What is searched is written beside the name, so that
a person is found by any part of name, company, card or pass, however accented.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from gate.errors import ConfigError
from gate.hub.log.search import fold
from gate.hub.manifest.versions import held
from gate.hub.passes.scheme_card import code_of, issuer_of_scheme
from gate.hub.people.facts import Facts
from gate.hub.people.models import Company, Person, PersonCard, PersonPass, Photo
from gate.hub.people.photos import keep_photo
from gate.hub.sites.models import Site
from gate.trust.person import person_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """Somebody whom a site does not know yet; `photo` is a portrait."""

    facts: Facts
    issuer: str
    photo: bytes | None = None


def people_of(site: Site) -> QuerySet[Person]:
    """Return everybody whom a site knows and who was not erased, by name."""
    return Person.objects.filter(site=site, erased_at=None).order_by("name", "pk")


def matches(person: Person, words: str) -> bool:
    """Tell whether somebody has every word in name, company, card or pass."""
    return all(word in person.words for word in fold(words).split())


def card_of(person: Person) -> PersonCard | None:
    """Return the card that somebody showed last."""
    return person.personcard_set.order_by("-pk").first()


def company_of(site: Site, name: str) -> Company:
    """Return a company of a site, added if it is new."""
    there, _ = Company.objects.get_or_create(site=site, name=name)
    return there


def issuers_of(schemes: Iterable[str]) -> dict[str, str]:
    """Return who issues the cards of each scheme; asked once for many people, as it is slow."""
    return {scheme: issuer_of_scheme(code_of(scheme)) for scheme in set(schemes)}


def owner_of_card(site: Site, key: bytes) -> Person | None:
    """Return whose a card is at a site."""
    there = PersonCard.objects.filter(site=site, key=key).select_related("person").first()
    return None if there is None else there.person


def add_people(
    site: Site, site_key: bytes, newcomers: Sequence[Newcomer], now: datetime
) -> list[Person]:
    """Add people with their cards, in a few statements however many they are.

    Raises:
        ConfigError: a card is another person's; nobody was added.
    """
    keys = [person_key(site_key, one.issuer, one.facts.number) for one in newcomers]
    with transaction.atomic():
        held(site)
        for key in PersonCard.objects.filter(site=site, key__in=keys).values_list("key", flat=True):
            _refuse_taken(site, bytes(key), None)
        names = {one.facts.company for one in newcomers}
        companies = {name: company_of(site, name) for name in names}
        people = Person.objects.bulk_create(
            Person(
                site=site,
                company=companies[one.facts.company],
                name=one.facts.name,
                words=_words_of(one.facts),
                language=one.facts.language or "",
                added_at=now,
            )
            for one in newcomers
        )
        PersonCard.objects.bulk_create(
            PersonCard(site=site, person=person, key=key, **_said(one.facts, one.issuer))
            for person, one, key in zip(people, newcomers, keys, strict=True)
        )
        Photo.objects.bulk_create(
            Photo(person=person, jpeg=one.photo)
            for person, one in zip(people, newcomers, strict=True)
            if one.photo is not None
        )
    return people


def change_person(
    person: Person, site_key: bytes, facts: Facts, issuer: str, photo: bytes | None
) -> None:
    """Put what is known of somebody right, or note another card of theirs.

    Raises:
        ConfigError: the card is another person's.
    """
    key = person_key(site_key, issuer, facts.number)
    with transaction.atomic():
        _refuse_taken(person.site, key, person)
        person.name = facts.name
        person.company = company_of(person.site, facts.company)
        person.language = facts.language or ""
        person.save(update_fields=["name", "company", "language"])
        _keep_card(person, facts, issuer, key)
        if photo is not None:
            keep_photo(person, photo)
        write_words(person)


def write_words(person: Person) -> None:
    """Write what somebody is found by."""
    cards = PersonCard.objects.filter(person=person).values_list("scheme", "number")
    passes = PersonPass.objects.filter(person=person).values_list("one__card__number", flat=True)
    company = "" if person.company is None else person.company.name
    parts = [person.name, company, *(part for card in cards for part in card), *passes]
    person.words = fold(" ".join(parts))
    person.save(update_fields=["words"])


def keys_of(person: Person) -> set[bytes]:
    """Return every keyed hash that gates know somebody by: of their cards and of their passes."""
    cards = PersonCard.objects.filter(person=person).values_list("key", flat=True)
    passes = PersonPass.objects.filter(person=person).values_list("one__person", "one__beneath")
    return {bytes(key) for key in cards} | {bytes(key) for pair in passes for key in pair}


def of_keys(site: Site, keys: Iterable[bytes]) -> dict[bytes, int]:
    """Return whose keyed hashes these are, as the numbers of people."""
    wanted = list(keys)
    cards = PersonCard.objects.filter(site=site, key__in=wanted).values_list("key", "person_id")
    passes = PersonPass.objects.filter(
        Q(one__person__in=wanted) | Q(one__beneath__in=wanted), person__site=site
    )
    found = {bytes(key): number for key, number in cards}
    for key, beneath, number in passes.values_list("one__person", "one__beneath", "person_id"):
        found[bytes(key)] = number
        found[bytes(beneath)] = number
    return found


def _keep_card(person: Person, facts: Facts, issuer: str, key: bytes) -> None:
    said = {"person": person, **_said(facts, issuer)}
    PersonCard.objects.update_or_create(site=person.site, key=key, defaults=said)


def _said(facts: Facts, issuer: str) -> dict[str, Any]:
    return {
        "scheme": facts.scheme,
        "card_type": facts.card_type,
        "issuer": issuer,
        "number": facts.number,
        "last_day": facts.last_day,
    }


def _words_of(facts: Facts) -> str:
    """Return what somebody new is found by, as `write_words` would."""
    return fold(f"{facts.name} {facts.company} {facts.scheme} {facts.number}")


def _refuse_taken(site: Site, key: bytes, person: Person | None) -> None:
    owner = owner_of_card(site, key)
    if owner is not None and owner != person:
        step = "next: look at that person's page"
        raise ConfigError("person", [f"card_number: it is the card of {owner.name}; {step}"])
