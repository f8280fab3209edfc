"""A desk's status lists: opened in time, changed and signed in the database under a lock.

A list takes cards until seven eighths of its places are taken: so a free place is found at random
within a few draws. The next list is opened, and published empty, when three quarters are: gates
then have it before the first card in it is shown to them. The lists of a desk are numbered from 1
without gaps, so that gates find the next.

Who changes a list holds its row: nobody signs older bits over newer ones, and no two cards get one
place. Its time is always later than the one before, even if the clock is not.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from gate.errors import TrustError
from gate.hub.desk.models import Desk, DeskList
from gate.signing.keys import SigningKey
from gate.trust.status_list import Status, StatusList, list_name
from gate.trust.status_token import MAX_TOKEN_BYTES, issue_status_token

BITS: Final = 2
PER_BYTE: Final = 8 // BITS

LIST_LIFE: Final = timedelta(days=14)
"""Judged when a gate takes it: long enough to be carried there by hand, after a holiday."""

LOOK_AGAIN: Final = timedelta(minutes=15)
"""The list's ttl: so long may a gate that is online not know of a change."""

_LEVEL: Final = 6
"""zlib's own usual: on 2.1 million cards at 1 % revoked 1 % larger than 9, in half the time."""


def is_full(held: DeskList) -> bool:
    """Tell whether a list takes no more cards."""
    return held.taken >= max(1, held.size * 7 // 8)


def wants_a_next(held: DeskList) -> bool:
    """Tell whether it is time to open the list after this one."""
    return held.taken >= max(1, held.size * 3 // 4)


def list_of(held: DeskList) -> StatusList:
    """Return a list as it stands at its desk; here none is too old."""
    return StatusList(
        uri=held.uri,
        issued_at=held.issued_at,
        expires_at=None,
        ttl_s=None,
        bits=BITS,
        packed=bytes(held.packed),
    )


def locked_lists(desk: Desk) -> list[DeskList]:
    """Return a desk's lists, without bits and tokens, locked until the transaction ends."""
    lists = DeskList.objects.select_for_update().defer("packed", "token")
    return list(lists.filter(desk=desk).order_by("number"))


def add_list(
    desk: Desk, key: SigningKey, now: datetime, *, after: int = 0, size: int | None = None
) -> DeskList:
    """Open the list after number `after`, empty, in a transaction of the caller's."""
    number = after + 1
    uri = f"{desk.status_base}{number}"
    places = desk.capacity if size is None else size
    packed = bytes(-(-places // PER_BYTE))
    held = DeskList(desk=desk, number=number, uri=uri, name=list_name(uri), size=places)
    sign(held, packed, key, now)
    return held


def sign(held: DeskList, packed: bytes, key: SigningKey, now: datetime) -> None:
    """Sign a locked list with these bits and save it.

    Raises:
        TrustError: units would not read a list so large.
    """
    issued_at = now.replace(microsecond=0)
    if held.issued_at is not None:
        issued_at = max(issued_at, held.issued_at + timedelta(seconds=1))
    fresh = StatusList(
        uri=held.uri,
        issued_at=issued_at,
        expires_at=issued_at + LIST_LIFE,
        ttl_s=int(LOOK_AGAIN.total_seconds()),
        bits=BITS,
        packed=packed,
    )
    token = issue_status_token(fresh, key, compression_level=_LEVEL)
    if len(token) > MAX_TOKEN_BYTES:
        raise TrustError(
            f"status list {held.uri}: {len(token)} bytes with this change, and units read "
            f"{MAX_TOKEN_BYTES}; nothing was changed"
        )
    held.packed = packed
    held.issued_at = issued_at
    held.token = token
    held.digest = sha256(token).hexdigest()
    held.save()


def with_status(packed: bytes, indices: Iterable[int], status: Status) -> bytes:
    """Return a list's bits with each of `indices` at `status`."""
    changed = bytearray(packed)
    shifts = [BITS * place for place in range(PER_BYTE)]
    clear = [0xFF ^ (((1 << BITS) - 1) << shift) for shift in shifts]
    put = [status << shift for shift in shifts]
    for index in indices:
        place = index % PER_BYTE
        changed[index // PER_BYTE] = changed[index // PER_BYTE] & clear[place] | put[place]
    return bytes(changed)


def set_indices(
    by_list: Mapping[int, Iterable[int]], status: Status, key: SigningKey, now: datetime
) -> None:
    """Give places of locked lists, by the lists' ids, a status, and sign those lists."""
    for held in DeskList.objects.defer("token").filter(pk__in=by_list):
        sign(held, with_status(bytes(held.packed), by_list[held.pk], status), key, now)
