"""One record of the journal: a fact that is never erased, and a holder part that may be.

A fact says what happened and where; it names nobody. The holder part names the person and hangs on
the fact by a salted commitment, so that a person can be erased (salt and holder part deleted) and
the chain still verifies (docs/adr, the journal's form).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class EventKind(StrEnum):
    """What a record is about."""

    JOURNAL_OPENED = "journal_opened"
    UNIT_STARTED = "unit_started"
    UNIT_STOPPED = "unit_stopped"
    ACCESS = "access"
    FAULT = "fault"
    FAULT_CLEARED = "fault_cleared"
    EXITS_UNRECORDED = "exits_unrecorded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """The fact, before the journal gives it its place.

    Attributes:
        at: aware, UTC, kept to the millisecond.
        clock_trusted: whether `at` can be relied upon.
        access_point, direction: empty when the record is about the unit itself.
        outcome, reasons: of an access decision; reasons are codes, strictest first.
        count: how many like presentations this record stands for (1 or more).
        list_age_s: age of the status list the decision stood on; None if none was consulted.
        detail: for faults, what part; for a new journal, its predecessor. Never a person.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who it was: `person` is the keyed hash, the rest as the card said it."""

    person: bytes
    issuer: str
    number: str
    name: str
    card_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A record in its place; hashes are 32 bytes, `salt` and `holder` None when erased or absent.

    `holder` is the exact text that was committed to (gate.events.codec).
    """

    journal_id: bytes
    seq: int
    event: Event
    commitment: bytes
    salt: bytes | None
    holder: str | None
    hash: bytes
