"""A site's presence: everybody's last passage at any of its gates, and how far each was heard.

It is signed like the manifest, replaced whole every few seconds, and good for as long as it is
young: age decides, it has no expiry. It names people, for the roll call, and so it is served to the
site's own units only. The form is docs/reference/site-files.md's: columns, with a table of texts
that repeat.

Invariant: `open_presence` of any bytes is a presence whose `sign_presence` by the same key is these
bytes (Ed25519 is deterministic), or TrustError.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from operator import attrgetter, lt
from typing import Any, Final, NamedTuple

import cbor2

from gate.errors import TrustError
from gate.signing.keys import SigningKey
from gate.signing.message import sign_message
from gate.trust.bundle import TrustedKey
from gate.trust.gates_heard import GateHeard, check_gates, columns_of, gates_of
from gate.trust.person import PERSON_BYTES
from gate.trust.site_file import FileKind, check_moment, check_site_name
from gate.trust.status_token import MAX_TIME_S

KIND: Final = FileKind(
    name="presence", typ="application/vnd.site-gate.presence+cbor", max_bytes=4 << 20
)
"""20,000 persons take 850 kB."""

MAX_ROWS: Final = 20_000
"""As many persons as a manifest may have inducted."""

MAX_TEXT_CHARS: Final = 128
"""A name on a card has at most 64 bytes (CARD.md), an access point 64 characters."""

PASSED: Final = "passed"
WAYS: Final = (
    *(("out", PASSED), ("in", PASSED)),
    *(("out", "not_known"), ("in", "not_known")),
    ("out", "forgiven"),
)
"""Which way, and how that is known, as `gate.access` has them (`Direction`, `How`); their places
here are their numbers on the wire. An entry is never forgiven."""

_UNSHOWN: Final = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""Controls, line ends, what turns the direction of writing, half characters. Not `isprintable`:
its table grows with Python's, and a hub's may be newer than a gate's."""

_NO_TIME: Final = timedelta(0)
_CLAIMS: Final = [(int, key) for key in range(1, 19)]
_WAY_BYTES: Final = bytes(range(len(WAYS)))
_DECODE_ERRORS: Final = (
    cbor2.CBORDecodeError,
    ValueError,
    TypeError,
    OverflowError,
    RecursionError,
)


class LastPassage(NamedTuple):
    """Where a person was last let through, and who it was, for people to read.

    A tuple because a gate makes one of each person every 15 seconds, and it costs a fifth of a
    frozen dataclass. `person` is the keyed hash, `direction` "in" or "out", `at` aware, UTC, whole
    seconds by the gate's clock; `name` and `company` may be empty; `how` it is known, as in `WAYS`.
    """

    person: bytes
    direction: str
    at: datetime
    access_point: str
    area: str
    name: str
    company: str
    how: str = PASSED


@dataclass(frozen=True, slots=True, kw_only=True)
class SitePresence:
    """What the hub knew at `issued_at`.

    Attributes:
        rows: last passages by person, each person once.
        gates: those of the site that were ever heard, each once.
    """

    site: str
    issued_at: datetime
    rows: tuple[LastPassage, ...] = ()
    gates: tuple[GateHeard, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what is of no site or no time; the rows are judged when signed and when opened."""
        check_site_name(self.site)
        check_moment("presence: issued_at", self.issued_at)

    @property
    def lag(self) -> timedelta:
        """How far behind `issued_at` the record is that was known least far; 0 without a gate.

        A gate that was never heard is not waited for: one that has just joined would make every
        second entry doubtful. A roll call names it.
        """
        heard = (self.issued_at - gate.whole_at for gate in self.gates if gate.was_heard)
        return max(heard, default=_NO_TIME)


def sign_presence(presence: SitePresence, key: SigningKey) -> bytes:
    """Return the message that carries `presence`, signed by the hub's `key`.

    Raises:
        TrustError: a row that would not come back the same, or more than can be sent.
    """
    message = sign_message(KIND.typ, _encode(presence), key)
    if len(message) > KIND.max_bytes:
        raise TrustError(f"presence: {len(message)} bytes, at most {KIND.max_bytes}")
    return message


def open_presence(data: bytes, keys: Sequence[TrustedKey], site: str) -> SitePresence:
    """Return the presence in a message, if a hub trusted for `site` signed it; rows by person.

    1. Check the size; take apart, compare the header, check the signature.  2. Read the payload;
    it is in its one encoding.  3. The key was trusted when it was issued.  4. It is this site's.
    Whether it may replace the one held is `accept_presence`'s business.

    Raises:
        TrustError: naming the step that failed.
    """
    # 1.
    signer, payload = KIND.unseal(data, keys)
    # 2.
    presence = _decode(payload)
    # 3.
    KIND.check_signer(signer, keys, presence.issued_at)
    # 4.
    KIND.check_site(presence.site, site)
    return presence


def accept_presence(
    fresh: SitePresence, held: SitePresence | None, now: datetime, *, clock_trusted: bool
) -> None:
    """Refuse a presence that must not replace the one held.

    Raises:
        TrustError: of another site, not yet issued, or older than `held`.
    """
    KIND.check_issued(fresh.issued_at, now, clock_trusted=clock_trusted)
    if held is None:
        return
    KIND.check_site(fresh.site, held.site)
    if fresh.issued_at < held.issued_at:
        raise TrustError(
            f"presence: issued at {fresh.issued_at:%Y-%m-%d %H:%M:%S}, "
            f"held is of {held.issued_at:%Y-%m-%d %H:%M:%S} UTC"
        )


def _encode(presence: SitePresence) -> bytes:
    rows = sorted(presence.rows, key=attrgetter("person"))
    for row in rows:
        if (row.direction, row.how) not in WAYS or len(row.person) != PERSON_BYTES:
            raise TrustError("presence: a row without a person, or neither in nor out")
        if row.at.utcoffset() != _NO_TIME or row.at.microsecond:
            raise TrustError(f"presence: a row's time {row.at!r}: not a whole second, UTC")
    issued_s = int(presence.issued_at.timestamp())
    table = sorted({text for row in rows for text in (row.access_point, row.area, row.company)})
    number = {text: place for place, text in enumerate(table)}
    columns = (
        table,
        b"".join(row.person for row in rows),
        bytes(WAYS.index((row.direction, row.how)) for row in rows),
        [issued_s - int(row.at.timestamp()) for row in rows],
        [number[row.access_point] for row in rows],
        [number[row.area] for row in rows],
        [row.name for row in rows],
        [number[row.company] for row in rows],
        *columns_of(presence.gates, issued_s),
    )
    _check(issued_s, columns)
    claims = (presence.site, issued_s, *columns)
    return cbor2.dumps(dict(enumerate(claims, start=1)))


def _decode(payload: bytes) -> SitePresence:
    stream = BytesIO(payload)
    try:
        claims = cbor2.load(stream)
    except _DECODE_ERRORS as error:
        raise TrustError("presence: payload: not CBOR") from error
    if not isinstance(claims, dict) or [(type(key), key) for key in claims] != _CLAIMS:
        raise TrustError("presence: payload: not the eighteen claims of a presence")
    site, issued, *columns = claims.values()
    issued_at = KIND.time(issued, "issued_at")
    if not isinstance(site, str):
        raise TrustError("presence: payload: the site is no text")
    _check(issued, columns)
    if cbor2.dumps(claims) != payload:
        raise TrustError("presence: payload: not in its one encoding")
    table, persons, ways, ages, points, areas, names, companies, *gates = columns
    rows = zip(
        _hashes(persons),
        (WAYS[way][0] for way in ways),
        (datetime.fromtimestamp(issued - age, UTC) for age in ages),
        map(table.__getitem__, points),
        map(table.__getitem__, areas),
        names,
        map(table.__getitem__, companies),
        (WAYS[way][1] for way in ways),
        strict=True,
    )
    return SitePresence(
        site=site,
        issued_at=issued_at,
        rows=tuple(map(LastPassage._make, rows)),
        gates=gates_of(gates, issued),
    )


def _check(issued_s: int, columns: Sequence[Any]) -> None:
    """Judge columns whole: row by row would cost as much as all the rest."""
    table, persons, directions, ages, points, areas, names, companies, *gates = columns
    numbers, texts = (ages, points, areas, companies), (table, names)
    if not isinstance(persons, bytes) or not isinstance(directions, bytes):
        raise TrustError("presence: persons or directions are not bytes")
    if not all(isinstance(column, list) for column in (*numbers, *texts)):
        raise TrustError("presence: a column is not an array")
    count = len(directions)
    if count > MAX_ROWS:
        raise TrustError(f"presence: {count} persons, at most {MAX_ROWS}")
    if len(persons) != count * PERSON_BYTES or {len(column) for column in (*numbers, names)} != {
        count
    }:
        raise TrustError("presence: columns of different lengths")
    if set().union(*(map(type, column) for column in numbers)) - {int}:
        raise TrustError("presence: a column of numbers holds something else")
    for column in texts:
        _check_texts(column)
    _check_order(persons, table, set().union(points, areas, companies))
    if directions.strip(_WAY_BYTES):
        raise TrustError(f"presence: a direction that is none of 0 to {len(WAYS) - 1}")
    if count and not (max(ages) <= issued_s and issued_s - min(ages) < MAX_TIME_S):
        raise TrustError("presence: a passage before 1970 or after 2100")
    check_gates(gates, issued_s)
    _check_texts(gates[1])


def _check_texts(texts: list[Any]) -> None:
    if set(map(type, texts)) - {str}:
        raise TrustError("presence: a column of texts holds something else")
    if _UNSHOWN.search("".join(texts)) or max(map(len, texts), default=0) > MAX_TEXT_CHARS:
        raise TrustError(f"presence: a text that is not one line of {MAX_TEXT_CHARS} characters")


def _check_order(persons: bytes, table: list[str], used: set[int]) -> None:
    hashes = _hashes(persons)
    if not all(map(lt, hashes, hashes[1:])):
        raise TrustError("presence: a person stands twice, or out of order")
    if not all(map(lt, table, table[1:])) or used != set(range(len(table))):
        raise TrustError("presence: the table of texts is out of order, or does not fit its use")


def _hashes(persons: bytes) -> list[bytes]:
    places = range(0, len(persons), PERSON_BYTES)
    return [persons[place : place + PERSON_BYTES] for place in places]
