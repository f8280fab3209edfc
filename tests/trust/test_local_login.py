"""A login of a unit's own page: drawn, written down, typed with cold fingers, checked."""

from hashlib import scrypt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.errors import TrustError
from gate.trust.local_login import (
    ALPHABET,
    LocalRole,
    is_login_name,
    make_login,
    opens,
    read_password,
    write_password,
)

PASSWORD = "k7wd-9fmp-3xqt"
SALT = bytes(range(16))
ANN = make_login("ann", LocalRole.MANAGER, PASSWORD, SALT)


def test_the_hash_is_the_documented_one() -> None:
    assert ANN.hash == scrypt(b"k7wd9fmp3xqt", salt=SALT, n=1024, r=8, p=1, dklen=32)


@pytest.mark.parametrize(
    ("typed", "is_right"),
    [
        pytest.param(PASSWORD, True, id="as written"),
        pytest.param("k7wd9fmp3xqt", True, id="without hyphens"),
        pytest.param(" K7WD 9FMP 3XQT ", True, id="in capitals, with blanks"),
        pytest.param("k7wd-9fmp-3xqs", False, id="one letter wrong"),
        pytest.param("k7wd-9fmp-3xq", False, id="one letter short"),
        pytest.param("", False, id="nothing"),
        pytest.param("k7wd-9fmp-3xqt" + " " * 60, False, id="too long"),
        pytest.param("k7wd-9fmp-3xqé", False, id="a letter of no password"),
    ],
)
def test_a_password_opens_its_login_and_nothing_else_does(typed: str, is_right: bool) -> None:  # noqa: FBT001 - a row of a table
    assert opens(ANN, typed) is is_right


def test_letters_that_look_like_digits_are_read_as_them() -> None:
    assert read_password("oOiI-lL00-1111") == "001111001111"


@given(st.binary(min_size=12, max_size=12))
def test_what_is_drawn_is_read_again(drawn: bytes) -> None:
    written = write_password(drawn)
    assert read_password(written) == written.replace("-", "")


# Invariant: any text is twelve letters of the alphabet, or no password.
@given(st.text(max_size=80))
def test_any_text_is_a_password_or_none(typed: str) -> None:
    read = read_password(typed)
    assert read is None or (len(read) == 12 and set(read) <= set(ALPHABET))


def test_all_letters_are_drawn_alike() -> None:
    drawn = {write_password(bytes([byte]) * 12)[0] for byte in range(256)}
    assert drawn == set(ALPHABET)


@pytest.mark.parametrize("name", ["", "Ann", "-ann", "a" * 33, "ann lee", "ann\n", "ånn"])
def test_a_name_that_none_may_have_is_refused(name: str) -> None:
    assert not is_login_name(name)
    with pytest.raises(TrustError, match="allowed: 1 to 32 of a-z"):
        make_login(name, LocalRole.GUARD, PASSWORD, SALT)


def test_a_password_that_was_not_drawn_makes_no_login() -> None:
    with pytest.raises(TrustError, match="not drawn"):
        make_login("ann", LocalRole.GUARD, "letmein", SALT)


def test_a_salt_of_another_length_is_refused() -> None:
    with pytest.raises(TrustError, match="salt of 8"):
        make_login("ann", LocalRole.GUARD, PASSWORD, b"12345678")


def test_neither_salt_nor_hash_is_shown_in_a_log() -> None:
    assert ANN.hash.hex() not in repr(ANN)
    assert "salt" not in repr(ANN)
