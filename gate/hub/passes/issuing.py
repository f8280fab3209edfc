"""Issuing a pass: registered at the site's desk, its holder inducted, its text kept to be printed.

A pass says no more than its scheme card does, and lasts no longer. Nobody who is blocked gets one,
and no scheme card has two at once: cancel the first, or it opens gates in another's hand.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction

from gate.access.kinds import Text
from gate.card.model import Card, StatusRef
from gate.card.names import MAX_NAME_BYTES, is_name
from gate.errors import CardError, ConfigError
from gate.hub.desk.issuing import issue
from gate.hub.desk.models import Desk, IssuedCard
from gate.hub.manifest.authors import Author
from gate.hub.manifest.blocks import blocked_persons
from gate.hub.manifest.inductions import change_inducted
from gate.hub.manifest.versions import held
from gate.hub.passes.issuer import pass_desk, scheme_of
from gate.hub.passes.models import MAX_PERSON_CHARS, Pass
from gate.hub.passes.scheme_card import SchemeCard
from gate.hub.sites.models import Site
from gate.trust.person import person_key
from gate.trust.status_list import Status

COMPANY: Final = Text(max_chars=MAX_PERSON_CHARS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a pass is to be, beside its scheme card; `until` is its last day, by site time."""

    name: str
    company: str = ""
    until: date | None = None
    photo: bytes | None = None
    """A portrait (`gate.paper.photo`), as it will be printed."""
    language: str = ""
    """What its holder is to be spoken to in; if empty, as the scheme card says."""


def issue_pass(
    site: Site, site_key: bytes, card: SchemeCard, wish: Wish, *, by: Author, now: datetime
) -> Pass:
    """Issue a pass that stands on `card`, and count its holder as inducted.

    Raises:
        ConfigError: every fault in what was asked, the holder is blocked, or the card has a pass.
        TrustError: the desk's key or the disk refuses.
    """
    expires_at = _expiry(site, card, wish.until)
    _refuse_faults(card, wish, expires_at, now)
    desk = pass_desk(site, now)
    beneath = person_key(site_key, card.beneath.issuer, card.beneath.number)
    with transaction.atomic():
        held(site)
        _refuse_unwelcome(site, beneath, now)
        number = f"P{Pass.objects.filter(site=site).count() + 1:05}"
        person = person_key(site_key, scheme_of(site), number)
        try:
            text, issued = issue(desk, _draft(site, number, card, wish, expires_at, now), (), now)
        except CardError as error:
            raise ConfigError("pass", [f"no gate would read it: {error}"]) from error
        change_inducted(site, add=(person, beneath), now=now)
        return Pass.objects.create(
            site=site,
            at=now,
            by=by.user,
            by_name=by.name,
            version=held(site).version,
            card=_registered(desk, issued),
            person=person,
            beneath=beneath,
            scheme=str(card.scheme),
            issuer=card.beneath.issuer,
            number=card.beneath.number,
            beneath_expires_at=card.beneath.expires_at,
            was_read=card.beneath.status is not None,
            checked_by=card.checked_by,
            company=wish.company,
            text=text,
            photo=wish.photo,
        )


def language_of(card: SchemeCard, wish: Wish) -> str:
    """Return what a pass asks screens to speak; empty if nobody asked for anything."""
    return wish.language or card.proofs.language or ""


def _expiry(site: Site, card: SchemeCard, until: date | None) -> datetime:
    if until is None:
        return card.beneath.expires_at
    zone = ZoneInfo(site.time_zone)
    return datetime.combine(until + timedelta(days=1), time(), tzinfo=zone).astimezone(UTC)


def _refuse_faults(card: SchemeCard, wish: Wish, expires_at: datetime, now: datetime) -> None:
    faults = []
    if not is_name(wish.name):
        what = f"letters, digits, spaces and hyphens, at most {MAX_NAME_BYTES} bytes"
        faults.append(f"name: {wish.name[:40]!r}; allowed: {what}")
    if wish.company and COMPANY.read(wish.company) is None:
        faults.append(f"company: {wish.company[:40]!r}; allowed: {COMPANY.allowed}")
    if card.beneath.expires_at <= now:
        faults.append("expires_on: the scheme card has expired; next: have it renewed first")
    elif expires_at > card.beneath.expires_at:
        faults.append("until: after the scheme card's own last day; a pass lasts no longer")
    elif expires_at <= now:
        faults.append("until: that day is over")
    if faults:
        raise ConfigError("pass", faults)


def _refuse_unwelcome(site: Site, beneath: bytes, now: datetime) -> None:
    if beneath in blocked_persons(site):
        raise ConfigError("pass", ["number: that card is blocked here; next: unblock it first"])
    others = Pass.objects.select_related("card").filter(
        site=site, beneath=beneath, card__expires_at__gt=now
    )
    for other in others.exclude(card__status=Status.INVALID):
        step = "next: cancel that one first"
        raise ConfigError("pass", [f"number: that card has the pass {other.card.number}; {step}"])


def _draft(
    site: Site, number: str, card: SchemeCard, wish: Wish, expires_at: datetime, now: datetime
) -> Callable[[StatusRef], Card]:
    issued_at = now.replace(microsecond=0)
    proofs = replace(
        card.proofs,
        scheme=scheme_of(site),
        photo_digest=sha256(wish.photo).digest()[:16] if wish.photo else None,
        language=language_of(card, wish) or None,
        stands_on=card.beneath,
    )
    return lambda ref: Card(
        issuer=scheme_of(site),
        number=number,
        holder_id=number,
        name=wish.name,
        not_before=issued_at,
        issued_at=issued_at,
        expires_at=expires_at,
        competence=proofs,
        status=ref,
        audience=site.slug,
    )


def _registered(desk: Desk, card: Card) -> IssuedCard:
    """Return the desk's row of a card that was just issued."""
    return IssuedCard.objects.get(
        desk=desk, status_list__uri=card.status.uri, index=card.status.index
    )
