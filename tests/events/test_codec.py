"""The bytes that are hashed: one encoding of each value."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.errors import EventError
from gate.events.codec import (
    MAX_HOLDER_BYTES,
    commit,
    decode_holder,
    encode_fact,
    encode_holder,
    from_ms,
    holder_if_any,
    to_ms,
)
from gate.events.model import Event, EventKind, Holder
from gate.signing import cbor

NOW = datetime(2026, 12, 6, 7, 15, 0, 123_456, tzinfo=UTC)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
HOLDERS = st.builds(
    Holder,
    person=st.binary(min_size=16, max_size=16),
    issuer=TEXTS,
    number=TEXTS,
    name=TEXTS,
    card_type=TEXTS,
)


def test_a_fact_is_the_documented_array() -> None:
    event = Event(
        at=NOW,
        clock_trusted=False,
        kind=EventKind.ACCESS,
        access_point="Gate A",
        direction="in",
        outcome="refuse",
        reasons=("revoked", "expired"),
        count=2,
        list_age_s=60,
    )
    fact = cbor.decode(encode_fact(bytes(16), 7, event))
    at_ms = 1_796_541_300_123
    where = ["access", "Gate A", "in", "refuse", ["revoked", "expired"]]
    assert fact == [1, bytes(16), 7, at_ms, 0, *where, 2, 60, ""]


def test_a_list_that_was_not_consulted_has_no_age() -> None:
    event = Event(at=NOW, clock_trusted=True, kind=EventKind.UNIT_STARTED)
    fact = cbor.decode(encode_fact(bytes(16), 1, event))
    assert isinstance(fact, list)
    assert fact[11] == -1


def test_a_holder_part_is_readable_text_with_sorted_keys() -> None:
    holder = Holder(person=bytes(16), issuer="iss", number="12", name="Zoë", card_type="gold")
    text = encode_holder(holder)
    assert text == (
        '{"card_type":"gold","issuer":"iss","name":"Zoë","number":"12",'
        '"person":"00000000000000000000000000000000"}'
    )
    assert commit(b"salt", text) == hashlib.sha256(b"salt" + text.encode()).digest()


# Invariant: every holder part comes back the same.
@given(HOLDERS)
def test_a_holder_part_comes_back_the_same(holder: Holder) -> None:
    assert decode_holder(encode_holder(holder)) == holder


# Invariant: any text gives the holder whose encoding it is, or EventError.
@given(
    st.one_of(
        st.text(max_size=200),
        st.recursive(st.none() | st.text(), st.lists).map(str),
        st.tuples(HOLDERS.map(encode_holder), st.integers(0, 300), st.characters()).map(
            lambda parts: parts[0][: parts[1]] + parts[2] + parts[0][parts[1] + 1 :]
        ),
    )
)
def test_any_text_is_a_holder_part_in_its_one_encoding_or_an_error(text: str) -> None:
    try:
        holder = decode_holder(text)
    except EventError:
        return
    assert encode_holder(holder) == text


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("[" * 8000, id="nested deeply"),
        pytest.param("x" * (MAX_HOLDER_BYTES + 1), id="too long"),
        pytest.param('{"card_type":1,"issuer":"","name":"","number":"","person":""}', id="number"),
        pytest.param('{"card_type":"","issuer":"","name":"","number":"","person":"zz"}', id="hex"),
    ],
)
def test_text_of_another_form_is_no_holder_part(text: str) -> None:
    with pytest.raises(EventError, match="holder"):
        decode_holder(text)


def test_a_holder_part_has_a_longest_form() -> None:
    holder = Holder(person=bytes(16), issuer="", number="", name="x" * 9000, card_type="")
    with pytest.raises(EventError, match="8192"):
        encode_holder(holder)
    with pytest.raises(EventError, match="surrogates"):
        encode_holder(Holder(person=bytes(16), issuer="", number="", name="\ud800", card_type=""))


@given(st.datetimes(datetime(1970, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - the zone follows
def test_times_are_kept_to_the_millisecond(at: datetime) -> None:
    assert timedelta(0) <= at - from_ms(to_ms(at)) < timedelta(milliseconds=1)


@pytest.mark.parametrize("at_ms", [-1, 2**62])
def test_times_before_1970_and_after_9999_are_refused(at_ms: int) -> None:
    with pytest.raises(EventError, match="ms: "):
        from_ms(at_ms)


@given(holder=HOLDERS)
def test_a_holder_part_that_is_not_there_or_not_readable_tells_of_nobody(holder: Holder) -> None:
    text = encode_holder(holder)

    assert holder_if_any(text) == holder
    assert [holder_if_any(one) for one in (None, "", text + " ")] == [None, None, None]
