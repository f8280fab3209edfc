"""Set-up codes: what is composed is read again, and nothing else is."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.errors import ConfigError, EnrolError, Setback
from gate.signing import base45, cbor
from gate.signing.keys import Algorithm
from gate.signing.message import sign_message
from gate.sim.issuer import NOW, seeded_key
from gate.trust.enrolment import (
    MAX_CODE_CHARS,
    MAX_POLICY_CHARS,
    TYP,
    Alone,
    EnrolmentCode,
    HubDoor,
    compose_code,
    open_code,
)
from gate.trust.network import Network, WiFi
from gate.trust.set_up_text import PREFIX, is_code
from tests.trust.set_up_codes import CODE, DOOR, HUB, PLACE, RULES, code, codes, text

TEXT = text()
CLAIMS: dict[int, Any] = {
    1: HUB.verifying_key.public,
    2: int(NOW.timestamp()),
    3: int((NOW + timedelta(days=14)).timestamp()),
    4: {1: 0, 2: []},
    5: DOOR.url,
    6: DOOR.token,
}


CHANGES: dict[str, dict[int, Any]] = {
    "an address without TLS": {5: "http://hub.example.org"},
    "an address that is none": {5: "hub"},
    "a short token": {6: bytes(15)},
    "a token of text": {6: "x" * 16},
    "a short pin": {7: bytes(31)},
    "rules without a place": {9: RULES},
    "a network of no kind": {4: {1: 3, 2: []}},
    "a network that is a number": {4: 0},
    "a time that is text": {2: "now"},
    "a time before all codes": {2: 0},
    "good for two months": {3: CLAIMS[2] + 60 * 86400},
    "over before it began": {3: CLAIMS[2] - 1},
    "something more": {10: 1},
}


def signed(claims: Any, key: Any = HUB, typ: str = TYP) -> str:  # noqa: ANN401 - whatever a stranger signs
    return PREFIX + base45.encode(sign_message(typ, cbor.encode(claims), key))


def setback_of(payload: str) -> Setback:
    with pytest.raises(EnrolError) as caught:
        open_code(payload)
    return caught.value.setback


def test_a_code_is_the_documented_map() -> None:
    assert signed(CLAIMS) == TEXT


# Invariant: whatever a code says, its text says the same.
@given(codes)
def test_what_is_composed_is_read_again(known: EnrolmentCode) -> None:
    assert open_code(compose_code(known, HUB)) == known


# Invariant: any other text is EnrolError, and nothing else.
@given(st.text(max_size=80) | st.text(max_size=200).map(lambda tail: PREFIX + tail))
def test_any_text_is_a_code_or_a_setback(payload: str) -> None:
    assert setback_of(payload) in {
        Setback.NOT_A_CODE,
        Setback.NEWER_CODE,
        Setback.DAMAGED_CODE,
    }


@given(st.binary(max_size=120).map(lambda data: PREFIX + base45.encode(data)))
def test_any_bytes_are_a_code_or_damaged(payload: str) -> None:
    assert setback_of(payload) is Setback.DAMAGED_CODE


@given(st.integers(0, len(TEXT) - 1), st.sampled_from(base45.ALPHABET.decode()))
def test_a_code_with_one_character_changed_is_refused(place: int, other: str) -> None:
    changed = TEXT[:place] + other + TEXT[place + 1 :]
    if changed != TEXT:
        setback_of(changed)


@pytest.mark.parametrize(
    ("payload", "setback"),
    [
        pytest.param("", Setback.NOT_A_CODE, id="nothing"),
        pytest.param("CC1:ABC", Setback.NOT_A_CODE, id="a card"),
        pytest.param("https://example.org", Setback.NOT_A_CODE, id="a web address"),
        pytest.param("ge1:" + TEXT[4:], Setback.NOT_A_CODE, id="another case"),
        pytest.param("GE2:" + TEXT[4:], Setback.NEWER_CODE, id="a later version"),
        pytest.param(PREFIX, Setback.DAMAGED_CODE, id="nothing after the prefix"),
        pytest.param(TEXT[:-20], Setback.DAMAGED_CODE, id="cut off"),
        pytest.param(TEXT + " ", Setback.DAMAGED_CODE, id="with a blank after it"),
        pytest.param(PREFIX + "A" * MAX_CODE_CHARS, Setback.DAMAGED_CODE, id="too long"),
        pytest.param(signed([1, 2]), Setback.DAMAGED_CODE, id="no map"),
        pytest.param(signed({}), Setback.DAMAGED_CODE, id="an empty map"),
        pytest.param(
            signed(CLAIMS, seeded_key("another hub", Algorithm.ED25519)),
            Setback.DAMAGED_CODE,
            id="signed by another key than it names",
        ),
        pytest.param(signed(CLAIMS, typ="text/plain"), Setback.DAMAGED_CODE, id="of another type"),
        *(
            pytest.param(signed(CLAIMS | changes), Setback.DAMAGED_CODE, id=name)
            for name, changes in CHANGES.items()
        ),
        *(
            pytest.param(
                signed({key: it for key, it in CLAIMS.items() if key not in left_out}),
                Setback.DAMAGED_CODE,
                id=name,
            )
            for name, left_out in {
                "neither a hub nor rules": {5, 6},
                "a hub without a token": {6},
                "a token without a hub": {5},
                "no network": {4},
                "no key": {1},
            }.items()
        ),
    ],
)
def test_a_text_that_is_no_code_is_refused_by_its_own_setback(
    payload: str, setback: Setback
) -> None:
    assert setback_of(payload) is setback


def test_what_is_held_against_a_code_names_neither_its_token_nor_its_password() -> None:
    wifi = Network(link=WiFi(ssid="Site", passphrase="correct horse"))
    whole = text(network=wifi)
    with pytest.raises(EnrolError) as caught:
        open_code(whole[:-3])
    said = f"{caught.value}{code(network=wifi)!r}"
    assert "correct horse" not in said
    assert repr(DOOR.token) not in said


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        pytest.param({"until": NOW}, "good for 0.0 days; allowed: 1 to 30", id="for no time"),
        pytest.param(
            {"until": NOW + timedelta(days=31)}, "good for 31.0 days", id="for more than a month"
        ),
        pytest.param({"issued_at": NOW + timedelta(milliseconds=1)}, "whole second", id="fraction"),
        pytest.param({"hub": None}, "neither a hub nor rules", id="of nothing"),
        pytest.param(
            {"hub": replace(DOOR, url="http://hub.example.org")}, "http: loopback only", id="http"
        ),
        pytest.param({"hub": replace(DOOR, token=b"")}, "a token of 0 bytes", id="no token"),
        pytest.param({"hub": replace(DOOR, pin=b"1")}, "a pin of 1 bytes", id="no pin"),
        pytest.param(
            {"alone": Alone(place=PLACE, policy="x" * (MAX_POLICY_CHARS + 1))},
            "rules of 1201 characters; allowed: 1 to 1200",
            id="long rules",
        ),
        pytest.param(
            {"alone": Alone(place=PLACE, policy="\0")}, "more than lines of text", id="no rules"
        ),
        pytest.param(
            {"key": seeded_key("p256", Algorithm.ESP256).verifying_key}, "Ed25519", id="a P-256 key"
        ),
    ],
)
def test_a_code_that_no_unit_could_use_is_not_made(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(told)):
        code(**changes)


def test_a_code_is_signed_by_the_key_that_it_names() -> None:
    with pytest.raises(ConfigError, match="another key than it names"):
        compose_code(CODE, seeded_key("another hub", Algorithm.ED25519))


def test_a_code_for_a_hub_and_wifi_fits_a_symbol_of_a_sheet_of_forty() -> None:
    wifi = Network(link=WiFi(ssid="Kings Wharf Site", passphrase="a password of the site"))
    door = HubDoor(url="https://gates.hartwell.example", token=DOOR.token, pin=bytes(32))
    assert len(text(network=wifi, hub=door)) <= 528  # version 14 at M: 73 modules


def test_a_set_up_code_is_told_from_a_card_by_its_beginning() -> None:
    assert [is_code(one) for one in (TEXT, "GE9:", "CC1:X", "GE:", "")] == [
        *(True, True),
        *(False, False, False),
    ]
