"""What a manifest tells of inductions, where the site's rules ask: of which version, on which day.

Four bytes a person, in the order of the persons: the version in two, the day since the beginning
of 2000 in two, most significant first; four zeros where the hub doesn't know. Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from struct import Struct
from typing import Final

from gate.errors import TrustError

MAX_VERSION: Final = 2**16 - 1

_FIRST: Final = date(2000, 1, 1)
_LAST: Final = _FIRST + timedelta(days=2**16 - 1)
_ROW: Final = Struct(">HH")
_NOT_KNOWN: Final = (0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldInduction:
    """An induction of `version`, from 1, held on the day `on` in the site's own time."""

    version: int
    on: date

    def __post_init__(self) -> None:
        """Refuse what has no place in four bytes."""
        if not 1 <= self.version <= MAX_VERSION:
            raise TrustError(f"induction: version {self.version}, outside 1 to {MAX_VERSION}")
        if not _FIRST < self.on <= _LAST:
            raise TrustError(f"induction: on {self.on}, outside 2000-01-02 to {_LAST}")


def pack(persons: Sequence[bytes], inductions: Mapping[bytes, HeldInduction]) -> bytes:
    """Return the rows of `persons`, one after the other."""
    rows = (inductions.get(person) for person in persons)
    return b"".join(
        _ROW.pack(*(_NOT_KNOWN if row is None else (row.version, (row.on - _FIRST).days)))
        for row in rows
    )


def unpack(persons: Sequence[bytes], rows: object) -> dict[bytes, HeldInduction]:
    """Return what is known of `persons`.

    Raises:
        TrustError: not four bytes for each, or a version or a day without the other.
    """
    if not isinstance(rows, bytes) or len(rows) != _ROW.size * len(persons):
        raise TrustError(f"manifest: inductions: not {_ROW.size} bytes for each inducted person")
    return {
        person: HeldInduction(version=version, on=_FIRST + timedelta(days=day))
        for person, (version, day) in zip(persons, _ROW.iter_unpack(rows), strict=True)
        if (version, day) != _NOT_KNOWN
    }
