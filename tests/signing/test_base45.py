"""Base45: the RFC's own examples, round trips, and one error for everything else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.errors import EncodingError
from gate.signing import base45


# RFC 9285, section 4.3 and 4.4.
@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", ""),
        (b"AB", "BB8"),
        (b"Hello!!", "%69 VD92EX0"),
        (b"base-45", "UJCLQE7W581"),
        (b"ietf!", "QED8WEX0"),
    ],
)
def test_the_examples_of_the_rfc_hold(data: bytes, text: str) -> None:
    assert base45.encode(data) == text
    assert base45.decode(text) == data


# Invariant: decode(encode(data)) == data.
@given(st.binary(max_size=900))
def test_bytes_come_back(data: bytes) -> None:
    assert base45.decode(base45.encode(data)) == data


# Invariant: decode(text) returns bytes with encode(bytes) == text, or raises EncodingError.
@given(st.text(max_size=30) | st.text(alphabet=base45.ALPHABET.decode(), max_size=30))
def test_any_text_is_the_one_encoding_of_bytes_or_one_error(text: str) -> None:
    try:
        data = base45.decode(text)
    except EncodingError:
        return

    assert base45.encode(data) == text


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("A", id="one character"),
        pytest.param("BB8A", id="four characters"),
        pytest.param("GGW", id="three that stand for 65536"),
        pytest.param(":::", id="three that stand for the most they can"),
        pytest.param("V5", id="two that stand for 256"),
        pytest.param("::", id="two that stand for the most they can"),
        pytest.param("bb8", id="a small letter"),
        pytest.param("BB\uff18", id="a full-width digit"),
        pytest.param("BB8\n", id="a line end"),
        pytest.param("0" * 4297, id="more than any QR code holds"),
    ],
)
def test_what_no_bytes_encode_to_is_refused(text: str) -> None:
    with pytest.raises(EncodingError):
        base45.decode(text)


def test_the_longest_text_is_read() -> None:
    assert base45.decode("FGW" * 1432) == b"\xff\xff" * 1432
