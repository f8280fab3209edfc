"""What two of a hub's commands are about: a forgotten exit, and who waits for the guard. Pure.

Both name who gave the command and why, because a gate keeps that in a line of its record
(`gate.events.model`). Neither names the person it is about: that is a keyed hash.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from gate.errors import TrustError
from gate.trust.person import PERSON_BYTES
from gate.trust.site_file import FileKind, check_moment

MAX_BY_CHARS: Final = 64
MAX_WHY_CHARS: Final = 120
"""Both stand in one line of a gate's record."""

MAX_POINT_CHARS: Final = 64
"""As long as an access point's name in the unit's file may be."""

MAX_SEQ: Final = 2**53 - 1
"""As an entry's number (`gate.events.model`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgiven:
    """An exit that was forgotten, and that a manager takes for made: whose, when, by whom, why."""

    person: bytes
    at: datetime
    by: str
    why: str

    def __post_init__(self) -> None:
        """Refuse what no record could keep."""
        _check_person("forgiven", self.person)
        check_moment("forgiven: at", self.at)
        _check_author("forgiven", self.by, self.why)


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """Somebody who was sent to the guard, and whom the guard lets in from the gatehouse.

    Attributes:
        person: as a keyed hash.
        access_point: where they stand, by its name.
        seq: the number of the record by which that gate referred them.
        by, why: which guard, and the reason.
    """

    person: bytes
    access_point: str
    seq: int
    by: str
    why: str

    def __post_init__(self) -> None:
        """Refuse what names no record of a gate, or what no record could keep."""
        _check_person("released", self.person)
        _check_line("released: access point", self.access_point, MAX_POINT_CHARS)
        if not 1 <= self.seq <= MAX_SEQ:
            raise TrustError(f"released: record {self.seq}: outside 1 to {MAX_SEQ}")
        _check_author("released", self.by, self.why)


def claims_of(what: Forgiven | Released | None) -> list[Any]:
    """Return the claims that stand behind a command's own."""
    match what:
        case None:
            return []
        case Forgiven():
            return [what.person, int(what.at.timestamp()), what.by, what.why]
        case Released():
            return [what.person, what.access_point, what.seq, what.by, what.why]


def read_claims(claims: Sequence[object], file: FileKind) -> Forgiven | Released | None:
    """Return what a command is about; raises TrustError for claims that are none of ours."""
    match claims:
        case []:
            return None
        case [bytes(person), at, str(by), str(why)]:
            moment = file.time(at, "a forgiven exit's time")
            return Forgiven(person=person, at=moment, by=by, why=why)
        case [bytes(person), str(point), int(seq), str(by), str(why)]:
            return Released(person=person, access_point=point, seq=seq, by=by, why=why)
        case _:
            raise TrustError(
                "manifest: payload: what a command is about is neither [person, at, by, why] nor"
                " [person, access point, record, by, why]"
            )


def _check_person(name: str, person: bytes) -> None:
    if len(person) != PERSON_BYTES:
        raise TrustError(f"{name}: a person of {len(person)} bytes, not {PERSON_BYTES}")


def _check_author(name: str, by: str, why: str) -> None:
    _check_line(f"{name}: by", by, MAX_BY_CHARS)
    _check_line(f"{name}: why", why, MAX_WHY_CHARS)


def _check_line(name: str, text: str, most: int) -> None:
    if not text.strip() or not text.isprintable() or len(text) > most:
        raise TrustError(f"{name}: not one line of 1 to {most} characters")
