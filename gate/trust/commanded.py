"""What some of a hub's commands are about: an exit, who waits for the guard, a unit. Pure.

The first two name who gave the command and why, because a gate keeps that in a line of its record
(`gate.events.model`). Neither names the person it is about: that is a keyed hash.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeAlias

from gate.errors import TrustError
from gate.trust.person import PERSON_BYTES
from gate.trust.site_file import FileKind, check_moment

MAX_BY_CHARS: Final = 64
MAX_WHY_CHARS: Final = 120
"""Both stand in one line of a gate's record."""

MAX_POINT_CHARS: Final = 64
"""As long as an access point's name in the unit's file may be."""

MAX_POINTS: Final = 8
"""Of one unit, which has two at most today."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified:
    """The unit that is to show which one it is, by its access points' names."""

    access_points: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse what names no unit."""
        if not 1 <= len(self.access_points) <= MAX_POINTS:
            count = len(self.access_points)
            raise TrustError(f"identified: {count} access points, not 1 to {MAX_POINTS}")
        for point in self.access_points:
            _check_line("identified: access point", point, MAX_POINT_CHARS)


About: TypeAlias = Forgiven | Released | Identified


def claims_of(what: About | None) -> list[Any]:
    """Return the claims that stand behind a command's own."""
    match what:
        case None:
            return []
        case Forgiven():
            return [what.person, int(what.at.timestamp()), what.by, what.why]
        case Identified():
            return [list(what.access_points)]
        case Released():
            return [what.person, what.access_point, what.seq, what.by, what.why]


def read_claims(claims: Sequence[object], file: FileKind) -> About | None:
    """Return what a command is about; raises TrustError for claims that are none of ours."""
    match claims:
        case []:
            return None
        case [list(points)] if all(isinstance(point, str) for point in points):
            return Identified(access_points=tuple(points))
        case [bytes(person), at, str(by), str(why)]:
            moment = file.time(at, "a forgiven exit's time")
            return Forgiven(person=person, at=moment, by=by, why=why)
        case [bytes(person), str(point), int(seq), str(by), str(why)]:
            return Released(person=person, access_point=point, seq=seq, by=by, why=why)
        case _:
            raise TrustError(
                "manifest: payload: what a command is about is neither [person, at, by, why],"
                " [person, access point, record, by, why] nor [access points]"
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
