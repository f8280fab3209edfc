"""Strict CBOR: one encoding of each value, and nothing that the format has no use for."""

from typing import Final

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.errors import EncodingError
from gate.signing import cbor

INTEGERS = st.integers(-(1 << 64), (1 << 64) - 1)
SCALARS = INTEGERS | st.binary(max_size=40) | st.text(max_size=40)
KEYS = INTEGERS | st.text(max_size=10)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=12,
)


def depth(value: object) -> int:
    if isinstance(value, dict):
        return 1 + max(map(depth, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(depth, value), default=0)
    return 0


# Invariant: decode(encode(v)) == v, and a library reads the same value from the same bytes.
@given(VALUES.filter(lambda value: depth(value) <= cbor.MAX_DEPTH))
def test_what_is_encoded_is_read_back_and_a_library_agrees(value: cbor.Value) -> None:
    data = cbor.encode(value)

    assert cbor.decode(data) == value
    assert cbor2.loads(data) == value


# Invariant: decode(d) returns v with encode(v) == d, or raises EncodingError.
@given(st.binary(max_size=60))
def test_any_bytes_are_the_one_encoding_of_a_value_or_one_error(data: bytes) -> None:
    try:
        value = cbor.decode(data)
    except EncodingError:
        return

    assert cbor.encode(value) == data


# Invariant: as above, from bytes that are nearly right.
@given(VALUES, st.data())
def test_a_changed_encoding_is_another_value_or_one_error(
    value: cbor.Value, data: st.DataObject
) -> None:
    changed = bytearray(cbor.encode(value))
    place = data.draw(st.integers(0, len(changed) - 1))
    changed[place] ^= data.draw(st.integers(1, 255))
    try:
        read = cbor.decode(bytes(changed))
    except EncodingError:
        return

    assert cbor.encode(read) == bytes(changed)


NO_PLACE: Final = {
    "nothing at all": "",
    "a number in one byte too many": "1817",
    "a number in two bytes that fits in one": "190017",
    "a number in four bytes that fits in two": "1a0000ffff",
    "a number in eight bytes that fits in four": "1b00000000ffffffff",
    "a number cut short": "1a0102",
    "a number cut short in an array": "82001a00ffff",
    "an indefinite array": "9f01ff",
    "an indefinite map": "bf0102ff",
    "an indefinite byte string": "5f4101ff",
    "an indefinite text": "7f6161ff",
    "a reserved length": "1c",
    "a float": "f90000",
    "a long float": "fb3ff0000000000000",
    "true": "f5",
    "null": "f6",
    "undefined": "f7",
    "a tag": "c100",
    "a big number": "c240",
    "a map with a float for a key": "a1f93c0001",
    "a map with true for a key": "a1f501",
    "a map with bytes for a key": "a1410001",
    "a map with an array for a key": "a18001",
    "a map with a doubled key": "a201010102",
    "a map in the wrong order": "a202010101",
    "a map in the older, length-first order": "a22001186401",
    "text that is not UTF-8": "61ff",
    "text with a surrogate": "63eda080",
    "text longer than what follows": "6261",
    "bytes longer than what follows": "4a00",
    "an array longer than what follows": "8200",
    "a huge array": "9b7fffffffffffffff",
    "a huge map": "bb7fffffffffffffff",
    "a byte after the value": "0000",
    "an array seven deep": "81818181818181" + "00",
}


@pytest.mark.parametrize("hexadecimal", NO_PLACE.values(), ids=NO_PLACE)
def test_what_has_no_place_is_refused(hexadecimal: str) -> None:
    with pytest.raises(EncodingError):
        cbor.decode(bytes.fromhex(hexadecimal))


def test_six_levels_are_read() -> None:
    assert cbor.decode(bytes.fromhex("818181818181" + "00")) == [[[[[[0]]]]]]


def test_keys_are_put_in_the_order_of_their_encodings() -> None:
    assert cbor.encode({"a": 1, 24: 2, -1: 3, 0: 4}).hex() == "a40004181802200361" + "6101"


@pytest.mark.parametrize("value", [True, None, 1.5, 1 << 64, -(1 << 64) - 1, {1, 2}])
def test_a_value_without_an_encoding_is_refused(value: object) -> None:
    with pytest.raises(EncodingError):
        cbor.encode([value])  # type: ignore[list-item]  # that is the test
