"""Strict deterministic CBOR (RFC 8949, section 4.2.1): one encoding of each value, or an error.

Cards and tokens come from strangers, so the decoder accepts what the format needs and nothing else:
integers of up to 64 bits, byte and text strings, arrays and maps; shortest form; definite lengths;
maps in bytewise order of their encoded keys, without duplicates, keys being integers or text; at
most `MAX_DEPTH` levels; no tags, floats, booleans or nulls; nothing trailing.

Invariant: `decode(data)` returns a value whose `encode` is `data`, or raises EncodingError.
Decoding with a library and encoding again would not do: true and 1.0 come back as the key 1.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from gate.errors import EncodingError

Key = int | str
Value = int | bytes | str | list["Value"] | dict[Key, "Value"]
Encodable = (
    int
    | bytes
    | str
    | Sequence["Encodable"]
    | Mapping[int, "Encodable"]
    | Mapping[str, "Encodable"]
    | Mapping[Key, "Encodable"]
)

MAX_DEPTH: Final = 6
"""Nested containers; a card with every field needs 4 (CARD.md)."""

_UINT, _NINT, _BYTES, _TEXT, _ARRAY, _MAP = range(6)

_from_bytes = int.from_bytes
_WIDTH: Final = (0,) * 24 + (1, 2, 4, 8, 0, 0, 0, 0)
_SMALLEST: Final = (0,) * 24 + (24, 1 << 8, 1 << 16, 1 << 32, 1, 1, 1, 1)
"""By an item's low five bits: bytes of argument that follow, and the least that needs so many."""


def encode(value: Encodable) -> bytes:
    """Return the one encoding of `value`.

    Raises:
        EncodingError: a type or an integer that has no place in it.
    """
    if isinstance(value, bool):
        raise EncodingError(f"CBOR: {value!r} is neither an integer, text, bytes, array nor map")
    if isinstance(value, int):
        return head(_UINT, value) if value >= 0 else head(_NINT, -1 - value)
    if isinstance(value, str):
        text = value.encode()
        return head(_TEXT, len(text)) + text
    if isinstance(value, bytes):
        return head(_BYTES, len(value)) + value
    if isinstance(value, Mapping):
        pairs = sorted((encode(key), encode(item)) for key, item in value.items())
        return head(_MAP, len(pairs)) + b"".join(key + item for key, item in pairs)
    if isinstance(value, Sequence):
        return head(_ARRAY, len(value)) + b"".join(map(encode, value))
    raise EncodingError(f"CBOR: no encoding for {type(value).__name__}")


def head(major: int, argument: int) -> bytes:
    """Return an item's first bytes: its major type (0 to 5) and argument, in shortest form."""
    if argument < 24:
        return bytes((major << 5 | argument,))
    for info, width in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if argument < 1 << 8 * width:
            return bytes((major << 5 | info,)) + argument.to_bytes(width, "big")
    raise EncodingError(f"CBOR: {argument} does not fit in 64 bits")


def decode(data: bytes) -> Value:
    """Return the value that `data` is the one encoding of.

    Raises:
        EncodingError: anything else.
    """
    value, end = read_item(data, 0, 0)
    if end != len(data):
        raise EncodingError(f"CBOR: the item ends at byte {end} of {len(data)}")
    return value


def read_item(data: bytes, pos: int, depth: int) -> tuple[Value, int]:
    """Return the item at `pos`, `depth` levels deep already, and where it ends.

    An item cut short by the end of the data ends beyond it: the caller compares.

    Raises:
        EncodingError: it is not in the one encoding.
    """
    try:
        return _item(data, pos, depth)
    except IndexError as error:
        raise EncodingError("CBOR: the data ends in the middle of an item") from error
    except UnicodeDecodeError as error:
        raise EncodingError("CBOR: a text string is not UTF-8") from error


def read_bytes(data: bytes, pos: int) -> tuple[bytes, int]:
    """Return the byte string at `pos` and where it ends; for messages of a known frame.

    Raises:
        EncodingError: something else stands there.
    """
    first = data[pos] if pos < len(data) else 0
    argument, start = first & 31, pos + 1
    if argument > 23:
        start, smallest = pos + 1 + _WIDTH[argument], _SMALLEST[argument]
        argument = _from_bytes(data[pos + 1 : start], "big")
        if argument < smallest:
            raise EncodingError("CBOR: a length not in shortest form, or indefinite")
    end = start + argument
    if first >> 5 != _BYTES or end > len(data):
        raise EncodingError("CBOR: no whole byte string where one is due")
    return data[start:end], end


def _item(data: bytes, pos: int, depth: int) -> tuple[Value, int]:
    """Read the item at `pos`; return it and where it ends.

    What is cut short by the end of the data ends beyond it: the place only ever grows, and the
    callers compare it once, at the end. Arrays and maps read integers of one byte, and maps short
    texts, in place: most of a card is such, and a call for each costs a tenth of the whole.
    """
    first = data[pos]
    pos += 1
    if first < 24:
        return first, pos
    major, argument = first >> 5, first & 31
    if argument > 23:
        end, smallest = pos + _WIDTH[argument], _SMALLEST[argument]
        argument, pos = _from_bytes(data[pos:end], "big"), end
        if argument < smallest:
            raise EncodingError("CBOR: a number not in shortest form, cut short or indefinite")
    end = pos + argument
    if major == _TEXT:
        return data[pos:end].decode(), end
    if major == _UINT:
        return argument, pos
    if major == _BYTES:
        return data[pos:end], end
    if major == _NINT:
        return -1 - argument, pos
    if major > _MAP:
        raise EncodingError(f"CBOR: byte 0x{first:02x} begins a tag, float or simple value")
    if depth == MAX_DEPTH:
        raise EncodingError(f"CBOR: more than {MAX_DEPTH} levels")
    return (_array if major == _ARRAY else _map)(data, pos, argument, depth + 1)


def _array(data: bytes, pos: int, length: int, depth: int) -> tuple[Value, int]:
    values: list[Value] = []
    for _ in range(length):
        first = data[pos]
        if first < 24:
            values.append(first)
            pos += 1
        else:
            value, pos = _item(data, pos, depth)
            values.append(value)
    return values, pos


def _map(data: bytes, pos: int, length: int, depth: int) -> tuple[Value, int]:
    """Read pairs; a key of one byte, which `last` keeps, comes before all longer ones."""
    values: dict[Key, Value] = {}
    last, before = -1, b""
    for _ in range(length):
        start, first = pos, data[pos]
        if first < 24:
            if first <= last:
                raise EncodingError("CBOR: map keys are out of order or doubled")
            key: Key = first
            last, pos = first, pos + 1
        else:
            key, pos = _key(data, pos, depth)
            encoded = data[start:pos]
            if encoded <= before:
                raise EncodingError("CBOR: map keys are out of order or doubled")
            last, before = 24, encoded
        first = data[pos]
        if 0x60 <= first < 0x78:
            end = pos + first - 0x5F
            values[key], pos = data[pos + 1 : end].decode(), end
        else:
            values[key], pos = _item(data, pos, depth)
    return values, pos


def _key(data: bytes, pos: int, depth: int) -> tuple[Key, int]:
    key, pos = _item(data, pos, depth)
    if not isinstance(key, (int, str)):
        raise EncodingError("CBOR: a map key is neither an integer nor text")
    return key, pos
