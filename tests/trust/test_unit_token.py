"""Who asks: a token of the unit's own key, for one path, for a few minutes."""

import base64
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.errors import ClockError, TrustError
from gate.signing import cbor, cose
from gate.signing.keys import SigningKey
from gate.signing.message import sign_message
from gate.sim.issuer import NOW, seeded_key
from gate.trust.status_token import CLOCK_SLACK
from gate.trust.unit_token import (
    MAX_LIFE,
    MAX_PATH_CHARS,
    MAX_TOKEN_CHARS,
    SCHEME,
    TYP,
    open_request,
    sign_request,
)

UNIT, OTHER = seeded_key("unit"), seeded_key("another unit")
PUBLIC = UNIT.verifying_key
UID = PUBLIC.kid.hex()
PATH = f"/api/units/{UID}/manifest"
NOW_S = int(NOW.timestamp())
SECOND = timedelta(seconds=1)
CLAIMS: dict[int, Any] = {1: UID, 3: PATH, 4: NOW_S + 300, 6: NOW_S}
TOKEN = sign_request(UID, PATH, NOW, UNIT)


def wrapped(message: bytes) -> str:
    return SCHEME + base64.urlsafe_b64encode(message).rstrip(b"=").decode()


def token(claims: Any = None, key: SigningKey = UNIT) -> str:  # noqa: ANN401 - what a unit gone wrong signs
    whole = {k: v for k, v in (CLAIMS | (claims or {})).items() if v is not None}
    return wrapped(sign_message(TYP, cbor.encode(whole), key))


def test_a_token_is_the_documented_map() -> None:
    assert token() == TOKEN


@pytest.mark.parametrize(
    "at",
    [
        pytest.param(NOW, id="at once"),
        pytest.param(NOW + MAX_LIFE - SECOND, id="five minutes later"),
        pytest.param(NOW - CLOCK_SLACK, id="by a clock a minute behind"),
    ],
)
def test_a_token_tells_which_unit_asks(at: datetime) -> None:
    assert open_request(TOKEN, PUBLIC, PATH, at) == UID


@pytest.mark.parametrize(
    "at",
    [
        pytest.param(NOW + MAX_LIFE, id="expired"),
        pytest.param(NOW - CLOCK_SLACK - SECOND, id="from the future"),
        pytest.param(NOW + timedelta(days=365), id="of last year"),
    ],
)
def test_a_token_with_only_the_time_wrong_is_told_apart(at: datetime) -> None:
    with pytest.raises(ClockError, match="made at 2026-11-20 07:00:00, and now it is 202"):
        open_request(TOKEN, PUBLIC, PATH, at)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("", "does not begin with CWT", id="nothing"),
        pytest.param("Bearer abc", "does not begin with CWT", id="another scheme"),
        pytest.param(SCHEME + "A" * MAX_TOKEN_CHARS, "at most 512", id="too long"),
        pytest.param(SCHEME + "a+b", "base64url", id="the other base64"),
        pytest.param(SCHEME + "\u00e9", "not base64url", id="another alphabet"),
        pytest.param(SCHEME + "abcde", "not base64url", id="a length that none has"),
        pytest.param(TOKEN + "=", "base64url", id="padded"),
        pytest.param(TOKEN + "\n", "not base64url", id="a line end"),
        pytest.param(
            sign_request(UID, PATH.replace("manifest", "presence"), NOW, UNIT),
            "for another path",
            id="for another path",
        ),
        pytest.param(token(key=OTHER), "header: not that of", id="by another unit"),
        pytest.param(
            sign_request(OTHER.verifying_key.kid.hex(), PATH, NOW, UNIT),
            "of another unit",
            id="in another unit's name",
        ),
        pytest.param(
            wrapped(
                cose.sign1(
                    cbor.encode({1: -19, 4: PUBLIC.kid, 16: TYP}), cbor.encode(CLAIMS), OTHER
                )
            ),
            "signature: ",
            id="by another key under this one's name",
        ),
        pytest.param(token({4: NOW_S + 301}), "good for 301 s, at most 300", id="too long-lived"),
        pytest.param(token({4: NOW_S}), "good for 0 s", id="good for no time"),
        pytest.param(token({6: -1, 4: 1 << 63}), "good for", id="a time past every calendar"),
        pytest.param(
            token({6: (1 << 62) - 1, 4: 1 << 62}), "beyond the calendar", id="long after people"
        ),
        pytest.param(token({3: None}), "four claims", id="for no path"),
        pytest.param(token({7: b"id"}), "four claims", id="a claim too many"),
        pytest.param(token({6: "now"}), "four claims", id="a text for a time"),
        pytest.param(wrapped(sign_message(TYP, b"\xff", UNIT)), "payload: CBOR", id="no CBOR"),
    ],
)
def test_another_token_is_refused(text: str, told: str) -> None:
    with pytest.raises(TrustError, match=f"request: .*({told})") as caught:
        open_request(text, PUBLIC, PATH, NOW)

    assert not isinstance(caught.value, ClockError)


def test_a_path_has_a_longest_form() -> None:
    longest = "/" + "a" * (MAX_PATH_CHARS - 1)

    assert open_request(sign_request(UID, longest, NOW, UNIT), PUBLIC, longest, NOW) == UID
    with pytest.raises(TrustError, match="129 characters, at most 128"):
        sign_request(UID, longest + "a", NOW, UNIT)


# Invariant: any text is the uid of the key's unit, or TrustError.
@given(st.text(max_size=100) | st.binary(max_size=200).map(wrapped))
def test_any_text_is_one_error(text: str) -> None:
    with pytest.raises(TrustError):
        open_request(text, PUBLIC, PATH, NOW)


# Invariant: whatever stands in the place of one claim is this unit's request, or TrustError.
@given(
    st.sampled_from([1, 3, 4, 6, 9]),
    st.integers(-(2**63), 2**63) | st.text(max_size=20) | st.binary(max_size=20),
)
def test_any_claim_is_taken_or_one_error(claim: int, value: object) -> None:
    try:
        uid = open_request(token({claim: value}), PUBLIC, PATH, NOW)
    except TrustError:
        return
    assert uid == UID


# Invariant: no text that differs in a character from a token is accepted.
@given(st.integers(0, len(TOKEN) - 1), st.characters())
def test_no_character_of_a_token_can_be_changed(place: int, character: str) -> None:
    text = TOKEN[:place] + character + TOKEN[place + 1 :]
    if text == TOKEN:
        return
    with pytest.raises(TrustError):
        open_request(text, PUBLIC, PATH, NOW)
