"""What a phone takes along to check cards by itself: whom to believe, what is void, who is there.

It holds names and numbers of a site's people; that somebody took it is in the audit record.
"""

import zlib
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from gate.errors import Reason
from gate.events.plain_words import explanation, headline
from gate.hub.desk.lists import list_of
from gate.hub.desk.models import DeskList
from gate.hub.manifest.blocks import blocks_of
from gate.hub.passes.scheme_card import known_issuers
from gate.hub.passes.told import pass_issuers
from gate.hub.people.models import Person, PersonCard, PersonPass, Photo
from gate.hub.people.register import people_of
from gate.hub.people.standings import Standing, standings
from gate.hub.sites.models import Site
from gate.trust.bundle import TrustBundle
from gate.trust.issuers import describe_issuer
from gate.trust.status_list import StatusList

Keys = Mapping[int, Sequence[tuple[str, str]]]
"""By the number of a person: issuer and number of each card and pass of theirs."""


def trust_of(site: Site) -> TrustBundle:
    """Return whom this hub knows that the site's gates believe, with the lists that it holds.

    Raises:
        TrustError: the fleet's files don't verify, or what the database has is no issuer.
    """
    issuers = (*known_issuers(), *pass_issuers(site))
    held = DeskList.objects.filter(desk__iss__in=[one.iss for one in issuers]).defer("token")
    return TrustBundle(issuers=issuers, status_lists={one.uri: list_of(one) for one in held})


def book_of(site: Site, now: datetime) -> dict[str, Any]:
    """Return the book, as JSON has it; `static/card/verify.js` reads issuers and lists.

    Raises:
        TrustError: as `trust_of`.
    """
    trust = trust_of(site)
    people = list(people_of(site))
    keys = keys_by_person(site, people)
    return {
        "made_s": int(now.timestamp()),
        "issuers": [describe_issuer(issuer) for issuer in trust.issuers],
        "lists": [_list(one) for one in trust.status_lists.values()],
        "people": [
            person_told(one, keys.get(one.person.pk, ()), has_face=has_face)
            for one, has_face in with_faces(standings(site, people, now))
        ],
        "blocked": list(blocks_of(site).exclude(number="").values_list("issuer", "number")),
        "words": {one.value: [headline(one), explanation(one)] for one in Reason},
    }


def keys_by_person(site: Site, people: Iterable[Person]) -> Keys:
    """Return the cards and passes of some of a site's people."""
    numbers = [person.pk for person in people]
    found: dict[int, list[tuple[str, str]]] = {}
    cards = PersonCard.objects.filter(site=site, person__in=numbers)
    for number, issuer, card in cards.values_list("person_id", "issuer", "number"):
        found.setdefault(number, []).append((issuer, card))
    passes = PersonPass.objects.filter(person__in=numbers)
    for number, iss, card in passes.values_list(
        "person_id", "one__card__desk__iss", "one__card__number"
    ):
        found.setdefault(number, []).append((iss, card))
    return found


def with_faces(found: Sequence[Standing]) -> list[tuple[Standing, bool]]:
    """Return each with whether a photograph is on record."""
    numbers = [one.person.pk for one in found]
    faces = set(Photo.objects.filter(person__in=numbers).values_list("person_id", flat=True))
    return [(one, one.person.pk in faces) for one in found]


def person_told(
    one: Standing, keys: Sequence[tuple[str, str]], *, has_face: bool
) -> dict[str, Any]:
    """Return what a phone is told of somebody: `tone` is how their standing is shown."""
    tone, words = _standing_words(one)
    return {
        "number": one.person.pk,
        "name": one.person.name,
        "company": "" if one.person.company is None else one.person.company.name,
        "keys": keys,
        "tone": tone,
        "words": words,
        "face": has_face,
    }


def _standing_words(one: Standing) -> tuple[str, str]:
    if one.blocks:
        return "refuse", "Blocked at this site"
    if one.person.is_visitor:
        return "note", "A visitor of this site"
    if one.induction is None:
        return "note", "Not inducted here"
    ends = f"{one.induction.last_day:%-d %b %Y}"
    if not one.is_inducted:
        return "note", f"The induction ended on {ends}"
    return "admit", f"Inducted here until {ends}"


def _list(held: StatusList) -> dict[str, Any]:
    return {
        "uri": held.uri,
        "issued_s": int(held.issued_at.timestamp()),
        "expires_s": None,
        "bits": held.bits,
        "lst": b64encode(zlib.compress(held.packed)).decode(),
    }
