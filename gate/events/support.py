"""What a unit sends that was asked for a support bundle: the bundle, or why there is none. Pure.

Signed by the unit. What is in the ZIP is for people alone: nothing here opens its files. It is only
held to be whole, by its directory at its end, so that half of one is never kept for one.

Invariant: `open_support` of any bytes is a `Support` or EventError.
"""

import struct
from dataclasses import dataclass
from typing import Final

from gate.errors import EncodingError, EventError
from gate.events.model import MAX_DETAIL_CHARS
from gate.events.signed import open_signed, sign
from gate.signing import cbor
from gate.signing.keys import SigningKey, VerifyingKey
from gate.trust.support_ask import NUMBER_BYTES

TYP: Final = "application/vnd.site-gate.support+cbor"

MAX_ZIP_BYTES: Final = 512 << 10
"""A minute on a link of 64 kbit/s, during which nothing else is uploaded; 5,000 lines of log take
less than half of it."""

MAX_SUPPORT_BYTES: Final = MAX_ZIP_BYTES + 4096

_END: Final = struct.Struct("<4s4H2LH")
"""The end of a ZIP's directory (APPNOTE.TXT, section 4.3.16), without a comment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """The answer to an ask, by its number: a whole ZIP, or in words why there is none."""

    number: bytes
    zip: bytes = b""
    fault: str = ""

    def __post_init__(self) -> None:
        """Refuse what could not be kept and shown."""
        if len(self.number) != NUMBER_BYTES:
            raise EventError(f"support: a number of {len(self.number)} bytes, not {NUMBER_BYTES}")
        if bool(self.zip) is bool(self.fault):
            raise EventError("support: neither a bundle alone nor a fault alone")
        if len(self.fault) > MAX_DETAIL_CHARS or not self.fault.isprintable():
            raise EventError(f"support: a fault that is not one line of {MAX_DETAIL_CHARS}")
        if len(self.zip) > MAX_ZIP_BYTES:
            raise EventError(
                f"support: a bundle of {len(self.zip)} bytes, at most {MAX_ZIP_BYTES} are taken"
            )
        if self.zip and not _is_whole(self.zip):
            raise EventError("support: the bundle is no ZIP, or not all of one")


def sign_support(support: Support, key: SigningKey) -> bytes:
    """Return the message that carries `support`, signed by the unit's `key`."""
    return sign(TYP, cbor.encode([support.number, support.zip, support.fault]), key)


def open_support(data: bytes, key: VerifyingKey) -> Support:
    """Return what is in a message, if the unit with `key` signed it.

    1. Check the size.  2. Take apart, compare the header, check the signature.  3. Read the
    payload.  Whether it was asked for is the caller's business.

    Raises:
        EventError: naming the step that failed.
    """
    # 1.
    if len(data) > MAX_SUPPORT_BYTES:
        raise EventError(f"support: {len(data)} bytes, at most {MAX_SUPPORT_BYTES}")
    # 2.
    payload = open_signed(data, TYP, key)
    # 3.
    try:
        fields = cbor.decode(payload)
    except EncodingError as error:
        raise EventError(f"support: payload: {error}") from error
    match fields:
        case [bytes(number), bytes(packed), str(fault)]:
            return Support(number=number, zip=packed, fault=fault)
        case _:
            raise EventError("support: payload: not a number, a bundle and a fault")


def _is_whole(data: bytes) -> bool:
    """Tell whether a directory of files ends the data and fills what it says it does."""
    start = len(data) - _END.size
    if start < 0:
        return False
    mark, disk, first, here, count, size, offset, comment = _END.unpack_from(data, start)
    at_end = mark == b"PK\x05\x06" and (disk, first, comment) == (0, 0, 0)
    return at_end and here == count > 0 and offset + size == start and data[:4] == b"PK\x03\x04"
