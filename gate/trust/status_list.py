"""The Token Status List (IETF draft-ietf-oauth-status-list-21): a few bits for each card.

Statuses are packed least significant bits first, compressed with zlib, in a map of `bits` and
`lst`. Lists come from other parties and need not be deterministic, so cbor2 reads them, under
bounds on what goes in and what comes out.
"""

import zlib
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from hashlib import sha256
from typing import Final

from gate.errors import TrustError

MAX_LIST_BYTES: Final = 8 << 20
"""Unpacked: 33 million cards at 2 bits; every UK card there is takes half a megabyte."""


class Status(IntEnum):
    """What a list says of a card; other values are the draft's reserve and never read as valid."""

    VALID = 0
    INVALID = 1
    SUSPENDED = 2


_STATUSES: Final = tuple(Status)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusList:
    """One verified list, unpacked; `status` looks a card up in well under a microsecond."""

    uri: str
    issued_at: datetime
    expires_at: datetime | None
    ttl_s: int | None
    bits: int
    packed: bytes

    def __len__(self) -> int:
        return len(self.packed) * 8 // self.bits

    def status(self, index: int) -> Status:
        """Return the status at `index`.

        Raises:
            TrustError: the index is beyond the list, or the value is a reserved one.
        """
        value = lookup(self.packed, self.bits, index)
        if value >= len(_STATUSES):
            raise TrustError(f"status list {self.uri}: entry {index} has reserved value {value}")
        return _STATUSES[value]


def list_name(uri: str) -> str:
    """Return the name of the file that holds the list of `uri`, on a hub as on a unit."""
    return f"{sha256(uri.encode()).hexdigest()[:16]}.cwt"


def lookup(packed: bytes, bits: int, index: int) -> int:
    """Return the raw value at `index` of an unpacked list.

    Raises:
        TrustError: the index is beyond the list.
    """
    bit = index * bits
    if not 0 <= bit < len(packed) * 8:
        raise TrustError(f"status list: entry {index} of {len(packed) * 8 // bits}")
    return packed[bit >> 3] >> (bit & 7) & ((1 << bits) - 1)


def pack(values: bytes | bytearray, bits: int) -> bytes:
    """Return raw `values` (one byte each) packed; the inverse of `lookup` at every index."""
    per_byte = 8 // bits
    padded = bytes(values) + bytes(-len(values) % per_byte)
    total = 0
    lanes = [padded[place::per_byte] for place in range(per_byte)]
    for place, lane in enumerate(lanes):
        total |= int.from_bytes(lane, "little") << (place * bits)
    return total.to_bytes(len(padded) // per_byte, "little")


def unpack_lst(content: object) -> tuple[int, bytes]:
    """Return bits and packed bytes of a decoded `{"bits": n, "lst": zlib}`.

    Raises:
        TrustError: another shape, other bits, or more than MAX_LIST_BYTES.
    """
    match content:
        case {"bits": int(bits), "lst": bytes(compressed)} if not isinstance(bits, bool):
            pass
        case _:
            raise TrustError('status list: not a map with "bits" and "lst"')
    if bits not in {1, 2, 4, 8}:
        raise TrustError(f"status list: {bits} bits a card, allowed are 1, 2, 4 and 8")
    inflater = zlib.decompressobj()
    try:
        packed = inflater.decompress(compressed, MAX_LIST_BYTES)
    except zlib.error as error:
        raise TrustError("status list: lst is not a zlib stream") from error
    if not inflater.eof or inflater.unused_data:
        raise TrustError(
            f"status list: lst is cut short, trailed, or unpacks to over {MAX_LIST_BYTES} bytes;"
            " the issuer must sign a list that fits"
        )
    return bits, packed
