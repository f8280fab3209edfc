"""Blocking somebody by all of their cards, unblocking, and undoing either within ten seconds.

An undo is no edit: it is another record, and its reason says that it was one.
"""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from gate.errors import ConfigError
from gate.hub.manifest.authors import Author
from gate.hub.manifest.blocks import block, blocks_of, unblock
from gate.hub.manifest.models import MAX_REASON_CHARS, Block, Unblock
from gate.hub.people.models import Person, PersonCard
from gate.hub.people.register import keys_of

UNDO_FOR: Final = timedelta(seconds=10)

GRACE: Final = timedelta(seconds=3)
"""The way of a press on a button from a phone at the far end of a site."""

_UNDONE: Final = "Undone:"
"""How the reason of an undo begins, which is not undone itself."""


def block_person(
    person: Person, site_key: bytes, *, reason: str, by: Author, now: datetime
) -> list[Block]:
    """Keep somebody out at every gate, by each of their cards, and so by their passes.

    Raises:
        ConfigError: the reason doesn't fit, they have no card, or they are blocked already.
    """
    cards = list(PersonCard.objects.filter(person=person))
    if not cards:
        raise ConfigError("block", ["reason: this person has no card that a gate could know"])
    with transaction.atomic():
        there = {bytes(one.person) for one in blocks_of_person(person)}
        fresh = [card for card in cards if bytes(card.key) not in there]
        if not fresh:
            raise ConfigError("block", [f"reason: {person.name} is blocked already"])
        return [
            block(
                person.site,
                site_key,
                issuer=card.issuer,
                number=card.number,
                reason=reason,
                by=by,
                now=now,
            )
            for card in fresh
        ]


def unblock_person(person: Person, *, reason: str, by: Author, now: datetime) -> list[Unblock]:
    """End every block that keeps somebody out.

    Raises:
        ConfigError: the reason doesn't fit, or they are not blocked.
    """
    with transaction.atomic():
        there = blocks_of_person(person)
        if not there:
            raise ConfigError("unblock", [f"reason: {person.name} is not blocked"])
        return [unblock(person.site, one.pk, reason=reason, by=by, now=now) for one in there]


def undoable(person: Person, by: Author, now: datetime) -> Block | Unblock | None:
    """Return what somebody did to a person that they may still undo, the latest of it."""
    mine = {"site": person.site, "by": by.user, "at__gt": now - UNDO_FOR - GRACE}
    keys = keys_of(person)
    begun = Block.objects.filter(**mine, person__in=keys, unblock=None).order_by("-pk").first()
    ended = Unblock.objects.filter(**mine, block__person__in=keys).order_by("-pk").first()
    last = ended if begun is None else begun
    return None if last is None or last.reason.startswith(_UNDONE) else last


def undo(person: Person, site_key: bytes, *, by: Author, now: datetime) -> bool:
    """Undo what was done last; tell whether the person is blocked after it.

    Raises:
        ConfigError: it is too late, or somebody else's.
    """
    with transaction.atomic():
        what = undoable(person, by, now)
        if what is None:
            step = "next: block or unblock anew, with a reason"
            raise ConfigError("undo", [f"the ten seconds are over; {step}"])
        reason = f"{_UNDONE} {what.reason}"[:MAX_REASON_CHARS]
        if isinstance(what, Block):
            unblock_person(person, reason=reason, by=by, now=now)
            return False
        block_person(person, site_key, reason=reason, by=by, now=now)
        return True


def blocks_of_person(person: Person) -> list[Block]:
    """Return the blocks in force that keep somebody out."""
    return list(blocks_of(person.site).filter(person__in=keys_of(person)))
