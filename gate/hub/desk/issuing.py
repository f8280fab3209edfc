"""Issuing a card at a desk: its place and its row are durable before its text leaves."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from gate.card.issue import issue_card
from gate.card.model import Card, StatusRef
from gate.errors import TrustError
from gate.hub.desk.keys import issuer_of, load_key
from gate.hub.desk.lists import add_list, is_full, locked_lists, sign, wants_a_next
from gate.hub.desk.models import Desk, DeskList, IssuedCard, Qualification
from gate.hub.desk.publishing import publish
from gate.signing.keys import SigningKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What is known of a qualification when its card is issued; empty: not known."""

    code: str = ""
    source: str = ""
    centre: str = ""


def issue(
    desk: Desk, draft: Callable[[StatusRef], Card], facts: Sequence[Fact], now: datetime
) -> tuple[str, Card]:
    """Return the text and the card that `draft` makes for the place it gets in a list.

    Raises:
        CardError: a gate would not accept what the card says; nothing was registered.
        TrustError: the card is not this desk's to issue, or the key or the disk refuses.
    """
    key = load_key(desk)
    with transaction.atomic():
        held, has_opened = _list_with_room(desk, key, now)
        index = _free_index(held)
        card = draft(StatusRef(uri=held.uri, index=index))
        _see_that_it_is_ours(desk, card, StatusRef(uri=held.uri, index=index))
        text = issue_card(card, key)
        row = IssuedCard.objects.create(
            desk=desk,
            status_list=held,
            index=index,
            number=card.number,
            name=card.name,
            scheme=str(card.competence.scheme),
            card_type=str(card.competence.card_type),
            issued_at=card.issued_at,
            expires_at=card.expires_at,
        )
        Qualification.objects.bulk_create(
            Qualification(card=row, code=fact.code, source=fact.source, centre=fact.centre)
            for fact in dict.fromkeys(facts)
        )
        held.taken += 1
        held.save(update_fields=["taken"])
    if has_opened:
        publish(desk, now)
    return text, card


def _list_with_room(desk: Desk, key: SigningKey, now: datetime) -> tuple[DeskList, bool]:
    """Return the list that takes the next card, and whether one was opened for those to come."""
    lists = locked_lists(desk)
    has_opened = wants_a_next(lists[-1])
    if has_opened:
        last = lists[-1]
        lists.append(add_list(desk, key, now, after=last.number))
        sign(last, bytes(last.packed), key, now)  # units look for a further list when one is new
    return next(held for held in lists if not is_full(held)), has_opened


def _free_index(held: DeskList) -> int:
    """Draw a place at random, so that a list doesn't tell what was issued together (ADR 8)."""
    places = held.size
    while True:
        index = secrets.randbelow(places)
        if not IssuedCard.objects.filter(status_list=held, index=index).exists():
            return index


def _see_that_it_is_ours(desk: Desk, card: Card, ref: StatusRef) -> None:
    issuer = issuer_of(desk)
    if card.issuer != issuer.iss:
        raise TrustError(f"desk {desk.slug}: issues as {issuer.iss!r}, not as {card.issuer!r}")
    if card.competence.scheme not in issuer.schemes:
        known = ", ".join(sorted(map(str, issuer.schemes)))
        raise TrustError(f"scheme {card.competence.scheme}: desk {desk.slug} speaks for {known}")
    if card.status != ref:
        raise TrustError(f"desk {desk.slug}: the card does not name the place it was given")
