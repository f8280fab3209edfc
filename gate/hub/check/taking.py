"""What a phone sends of the cards it read: read whole or refused whole, judged anew, kept once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID

from django.contrib.auth.models import User
from django.http import HttpRequest

from gate.card.model import Card
from gate.card.verify import authenticate, standing
from gate.errors import CardError, EventError, Reason
from gate.hub.audit.notes import Act, note
from gate.hub.check.book import keys_by_person, person_told, trust_of, with_faces
from gate.hub.check.models import MAX_REASONS, CardCheck
from gate.hub.manifest.authors import author_of
from gate.hub.manifest.blocks import blocks_of
from gate.hub.people.frames import key_of
from gate.hub.people.models import Person
from gate.hub.people.register import of_keys
from gate.hub.people.standings import standings
from gate.hub.sent import Listed, read_ms, read_uid
from gate.hub.sites.models import Site
from gate.trust.bundle import TrustBundle
from gate.trust.person import person_key

MAX_CHECKS: Final = 100
"""In one message; a phone with more sends the rest in the next."""

MAX_BODY_BYTES: Final = 1_000_000
MAX_TEXT_CHARS: Final = 7089
"""Digits in the largest QR code, version 40-L (ISO/IEC 18004): no text of one is longer."""

_CHECKS: Final = Listed(
    one="check",
    all_="checks",
    keys={"uid", "at_ms", "text", "told", "book_ms"},
    most=MAX_CHECKS,
    most_bytes=MAX_BODY_BYTES,
)
_REASONS: Final = frozenset(Reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """One card that a phone read; `told` is None if it left the judging to the hub."""

    uid: UUID
    at: datetime
    text: str
    told: tuple[Reason, ...] | None
    book_at: datetime | None


def read_checks(body: bytes) -> list[Read]:
    """Return the checks of a message.

    Raises:
        EventError: it is none; says what is wrong with it.
    """
    return [_read(one) for one in _CHECKS.read(body)]


def take(request: HttpRequest, site: Site, checks: Sequence[Read], now: datetime) -> list[Any]:
    """Judge and keep checks; return for each what the hub says, as the page shows it.

    Raises:
        TrustError: whom this hub believes can't be told; nothing was kept.
    """
    trust = trust_of(site)
    return [_taken(request, site, one, trust, now) for one in checks]


def _taken(
    request: HttpRequest, site: Site, one: Read, trust: TrustBundle, now: datetime
) -> dict[str, Any]:
    card, reasons = _judge(one.text, trust, now)
    key = None if card is None else person_key(key_of(site), card.issuer, card.number)
    person = _person_of(site, key)
    user = cast("User", request.user)
    _, is_new = CardCheck.objects.get_or_create(
        uid=one.uid,
        defaults={
            "site": site,
            "at": one.at,
            "received_at": now,
            "by": user,
            "by_name": author_of(user).name,
            "person": key,
            "told": None if one.told is None else " ".join(one.told),
            "said": " ".join(reasons),
            "book_at": one.book_at,
        },
    )
    if is_new:
        note(request, site, Act.CHECKED, None if person is None else person.pk)
    return {
        "uid": str(one.uid),
        "reasons": list(reasons),
        "card": None if card is None else _card_told(card),
        "person": None if person is None else _person_told(site, person, now),
        "blocked": card is not None and _is_blocked(site, card),
    }


def _judge(text: str, trust: TrustBundle, now: datetime) -> tuple[Card | None, tuple[Reason, ...]]:
    try:
        card = authenticate(text, trust)
    except CardError as error:
        return None, (error.reason,)
    return card, standing(card, trust, now)


def _is_blocked(site: Site, card: Card) -> bool:
    """Tell whether the card is blocked, or of a pass the one beneath it, as gates do."""
    beneath = card.competence.stands_on
    named = [(card.issuer, card.number)]
    if beneath is not None:
        named.append((beneath.issuer, beneath.number))
    keys = [person_key(key_of(site), *one) for one in named]
    return blocks_of(site).filter(person__in=keys).exists()


def _person_of(site: Site, key: bytes | None) -> Person | None:
    numbers = () if key is None else of_keys(site, [key]).values()
    found = Person.objects.filter(site=site, pk__in=numbers, erased_at=None)
    return found.select_related("company", "site").first()


def _person_told(site: Site, person: Person, now: datetime) -> dict[str, Any]:
    ((one, has_face),) = with_faces(standings(site, [person], now))
    keys = keys_by_person(site, [person]).get(person.pk, ())
    return person_told(one, keys, has_face=has_face)


def _card_told(card: Card) -> dict[str, Any]:
    """Return a card as `static/card/verify.js` does, as far as the page shows it."""
    return {
        "issuer": card.issuer,
        "number": card.number,
        "name": card.name,
        "expiresS": int(card.expires_at.timestamp()),
        "scheme": card.competence.scheme,
        "cardType": card.competence.card_type,
    }


def _read(one: dict[str, Any]) -> Read:
    text, book_ms = one["text"], one["book_ms"]
    if not isinstance(text, str) or not 0 < len(text) <= MAX_TEXT_CHARS:
        raise EventError(f"text: not 1 to {MAX_TEXT_CHARS} characters of a code")
    return Read(
        uid=read_uid(one["uid"], "uid"),
        at=read_ms(one["at_ms"], "at_ms"),
        text=text,
        told=_told(one["told"]),
        book_at=None if book_ms is None else read_ms(book_ms, "book_ms"),
    )


def _told(value: Any) -> tuple[Reason, ...] | None:  # noqa: ANN401 - of JSON
    if value is None:
        return None
    if not isinstance(value, list) or len(value) > MAX_REASONS:
        raise EventError(f"told: not a list of at most {MAX_REASONS} reasons")
    if not all(isinstance(one, str) and one in _REASONS for one in value):
        raise EventError("told: not reasons of a gate")
    return tuple(map(Reason, value))
