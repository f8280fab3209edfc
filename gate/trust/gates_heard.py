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
    up to then is known. Both are aware, UTC, whole seconds by the hub's clock; of a gate that was
    never heard both are `NEVER_HEARD`, as old as a moment can be, so that a gate of a version that
    knows no such word holds it for silent since then.

    `turned_in` and `turned_out` are how many passed of whom nobody knows who they are, in the last
    day and since the last fire. `alarm_at` is when the gate's last fire alarm began, `clear_at`
    when a named person ended it; both by the gate's clock, None if that never was.
    """

    uid: bytes
    name: str
    heard_at: datetime
    whole_at: datetime
    turned_in: int = 0
    turned_out: int = 0
    alarm_at: datetime | None = None
    clear_at: datetime | None = None

    @property
    def was_heard(self) -> bool:
        """Whether the hub ever heard it."""
        return self.heard_at > NEVER_HEARD


NEVER_HEARD: Final = datetime.fromtimestamp(MIN_TIME_S, UTC)
"""When a gate was heard that never was."""

NEVER: Final = -1
"""In place of how long ago something was that never was."""

MAX_TURNS: Final = 10_000_000
"""A hundred times what a turnstile turns in a day."""

Columns = tuple[bytes, list[str], list[int], list[int], list[int], list[int], list[int], list[int]]
"""Uids end to end, names, the ages of `heard_at` and `whole_at` in seconds, turns in and out, and
the ages of `alarm_at` and `clear_at`, NEVER if there was none."""


def columns_of(gates: Iterable[GateHeard], issued_s: int) -> Columns:
    """Return the gates by uid.

    Raises:
        TrustError: one without a uid, or a time that would not come back the same.
    """
    gates = sorted(gates, key=lambda gate: gate.uid)
    for gate in gates:
        if len(gate.uid) != UID_BYTES:
            raise TrustError(f"presence: gate {gate.name!r} has no uid of {UID_BYTES} bytes")
        check_moment("presence: heard_at", gate.heard_at)
        check_moment("presence: whole_at", gate.whole_at)
        for moment in (gate.alarm_at, gate.clear_at):
            if moment is not None:
                check_moment("presence: alarm_at or clear_at", moment)
    return (
        b"".join(gate.uid for gate in gates),
        [gate.name for gate in gates],
        [issued_s - int(gate.heard_at.timestamp()) for gate in gates],
        [issued_s - int(gate.whole_at.timestamp()) for gate in gates],
        [gate.turned_in for gate in gates],
        [gate.turned_out for gate in gates],
        [_age_s(gate.alarm_at, issued_s) for gate in gates],
        [_age_s(gate.clear_at, issued_s) for gate in gates],
    )


def gates_of(columns: Sequence[Any], issued_s: int) -> tuple[GateHeard, ...]:
    """Return the gates in columns that `check_gates` has passed."""
    uids, names, heard, whole, turned_in, turned_out, alarms, clears = columns
    rows = zip(_uids(uids), names, heard, whole, turned_in, turned_out, alarms, clears, strict=True)
    return tuple(
        GateHeard(
            *(uid, name, _ago(issued_s, heard_s), _ago(issued_s, whole_s), came, went),
            *(None if age_s == NEVER else _ago(issued_s, age_s) for age_s in (alarm_s, clear_s)),
        )
        for uid, name, heard_s, whole_s, came, went, alarm_s, clear_s in rows
    )


def check_gates(columns: Sequence[Any], issued_s: int) -> None:
    """Refuse columns that are no gates; that the names are lines of text is judged elsewhere.

    Raises:
        TrustError: naming what is wrong.
    """
    uids, names, heard, whole, *others = columns
    if not isinstance(uids, bytes) or not all(isinstance(one, list) for one in columns[1:]):
        raise TrustError("presence: a column of gates is not bytes, or not an array")
    count = len(names)
    if count > MAX_GATES:
        raise TrustError(f"presence: {count} gates, at most {MAX_GATES}")
    numbers = (heard, whole, *others)
    if len(uids) != count * UID_BYTES or {len(column) for column in numbers} != {count}:
        raise TrustError("presence: columns of gates of different lengths")
    if set().union(*(map(type, column) for column in numbers)) - {int}:
        raise TrustError("presence: a column of gates' ages holds something else")
    in_order = _uids(uids)
    if not all(map(lt, in_order, in_order[1:])):
        raise TrustError("presence: a gate stands twice, or out of order")
    oldest_s = issued_s - MIN_TIME_S
    if not all(0 <= ages[0] <= ages[1] <= oldest_s for ages in zip(heard, whole, strict=True)):
        raise TrustError("presence: a gate heard after now, or known further than it was heard")
    turned_in, turned_out, alarms, clears = others
    if not all(0 <= turns <= MAX_TURNS for turns in turned_in + turned_out):
        raise TrustError(f"presence: turns by nobody known, not 0 to {MAX_TURNS}")
    if not all(NEVER <= age_s <= oldest_s for age_s in alarms + clears):
        raise TrustError("presence: a fire alarm before 2020 or after now")


def _uids(together: bytes) -> list[bytes]:
    return [together[at : at + UID_BYTES] for at in range(0, len(together), UID_BYTES)]


def _age_s(moment: datetime | None, issued_s: int) -> int:
    """Return how long ago something was; a gate whose clock is ahead has it now."""
    return NEVER if moment is None else max(0, issued_s - int(moment.timestamp()))


def _ago(issued_s: int, seconds: int) -> datetime:
    return datetime.fromtimestamp(issued_s - seconds, UTC)
