"""The bytes that a fact and a holder part are hashed as: one encoding of each value.

A fact is deterministic CBOR (RFC 8949, section 4.2.1) of
`[1, journal id, seq, milliseconds since 1970, clock trusted, kind, access point, direction,
outcome, [reason...], count, list age or -1, detail]`.
A holder part is compact JSON text with sorted keys, so that it can be read where it lies; exactly
its UTF-8 bytes are committed to.

Invariant: `decode_holder(text)` returns a holder whose `encode_holder` is `text`, or raises
EventError.
"""

import hashlib
import json
import re
from datetime import UTC, datetime, timedelta
from json.encoder import encode_basestring
from typing import Final

import cbor2

from gate.errors import EventError
from gate.events.model import Event, Holder

VERSION: Final = 1
"""Of the fact's form; it is hashed, so that another form can never be mistaken for this one."""

SALT_BYTES: Final = 16
"""128 random bits: a commitment tells nothing of a name that could be guessed."""

MAX_HOLDER_BYTES: Final = 8192
"""No card can exceed it: its text is at most 1,200 characters, and JSON makes six of one."""

NO_HOLDER: Final = hashlib.sha256(b"site-gate no holder 1").digest()
"""The commitment of a fact that never had a holder part."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_PLAIN: Final = re.compile(
    r'\{"card_type":"(T)","issuer":"(T)","name":"(T)","number":"(T)","person":"((?:[0-9a-f]{2})*)"\}'.replace(
        "T", r'[^"\\\x00-\x1f\ud800-\udfff]*'
    )
)
"""A holder part in which JSON escapes nothing: what stands between the quotes is what it says. A
hub reads a month of them for a report, in a third of the time."""

_HOLDER_KEYS: Final = ["card_type", "issuer", "name", "number", "person"]


def encode_fact(journal_id: bytes, seq: int, event: Event) -> bytes:
    """Return the bytes of a fact."""
    return cbor2.dumps(
        (
            VERSION,
            journal_id,
            seq,
            to_ms(event.at),
            int(event.clock_trusted),
            event.kind.value,
            event.access_point,
            event.direction,
            event.outcome,
            event.reasons,
            event.count,
            -1 if event.list_age_s is None else event.list_age_s,
            event.detail,
        )
    )


def commit(salt: bytes, holder: str) -> bytes:
    """Return the commitment to a holder part."""
    return hashlib.sha256(salt + holder.encode()).digest()


def encode_holder(holder: Holder) -> str:
    """Return the one text of a holder part: JSON as `json` writes it, without its set-up.

    Raises:
        EventError: it is too long, or holds text that has no UTF-8.
    """
    text = (
        f'{{"card_type":{encode_basestring(holder.card_type)},'
        f'"issuer":{encode_basestring(holder.issuer)},'
        f'"name":{encode_basestring(holder.name)},'
        f'"number":{encode_basestring(holder.number)},'
        f'"person":"{holder.person.hex()}"}}'
    )
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        raise EventError("holder: text with lone surrogates") from error
    if size > MAX_HOLDER_BYTES:
        raise EventError(f"holder: {size} bytes, at most {MAX_HOLDER_BYTES}")
    return text


def decode_holder(text: str) -> Holder:
    """Return the holder part that `text` is the one encoding of.

    Raises:
        EventError: anything else.
    """
    if len(text) > MAX_HOLDER_BYTES:
        raise EventError(f"holder: {len(text)} characters, at most {MAX_HOLDER_BYTES} bytes")
    plain = _PLAIN.fullmatch(text)
    if plain is not None and len(text.encode()) <= MAX_HOLDER_BYTES:
        card_type, issuer, name, number, person_hex = plain.groups()
        return Holder(
            person=bytes.fromhex(person_hex),
            issuer=issuer,
            number=number,
            name=name,
            card_type=card_type,
        )
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise EventError("holder: not JSON") from error
    if not isinstance(fields, dict) or list(fields) != _HOLDER_KEYS:
        raise EventError(f"holder: not an object of {', '.join(_HOLDER_KEYS)}")
    if not all(isinstance(value, str) for value in fields.values()):
        raise EventError("holder: a value is no text")
    try:
        person = bytes.fromhex(fields.pop("person"))
    except ValueError as error:
        raise EventError("holder: the person is not hexadecimal") from error
    holder = Holder(person=person, **fields)
    if encode_holder(holder) != text:
        raise EventError("holder: not in its one encoding")
    return holder


def holder_if_any(text: str | None) -> Holder | None:
    """Return the holder part in `text`; None if there is none, or none that can be read."""
    try:
        return None if text is None else decode_holder(text)
    except EventError:
        return None


def to_ms(at: datetime) -> int:
    """Return whole milliseconds since 1970, rounded down."""
    return (at - _EPOCH) // _MILLISECOND


def from_ms(at_ms: int) -> datetime:
    """Return the time that `to_ms` gave.

    Raises:
        EventError: it is outside the years 1970 to 9999.
    """
    if at_ms < 0:
        raise EventError(f"time {at_ms} ms: before 1970")
    try:
        return _EPOCH + timedelta(milliseconds=at_ms)
    except OverflowError as error:
        raise EventError(f"time {at_ms} ms: after 9999") from error
