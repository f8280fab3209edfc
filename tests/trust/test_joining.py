"""Joining: a request by the key it carries, and an answer to that request alone."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.errors import TrustError
from gate.signing import cbor
from gate.signing.keys import Algorithm, SigningKey
from gate.signing.message import sign_message
from gate.sim.issuer import NOW, seeded_key
from gate.trust.joining import (
    JOIN_TYP,
    JOINED_TYP,
    MAX_JOIN_BYTES,
    MAX_JOINED_BYTES,
    MAX_ROOT_BYTES,
    Join,
    Joined,
    open_join,
    open_joined,
    sign_join,
    sign_joined,
)
from tests.trust.set_up_codes import HUB, PLACE

UNIT = seeded_key("unit", Algorithm.ED25519)
OTHER = seeded_key("another unit", Algorithm.ED25519)
JOIN = Join(key=UNIT.verifying_key, token=bytes(range(16)), hub=HUB.verifying_key)
REQUEST = sign_join(JOIN, UNIT)
JOINED = Joined(
    uid=UNIT.verifying_key.kid.hex(),
    place=PLACE,
    site_key=bytes(range(32)),
    hub_time=NOW,
    fleet_root=b"{}",
)
ANSWER = sign_joined(JOINED, REQUEST, HUB)


def request(claims: Any, key: SigningKey = UNIT) -> bytes:  # noqa: ANN401 - whatever a stranger signs
    return sign_message(JOIN_TYP, cbor.encode(claims), key)


def test_a_request_tells_who_asks_and_by_what() -> None:
    assert open_join(REQUEST) == JOIN
    assert len(REQUEST) == 212


def test_an_answer_tells_the_unit_what_it_is() -> None:
    assert open_joined(ANSWER, JOIN, REQUEST) == JOINED


@pytest.mark.parametrize(
    ("data", "told"),
    [
        pytest.param(b"", "COSE", id="nothing"),
        pytest.param(bytes(MAX_JOIN_BYTES + 1), "513 bytes, at most 512", id="too long"),
        pytest.param(
            sign_join(JOIN, OTHER), "header", id="a key that whoever asks has not the other half of"
        ),
        pytest.param(
            request({1: JOIN.key.public, 2: JOIN.token, 3: bytes(32)}), "small order", id="no hub"
        ),
        pytest.param(
            request({1: JOIN.key.public, 2: bytes(15), 3: JOIN.hub.public}),
            "not a key, a token and a hub",
            id="a short token",
        ),
        pytest.param(
            request({1: JOIN.key.public, 2: JOIN.token, 3: JOIN.hub.public, 4: 1}),
            "not a key, a token and a hub",
            id="more than is asked",
        ),
        pytest.param(
            request({1: bytes(31), 2: JOIN.token, 3: JOIN.hub.public}), "32 are needed", id="no key"
        ),
        pytest.param(ANSWER, "not a key", id="an answer"),
    ],
)
def test_what_is_no_request_is_refused(data: bytes, told: str) -> None:
    with pytest.raises(TrustError, match=told):
        open_join(data)


def answered(changes: dict[int, Any], key: SigningKey = HUB) -> bytes:
    import hashlib  # noqa: PLC0415 - of this builder alone

    claims: dict[int, Any] = {
        1: JOINED.uid,
        2: hashlib.sha256(REQUEST).digest(),
        3: int(NOW.timestamp()),
        4: {1: "kings-wharf", 2: "Gate A", 3: [["Gate A in", 0]]},
        5: JOINED.site_key,
        6: b"{}",
    }
    whole = {name: it for name, it in (claims | changes).items() if it is not None}
    return sign_message(JOINED_TYP, cbor.encode(whole), key)


def test_an_answer_is_the_documented_map() -> None:
    assert answered({}) == ANSWER


@pytest.mark.parametrize(
    ("data", "told"),
    [
        pytest.param(b"", "COSE", id="nothing"),
        pytest.param(bytes(MAX_JOINED_BYTES + 1), "at most", id="too long"),
        pytest.param(answered({}, OTHER), "header", id="by another hub"),
        pytest.param(answered({1: "0" * 16}), "another unit's request", id="to another unit"),
        pytest.param(answered({2: bytes(32)}), "another unit's request", id="to another request"),
        pytest.param(answered({3: 0}), "six parts", id="a time of 1970"),
        pytest.param(answered({4: {1: "x"}}), "place", id="no place"),
        pytest.param(answered({4: {1: "x", 2: "A", 3: [["A", 2]]}}), "lane", id="a third way"),
        pytest.param(
            answered({4: {1: "x", 2: "A", 3: [["A", 0], ["B", 0]]}}), "one in", id="twice in"
        ),
        pytest.param(answered({4: {1: "x", 2: " A", 3: [["A", 0]]}}), "name", id="a blank name"),
        pytest.param(answered({4: {1: "X Y", 2: "A", 3: [["A", 0]]}}), "site", id="no site"),
        pytest.param(answered({5: bytes(15)}), "six parts", id="a short key"),
        pytest.param(answered({6: None}), "six parts", id="a part missing"),
        pytest.param(answered({7: 1}), "six parts", id="a part more"),
    ],
)
def test_what_is_no_answer_to_this_request_is_refused(data: bytes, told: str) -> None:
    with pytest.raises(TrustError, match=told):
        open_joined(data, JOIN, REQUEST)


# Invariant: every byte of either counts.
@given(st.integers(0, len(REQUEST) - 1), st.integers(1, 255))
def test_a_request_with_one_byte_changed_is_refused(place: int, change: int) -> None:
    with pytest.raises(TrustError):
        open_join(_changed(REQUEST, place, change))


@given(st.integers(0, len(ANSWER) - 1), st.integers(1, 255))
def test_an_answer_with_one_byte_changed_is_refused(place: int, change: int) -> None:
    with pytest.raises(TrustError):
        open_joined(_changed(ANSWER, place, change), JOIN, REQUEST)


def test_an_answer_that_could_not_travel_is_not_signed() -> None:
    with pytest.raises(TrustError, match="fleet root"):
        sign_joined(replace(JOINED, fleet_root=bytes(MAX_ROOT_BYTES + 1)), REQUEST, HUB)
    with pytest.raises(TrustError, match="whole second"):
        sign_joined(replace(JOINED, hub_time=NOW + timedelta(milliseconds=1)), REQUEST, HUB)


def test_neither_shows_its_secrets_when_printed() -> None:
    said = f"{JOIN!r}{JOINED!r}"
    assert repr(JOIN.token) not in said
    assert repr(JOINED.site_key) not in said


def _changed(data: bytes, place: int, change: int) -> bytes:
    return data[:place] + bytes([data[place] ^ change]) + data[place + 1 :]
