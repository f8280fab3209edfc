"""Strict CBOR: one encoding of each value, and nothing that the format has no use for."""

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


@pytest.mark.parametrize(
    "hexadecimal",
    [
        pytest.param("", id="nothing at all"),
        pytest.param("1817", id="a number in one byte too many"),
        pytest.param("190017", id="a number in two bytes that fits in one"),
        pytest.param("1a0000ffff", id="a number in four bytes that fits in two"),
        pytest.param("1b00000000ffffffff", id="a number in eight bytes that fits in four"),
        pytest.param("1a0102", id="a number cut short"),
        pytest.param("82001a00ffff", id="a number cut short in an array"),
        pytest.param("9f01ff", id="an indefinite array"),
        pytest.param("bf0102ff", id="an indefinite map"),
        pytest.param("5f4101ff", id="an indefinite byte string"),
        pytest.param("7f6161ff", id="an indefinite text"),
        pytest.param("1c", id="a reserved length"),
        pytest.param("f90000", id="a float"),
        pytest.param("fb3ff0000000000000", id="a long float"),
        pytest.param("f5", id="true"),
        pytest.param("f6", id="null"),
        pytest.param("f7", id="undefined"),
        pytest.param("c100", id="a tag"),
        pytest.param("c240", id="a big number"),
        pytest.param("a1f93c0001", id="a map with a float for a key"),
        pytest.param("a1f501", id="a map with true for a key"),
        pytest.param("a1410001", id="a map with bytes for a key"),
        pytest.param("a18001", id="a map with an array for a key"),
        pytest.param("a201010102", id="a map with a doubled key"),
        pytest.param("a202010101", id="a map in the wrong order"),
        pytest.param("a22001186401", id="a map in the older, length-first order"),
        pytest.param("61ff", id="text that is not UTF-8"),
        pytest.param("63eda080", id="text with a surrogate"),
        pytest.param("6261", id="text longer than what follows"),
        pytest.param("4a00", id="bytes longer than what follows"),
        pytest.param("8200", id="an array longer than what follows"),
        pytest.param("9b7fffffffffffffff", id="a huge array"),
        pytest.param("bb7fffffffffffffff", id="a huge map"),
        pytest.param("0000", id="a byte after the value"),
        pytest.param("81818181818181" + "00", id="an array seven deep"),
    ],
)
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
