"""How far a site's hub had heard each of its gates: columns of a presence. Pure.

A gate that is cut off has passages that the hub doesn't know; so a presence that was signed this
second may still have a hole, and says where.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from operator import lt
from typing import Any, Final, NamedTuple

from gate.errors import TrustError
from gate.trust.site_file import check_moment
from gate.trust.status_token import MIN_TIME_S

MAX_GATES: Final = 1_000
"""Ten times the gates of the largest site there is."""

UID_BYTES: Final = 8
"""A unit's uid is its key's kid."""


class GateHeard(NamedTuple):
    """How far the hub had heard a gate.

    `name` is for people. `whole_at` is no later than `heard_at`: everything that the gate recorded
    up to then is known. Both are aware, UTC, whole seconds by the hub's clock.
    """

    uid: bytes
    name: str
    heard_at: datetime
    whole_at: datetime


Columns = tuple[bytes, list[str], list[int], list[int]]
"""Uids end to end, names, and the ages of `heard_at` and `whole_at` in seconds."""


def columns_of(gates: Iterable[GateHeard], issued_s: int) -> Columns:
    """Return the gates by uid.

    Raises:
        TrustError: one without a uid, or a time that would not come back the same.
    """
    gates = sorted(gates)
    for gate in gates:
        if len(gate.uid) != UID_BYTES:
            raise TrustError(f"presence: gate {gate.name!r} has no uid of {UID_BYTES} bytes")
        check_moment("presence: heard_at", gate.heard_at)
        check_moment("presence: whole_at", gate.whole_at)
    return (
        b"".join(gate.uid for gate in gates),
        [gate.name for gate in gates],
        [issued_s - int(gate.heard_at.timestamp()) for gate in gates],
        [issued_s - int(gate.whole_at.timestamp()) for gate in gates],
    )


def gates_of(columns: Sequence[Any], issued_s: int) -> tuple[GateHeard, ...]:
    """Return the gates in columns that `check_gates` has passed."""
    uids, names, heard, whole = columns
    return tuple(
        GateHeard(uid, name, _ago(issued_s, heard_s), _ago(issued_s, whole_s))
        for uid, name, heard_s, whole_s in zip(_uids(uids), names, heard, whole, strict=True)
    )


def check_gates(columns: Sequence[Any], issued_s: int) -> None:
    """Refuse columns that are no gates; that the names are lines of text is judged elsewhere.

    Raises:
        TrustError: naming what is wrong.
    """
    uids, names, heard, whole = columns
    if not isinstance(uids, bytes) or not all(isinstance(one, list) for one in columns[1:]):
        raise TrustError("presence: a column of gates is not bytes, or not an array")
    count = len(names)
    if count > MAX_GATES:
        raise TrustError(f"presence: {count} gates, at most {MAX_GATES}")
    if len(uids) != count * UID_BYTES or not count == len(heard) == len(whole):
        raise TrustError("presence: columns of gates of different lengths")
    if set(map(type, heard + whole)) - {int}:
        raise TrustError("presence: a column of gates' ages holds something else")
    in_order = _uids(uids)
    if not all(map(lt, in_order, in_order[1:])):
        raise TrustError("presence: a gate stands twice, or out of order")
    oldest_s = issued_s - MIN_TIME_S
    if not all(0 <= ages[0] <= ages[1] <= oldest_s for ages in zip(heard, whole, strict=True)):
        raise TrustError("presence: a gate heard after now, or known further than it was heard")


def _uids(together: bytes) -> list[bytes]:
    return [together[at : at + UID_BYTES] for at in range(0, len(together), UID_BYTES)]


def _ago(issued_s: int, seconds: int) -> datetime:
    return datetime.fromtimestamp(issued_s - seconds, UTC)
