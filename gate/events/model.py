"""One record of the journal: a fact that is never erased, and a holder part that may be.

A fact says what happened and where; it names nobody. The holder part names the person and hangs on
the fact by a salted commitment, so that a person can be erased (salt and holder part deleted) and
the chain still verifies (docs/adr, the journal's form).

A value that exists is valid: constructors raise EventError and nothing else.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from gate.errors import EventError

MAX_TEXT_CHARS: Final = 64
"""Access point, direction, outcome, one reason: as long as a name in the unit's file may be."""

MAX_DETAIL_CHARS: Final = 256
"""A part's name, or a former journal's id, file name and fault; facts travel by the million."""

MAX_REASONS: Final = 64
"""Every reason of the table once, with room for as many again."""

MAX_NUMBER: Final = 2**53 - 1
"""The largest integer that JSON carries unharmed to a browser (RFC 8259, section 6)."""

PERSON_BYTES: Final = 16
"""The keyed hash of a person, cut as TRUST-AND-SYNC says."""

_CODE: Final = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
_NO_OFFSET: Final = timedelta(0)


class EventKind(StrEnum):
    """What a record is about."""

    JOURNAL_OPENED = "journal_opened"
    UNIT_STARTED = "unit_started"
    UNIT_STOPPED = "unit_stopped"
    ACCESS = "access"
    FAULT = "fault"
    FAULT_CLEARED = "fault_cleared"
    EXITS_UNRECORDED = "exits_unrecorded"
    CLOCK_JUMPED = "clock_jumped"
    FRESHNESS = "freshness"
    MANIFEST = "manifest"
    COMMAND = "command"
    TURNED = "turned"
    NOT_TURNED = "not_turned"
    TURN_UNKNOWN = "turn_unknown"
    TURNS_UNIDENTIFIED = "turns_unidentified"
    FORCED = "forced"
    HELD = "held"
    HELD_OVER = "held_over"
    EXIT_BUTTON = "exit_button"
    MAINTENANCE = "maintenance"
    FIRE_ALARM = "fire_alarm"
    FIRE_TEST = "fire_test"
    ALL_CLEAR = "all_clear"
    FORGIVEN = "forgiven"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """The fact, before the journal gives it its place.

    Attributes:
        at: aware, UTC, 1970 or later, kept to the millisecond.
        clock_trusted: whether `at` can be relied upon.
        access_point, direction: empty when the record is about the unit itself.
        outcome, reasons: of an access decision; reasons are codes, strictest first.
        count: how many like presentations, or turns, this record stands for (1 or more).
        list_age_s: age of the status list the decision stood on; None if none was consulted.
        detail: for faults, what part; for a new journal, its predecessor; for the clock, by how
            much; for freshness, tier and what of; for a manifest, its version; for a command, what
            and its id; for a turn, the grant's number; for a fire, in how many milliseconds both
            ways were free; for an exit that was forgiven, the command's id, by which manager and
            why. One line, never a person who came to the gate.
    """

    at: datetime
    clock_trusted: bool
    kind: EventKind
    access_point: str = ""
    direction: str = ""
    outcome: str = ""
    reasons: tuple[str, ...] = ()
    count: int = 1
    list_age_s: int | None = None
    detail: str = ""

    def __post_init__(self) -> None:
        """Refuse what could not be stored, hashed and read back the same."""
        if self.at.utcoffset() != _NO_OFFSET or self.at.year < 1970:
            raise EventError(f"event time {self.at!r}: not an aware UTC time of 1970 or later")
        _check_text("access_point", self.access_point, MAX_TEXT_CHARS)
        _check_text("direction", self.direction, MAX_TEXT_CHARS)
        _check_text("outcome", self.outcome, MAX_TEXT_CHARS)
        _check_text("detail", self.detail, MAX_DETAIL_CHARS)
        if len(self.reasons) > MAX_REASONS:
            raise EventError(f"reasons: {len(self.reasons)} of them, at most {MAX_REASONS}")
        for reason in self.reasons:
            _check_text("reason", reason, MAX_TEXT_CHARS)
            if not _CODE.fullmatch(reason):
                raise EventError(f"reason {reason!r}: not a code of a-z, 0-9 and _")
        if not 1 <= self.count <= MAX_NUMBER:
            raise EventError(f"count {self.count}: outside 1 to {MAX_NUMBER}")
        if self.list_age_s is not None and not 0 <= self.list_age_s <= MAX_NUMBER:
            raise EventError(f"list_age_s {self.list_age_s}: outside 0 to {MAX_NUMBER}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who it was: `person` is the keyed hash, the rest as the card said it."""

    person: bytes
    issuer: str
    number: str
    name: str
    card_type: str

    def __post_init__(self) -> None:
        """Refuse a person that is not a keyed hash; the texts are the card's own business."""
        if len(self.person) != PERSON_BYTES:
            raise EventError(f"person: {len(self.person)} bytes, not {PERSON_BYTES}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A record in its place; hashes are 32 bytes, `salt` and `holder` None when erased or absent.

    `holder` is the exact text that was committed to (gate.events.codec). An entry that exists has
    not thereby been verified: that is `gate.events.chain`'s business.
    """

    journal_id: bytes
    seq: int
    event: Event
    commitment: bytes
    salt: bytes | None
    holder: str | None
    hash: bytes


def which_grant(seq: int) -> str:
    """Return how a record says which grant it is about: by the number of the grant's record."""
    return f"grant {seq}"


def _check_text(name: str, text: str, max_chars: int) -> None:
    """Accept one line of printable text; `isprintable` also refuses lone surrogates."""
    if not text.isprintable():
        raise EventError(f"{name} {text!r}: not one line of printable text")
    if len(text) > max_chars:
        raise EventError(f"{name} {text[:20]!r}...: more than {max_chars} characters")
