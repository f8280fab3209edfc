"""How long everybody was at a site, as its hub counted it for the gates that ask: pure.

The hub's online key signs it like the presence. It is served to the site's own units only, while
the site's rules ask for hours. It names nobody: persons are keyed hashes. Minutes are of stays that
a gate saw begin and end; where something is missing the minutes are the least they can be, and a
flag says so. The form is docs/reference/site-files.md's.

Invariant: `open_hours` of any bytes is hours whose `sign_hours` by the same key is these bytes
(Ed25519 is deterministic), or TrustError.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from operator import lt
from typing import Any, Final, NamedTuple

from gate.errors import EncodingError, TrustError
from gate.signing import cbor
from gate.signing.keys import SigningKey
from gate.signing.message import sign_message
from gate.trust.bundle import TrustedKey
from gate.trust.person import PERSON_BYTES
from gate.trust.site_file import FileKind, check_moment, check_site_name

KIND: Final = FileKind(name="hours", typ="application/vnd.site-gate.hours+cbor", max_bytes=1 << 20)
"""20,000 persons take 460 kB."""

MAX_ROWS: Final = 20_000
"""As many persons as a presence tells of."""

MAX_WEEK_MIN: Final = 8 * 24 * 60
"""Seven days that stays began on; the last may end a day later."""

_EPOCH: Final = date(1970, 1, 1)
_WEEK_MISSES: Final = 1
_AVERAGE_MISSES: Final = 2
_FLAGS: Final = bytes(range(4))
_MINUTES_BYTES: Final = 2


class Hours(NamedTuple):
    """One person's: minutes of the day, of its week from Monday, and of a week on average.

    `week_is_whole` tells of day and week, `average_is_whole` of the average, whether nothing is
    missing from them.
    """

    person: bytes
    day_min: int
    week_min: int
    average_week_min: int
    week_is_whole: bool = True
    average_is_whole: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteHours:
    """What the hub had counted at `issued_at`; `day` is that of the site's calendar then.

    `is_whole` tells whether every gate's record was there: if not, anybody may have been on site
    for longer. Who has no row was not on site within the weeks that are counted.
    """

    site: str
    issued_at: datetime
    day: date
    is_whole: bool = True
    rows: tuple[Hours, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what is of no site or no time."""
        check_site_name(self.site)
        check_moment("hours: issued_at", self.issued_at)
        if abs(self.day - self.issued_at.date()) > timedelta(days=1):
            raise TrustError(f"hours: of {self.day}, counted on {self.issued_at:%Y-%m-%d}")


def sign_hours(hours: SiteHours, key: SigningKey) -> bytes:
    """Return the message that carries `hours`; raises TrustError for what can't be sent."""
    message = sign_message(KIND.typ, _encode(hours), key)
    if len(message) > KIND.max_bytes:
        raise TrustError(f"hours: {len(message)} bytes, at most {KIND.max_bytes}")
    return message


def open_hours(data: bytes, keys: Sequence[TrustedKey], site: str) -> SiteHours:
    """Return the hours in a message, if a hub trusted for `site` signed them; rows by person.

    1. Check the size, the header, the signature.  2. Read the payload; it is in its one encoding.
    3. The key was trusted when it was issued.  4. It is this site's.

    Raises:
        TrustError: naming the step that failed.
    """
    # 1.
    signer, payload = KIND.unseal(data, keys)
    # 2.
    hours = _decode(payload)
    # 3.
    KIND.check_signer(signer, keys, hours.issued_at)
    # 4.
    KIND.check_site(hours.site, site)
    return hours


def accept_hours(
    fresh: SiteHours, held: SiteHours | None, now: datetime, *, clock_trusted: bool
) -> None:
    """Refuse hours that must not replace those held.

    Raises:
        TrustError: of another site, not yet issued, or older than `held`.
    """
    KIND.check_issued(fresh.issued_at, now, clock_trusted=clock_trusted)
    if held is None:
        return
    KIND.check_site(fresh.site, held.site)
    if fresh.issued_at < held.issued_at:
        raise TrustError(
            f"hours: issued at {fresh.issued_at:%Y-%m-%d %H:%M:%S}, "
            f"held are of {held.issued_at:%Y-%m-%d %H:%M:%S} UTC"
        )


def _encode(hours: SiteHours) -> bytes:
    rows = sorted(hours.rows)
    flags = bytes(
        (0 if row.week_is_whole else _WEEK_MISSES)
        + (0 if row.average_is_whole else _AVERAGE_MISSES)
        for row in rows
    )
    columns: tuple[Any, ...] = (
        b"".join(row.person for row in rows),
        *map(_packed, zip(*(row[1:4] for row in rows), strict=True) if rows else ((), (), ())),
        flags,
    )
    _check(columns)
    day = (hours.day - _EPOCH).days
    issued_s = int(hours.issued_at.timestamp())
    claims = (hours.site, issued_s, day, int(hours.is_whole), *columns)
    return cbor.encode(dict(enumerate(claims, start=1)))


def _decode(payload: bytes) -> SiteHours:
    try:
        claims: Any = cbor.decode(payload)
    except EncodingError as error:
        raise TrustError(f"hours: payload: {error}") from error
    if not isinstance(claims, dict) or list(claims) != list(range(1, 10)):
        raise TrustError("hours: payload: not the nine claims of hours")
    site, issued, day, whole, *columns = claims.values()
    issued_at = KIND.time(issued, "issued_at")
    if not isinstance(site, str) or type(day) is not int or not 0 <= day < 50_000:
        raise TrustError("hours: payload: no site, or no day")
    if type(whole) is not int or whole not in {0, 1}:
        raise TrustError("hours: payload: whole is neither 0 nor 1")
    _check(columns)
    persons, *minutes, flags = columns
    rows = zip(
        _hashes(persons),
        *(_unpacked(column) for column in minutes),
        (not flag & _WEEK_MISSES for flag in flags),
        (not flag & _AVERAGE_MISSES for flag in flags),
        strict=True,
    )
    return SiteHours(
        site=site,
        issued_at=issued_at.astimezone(UTC),
        day=_EPOCH + timedelta(days=day),
        is_whole=whole == 1,
        rows=tuple(map(Hours._make, rows)),
    )


def _check(columns: Sequence[Any]) -> None:
    persons, *numbers, flags = columns
    if not isinstance(persons, bytes) or not isinstance(flags, bytes):
        raise TrustError("hours: persons or flags are not bytes")
    count = len(flags)
    if count > MAX_ROWS:
        raise TrustError(f"hours: {count} persons, at most {MAX_ROWS}")
    if flags.strip(_FLAGS):
        raise TrustError("hours: a flag that is none of 0 to 3")
    for column in numbers:
        if not isinstance(column, bytes) or len(column) != count * _MINUTES_BYTES:
            raise TrustError("hours: columns of different lengths")
        if max(_unpacked(column), default=0) > MAX_WEEK_MIN:
            raise TrustError(f"hours: more than {MAX_WEEK_MIN} minutes")
    hashes = _hashes(persons)
    if len(persons) != count * PERSON_BYTES or not all(map(lt, hashes, hashes[1:])):
        raise TrustError("hours: a person stands twice, or out of order")


def _packed(minutes: Sequence[int]) -> bytes:
    try:
        return struct.pack(f">{len(minutes)}H", *minutes)
    except struct.error as error:
        raise TrustError(f"hours: more than {MAX_WEEK_MIN} minutes") from error


def _unpacked(column: bytes) -> tuple[int, ...]:
    return struct.unpack(f">{len(column) // _MINUTES_BYTES}H", column)


def _hashes(persons: bytes) -> list[bytes]:
    places = range(0, len(persons), PERSON_BYTES)
    return [persons[place : place + PERSON_BYTES] for place in places]
