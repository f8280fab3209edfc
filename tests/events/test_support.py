"""What a unit sends that was asked for a support bundle: whole, bounded, and by its own key."""

import zipfile
from io import BytesIO
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.errors import EventError
from gate.events.signed import sign
from gate.events.support import (
    MAX_SUPPORT_BYTES,
    MAX_ZIP_BYTES,
    TYP,
    Support,
    open_support,
    sign_support,
)
from gate.signing import cbor
from gate.signing.keys import Algorithm
from gate.sim.issuer import seeded_key

KEY: Final = seeded_key("unit", Algorithm.ED25519)
NUMBER: Final = bytes(range(16))


def packed(content: bytes = b"how it is", comment: bytes = b"") -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("about.json", content)
        made.comment = comment
    return file.getvalue()


@pytest.mark.parametrize(
    "support",
    [Support(number=NUMBER, zip=packed()), Support(number=NUMBER, fault="no room")],
    ids=["a bundle", "a fault"],
)
def test_what_a_unit_sends_comes_back(support: Support) -> None:
    assert open_support(sign_support(support, KEY), KEY.verifying_key) == support


def test_the_largest_bundle_fits_into_the_largest_message() -> None:
    largest = packed(bytes(MAX_ZIP_BYTES - len(packed(b""))))
    assert len(largest) == MAX_ZIP_BYTES
    message = sign_support(Support(number=NUMBER, zip=largest), KEY)
    assert len(message) <= MAX_SUPPORT_BYTES


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (packed(bytes(MAX_ZIP_BYTES)), "a bundle of 524406 bytes, at most 524288 are taken"),
        (bytes(MAX_SUPPORT_BYTES), "bytes, at most 528384"),
        (packed()[:-1], "no ZIP, or not all of one"),
        (packed()[1:], "no ZIP, or not all of one"),
        (packed() + b"x", "no ZIP, or not all of one"),
        (b"x" + packed(), "no ZIP, or not all of one"),
        (packed(comment=b"hello"), "no ZIP, or not all of one"),
        (b"<html>Sign in to the guest network</html>", "no ZIP, or not all of one"),
        (b"PK\x05\x06" + bytes(18), "no ZIP, or not all of one"),
        (b"", "neither a bundle alone"),
    ],
    ids=lambda value: "" if isinstance(value, bytes) else value,
)
def test_what_is_too_large_or_not_all_of_a_zip_is_refused(data: bytes, why: str) -> None:
    message = sign(TYP, cbor.encode([NUMBER, data, ""]), KEY)
    with pytest.raises(EventError, match=why):
        open_support(message, KEY.verifying_key)


@pytest.mark.parametrize(
    "fields",
    [
        [NUMBER[:15], b"", "a"],
        [NUMBER, packed(), "a"],
        [NUMBER, b"", "two\nlines"],
        [NUMBER, b"", "x" * 257],
        [NUMBER, "a", b""],
        [NUMBER, b""],
        NUMBER,
    ],
)
def test_a_message_that_says_neither_one_nor_the_other_is_refused(fields: cbor.Encodable) -> None:
    with pytest.raises(EventError):
        open_support(sign(TYP, cbor.encode(fields), KEY), KEY.verifying_key)


def test_a_bundle_by_another_units_key_is_refused() -> None:
    message = sign_support(Support(number=NUMBER, zip=packed()), KEY)
    with pytest.raises(EventError):
        open_support(message, seeded_key("other", Algorithm.ED25519).verifying_key)


@given(st.binary(max_size=400))
def test_any_bytes_are_a_bundle_or_the_one_error(data: bytes) -> None:
    for one in (data, sign(TYP, data, KEY), sign(TYP, cbor.encode([NUMBER, data, ""]), KEY)):
        with pytest.raises(EventError):
            open_support(one, KEY.verifying_key)
