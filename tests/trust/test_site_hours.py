"""Hours as a message: one encoding, whole or refused."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from gate.errors import TrustError
from gate.signing import cbor
from gate.signing.keys import SigningKey
from gate.signing.message import sign_message
from gate.trust.bundle import KeyUse, TrustedKey
from gate.trust.site_hours import (
    KIND,
    MAX_ROWS,
    MAX_WEEK_MIN,
    Hours,
    SiteHours,
    accept_hours,
    open_hours,
    sign_hours,
)

HUB: Final = SigningKey(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
KEYS: Final = (TrustedKey(key=HUB.verifying_key, uses=frozenset({KeyUse.SITE})),)
NOW: Final = datetime(2026, 11, 23, 7, tzinfo=UTC)
ANNA: Final = Hours(b"A" * 16, 60, 600, 2000)
BEN: Final = Hours(b"B" * 16, 0, 0, MAX_WEEK_MIN, week_is_whole=False, average_is_whole=False)
HOURS: Final = SiteHours(site="riverside", issued_at=NOW, day=NOW.date(), rows=(ANNA, BEN))

minutes = st.integers(0, MAX_WEEK_MIN)
rows = st.lists(
    st.builds(Hours, st.binary(min_size=16, max_size=16), minutes, minutes, minutes,
              st.booleans(), st.booleans()),
    max_size=5,
    unique_by=lambda row: row.person,
)  # fmt: skip


@given(rows, st.booleans(), st.integers(-1, 1))
def test_hours_come_back_as_they_were_by_person(
    told: list[Hours],
    whole: bool,  # noqa: FBT001 - hypothesis hands over by place
    days: int,
) -> None:
    day = NOW.date() + timedelta(days=days)
    hours = replace(HOURS, rows=tuple(told), is_whole=whole, day=day)
    found = open_hours(sign_hours(hours, HUB), KEYS, "riverside")
    assert found == replace(hours, rows=tuple(sorted(told)))


@given(st.binary(max_size=200))
def test_any_payload_is_hours_in_their_one_encoding_or_refused(payload: bytes) -> None:
    message = sign_message(KIND.typ, payload, HUB)
    try:
        found = open_hours(message, KEYS, "riverside")
    except TrustError:
        return
    assert sign_hours(found, HUB) == message


def claims(**changed: Any) -> bytes:  # noqa: ANN401 - a claim of any type
    usual: dict[str, Any] = {
        "site": "riverside",
        "issued": int(NOW.timestamp()),
        "day": (NOW.date() - date(1970, 1, 1)).days,
        "whole": 1,
        "persons": b"A" * 16 + b"B" * 16,
        "days": bytes(4),
        "weeks": bytes(4),
        "averages": bytes(4),
        "flags": bytes(2),
    }
    told = dict(enumerate((usual | changed).values(), start=1))
    return sign_message(KIND.typ, cbor.encode(told), HUB)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"site": 1}, "no site"),
        ({"site": "elsewhere"}, "of the site 'elsewhere'"),
        ({"issued": 1}, "not a time"),
        ({"day": -1}, "no day"),
        ({"day": 1}, "counted on"),
        ({"whole": 2}, "neither 0 nor 1"),
        ({"persons": "x"}, "not bytes"),
        ({"flags": b"\x04\x00"}, "none of 0 to 3"),
        ({"flags": b"\x00"}, "different lengths"),
        ({"weeks": bytes(3)}, "different lengths"),
        ({"weeks": [0, 0]}, "different lengths"),
        ({"days": (MAX_WEEK_MIN + 1).to_bytes(2, "big") * 2}, "more than 11520 minutes"),
        ({"persons": b"B" * 16 + b"A" * 16}, "out of order"),
        ({"persons": b"A" * 32}, "stands twice"),
        ({"persons": b"A" * 31}, "stands twice"),
        ({"more": 1}, "nine claims"),
    ],
    ids=str,
)
def test_what_no_hub_could_mean_is_refused_by_name(changed: dict[str, Any], words: str) -> None:
    assert open_hours(claims(), KEYS, "riverside").rows
    with pytest.raises(TrustError, match=words):
        open_hours(claims(**changed), KEYS, "riverside")


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (ANNA._replace(person=b"A"), "stands twice"),
        (ANNA._replace(week_min=MAX_WEEK_MIN + 1), "more than"),
        (ANNA._replace(day_min=-1), "more than"),
        (ANNA._replace(day_min=65_536), "more than"),
    ],
    ids=["no person", "a minute too many", "less than none", "more than fits"],
)
def test_a_row_that_would_not_come_back_is_not_signed(row: Hours, words: str) -> None:
    with pytest.raises(TrustError, match=words):
        sign_hours(replace(HOURS, rows=(row,)), HUB)


def test_the_largest_site_fits_and_no_larger_one() -> None:
    many = [ANNA._replace(person=number.to_bytes(16, "big")) for number in range(MAX_ROWS + 1)]
    message = sign_hours(replace(HOURS, rows=tuple(many[:-1])), HUB)
    assert len(open_hours(message, KEYS, "riverside").rows) == MAX_ROWS
    assert len(message) < KIND.max_bytes // 2
    with pytest.raises(TrustError, match="20001 persons"):
        sign_hours(replace(HOURS, rows=tuple(many)), HUB)


def test_a_stranger_s_word_is_none() -> None:
    stranger = SigningKey(Ed25519PrivateKey.generate())
    with pytest.raises(TrustError, match="hours: "):
        open_hours(sign_hours(HOURS, stranger), KEYS, "riverside")
    late = (replace(KEYS[0], not_before=NOW + timedelta(days=1)),)
    with pytest.raises(TrustError, match="was not in force"):
        open_hours(sign_hours(HOURS, HUB), late, "riverside")


@pytest.mark.parametrize(
    ("held", "at", "trusted", "words"),
    [
        (None, NOW, True, ""),
        (HOURS, NOW, True, ""),
        (None, NOW - timedelta(hours=1), True, "and now it is"),
        (None, NOW - timedelta(hours=1), False, ""),
        (replace(HOURS, issued_at=NOW + timedelta(seconds=1)), NOW, True, "held are of"),
        (replace(HOURS, site="elsewhere"), NOW, True, "of the site"),
    ],
    ids=["the first", "the same", "of the future", "nobody knows the time", "older", "of another"],
)
def test_hours_never_go_back(
    held: SiteHours | None, at: datetime, *, trusted: bool, words: str
) -> None:
    if not words:
        accept_hours(HOURS, held, at, clock_trusted=trusted)
        return
    with pytest.raises(TrustError, match=words):
        accept_hours(HOURS, held, at, clock_trusted=trusted)
