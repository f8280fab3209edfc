"""A desk that was kept in a directory, taken over as it is: no card is issued anew for it.

What is half is refused whole: a register that lacks a card whose place is cancelled, two cards in
one place, a list that is missing. What the directory never knew of a card, such as its holder's
name, stays empty.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from gate.errors import ConfigError
from gate.hub.desk import keys
from gate.hub.desk.lists import BITS, sign
from gate.hub.desk.making import refuse_faults, save_new
from gate.hub.desk.models import Desk, DeskList, IssuedCard
from gate.hub.desk.publishing import publish
from gate.hub.desk.selection import MAX_FAULTS, NUMBER
from gate.signing.keys import SigningKey
from gate.trust.bundle import Issuer
from gate.trust.issuers import format_issuers
from gate.trust.status_list import Status, StatusList, list_name, lookup

_ROWS: Final = 5000
"""Written in one statement."""


def is_taken_over(slug: str, issuer: Issuer) -> bool:
    """Tell whether this very desk is at the hub, as a command that was cut short leaves it."""
    return Desk.objects.filter(slug=slug, issuer=format_issuers((issuer,))).exists()


def take_over(
    slug: str,
    issuer: Issuer,
    key: SigningKey,
    cards: Sequence[tuple[str, int]],
    lists: Sequence[StatusList],
    now: datetime,
) -> Desk:
    """Take a desk over: its issuer, its key, number and place of each card, its one list.

    Raises:
        ConfigError: it is half, or a desk of that name is there; nothing was taken.
        TrustError: another desk has its status base, or the disk refused.
    """
    held = _the_list(issuer, lists)
    faults = [*_faults(cards, held)]
    if faults:
        more = len(faults) - MAX_FAULTS
        others = [f"and {more} other faults"] if more > 0 else []
        raise ConfigError(issuer.iss, [*faults[:MAX_FAULTS], *others])
    refuse_faults(slug, issuer, len(held))
    desk = Desk(
        slug=slug,
        iss=issuer.iss,
        status_base=issuer.status_base,
        issuer=format_issuers((issuer,)),
        capacity=len(held),
        created_at=now,
    )
    path = None if keys.holds(slug, key) else keys.store_key(slug, key)
    try:
        save_new(desk, issuer, lambda: _fill(desk, key, cards, held, now))
    except BaseException:
        if path is not None:
            path.unlink()
        raise
    publish(desk, now)
    return desk


def _the_list(issuer: Issuer, lists: Sequence[StatusList]) -> StatusList:
    first = f"{issuer.status_base}1"
    if [held.uri for held in lists] != [first]:
        found = ", ".join(held.uri for held in lists) or "none"
        raise ConfigError(issuer.iss, [f"status lists: {found}; taken over is a desk with {first}"])
    if lists[0].bits != BITS:
        raise ConfigError(issuer.iss, [f"{first}: {lists[0].bits} bits a card, and not {BITS}"])
    return lists[0]


def _faults(cards: Sequence[tuple[str, int]], held: StatusList) -> Iterator[str]:
    places = Counter(index for _, index in cards)
    for number, index in cards:
        if NUMBER.read(number) is None:
            yield f"register: number {number[:40]!r}; allowed: {NUMBER.allowed}"
        if not 0 <= index < len(held):
            yield f"register: card {number}: place {index} of a list of {len(held)}"
        elif lookup(held.packed, BITS, index) not in set(Status):
            yield f"register: card {number}: its status in the list is a reserved one"
    for index, count in places.items():
        if count > 1:
            yield f"register: {count} cards in place {index}"
    for index in _set_places(held):
        if index not in places:
            yield f"list: place {index} is cancelled, and no card is registered there"


def _set_places(held: StatusList) -> Iterator[int]:
    for byte, value in enumerate(held.packed):
        if value:
            for index in range(byte * 8 // BITS, (byte + 1) * 8 // BITS):
                if lookup(held.packed, BITS, index):
                    yield index


def _fill(
    desk: Desk,
    key: SigningKey,
    cards: Sequence[tuple[str, int]],
    held: StatusList,
    now: datetime,
) -> None:
    row = DeskList(
        desk=desk,
        number=1,
        uri=held.uri,
        name=list_name(held.uri),
        size=len(held),
        taken=len(cards),
        issued_at=held.issued_at,
    )
    sign(row, held.packed, key, now)
    for start in range(0, len(cards), _ROWS):
        IssuedCard.objects.bulk_create(
            IssuedCard(
                desk=desk,
                status_list=row,
                index=index,
                number=number,
                status=lookup(held.packed, BITS, index),
            )
            for number, index in cards[start : start + _ROWS]
        )
