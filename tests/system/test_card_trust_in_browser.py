"""Keys, status lists and issuers count in a browser for what they count for at a gate."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, Final

import pytest
from playwright.sync_api import Browser

from gate.card.wire import build_claims
from gate.signing.keys import Algorithm, VerifyingKey
from gate.sim.forger import forge, sign_claims
from gate.sim.issuer import NOW
from gate.trust.bundle import KeyUse, TrustBundle
from gate.trust.status_list import pack
from tests.system.browsed import browser
from tests.system.card_texts import ED25519, ESP256, SITE, full_pass
from tests.system.judged import Browsed, Row, browsed, judged_alike
from tests.system.odd_signatures import P, card_text

pytestmark = pytest.mark.system

A_DAY: Final = timedelta(days=1)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as there:
        yield there


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Browsed]:
    with browsed(chromium) as there:
        yield there


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_each_value_of_each_width_is_looked_up_alike(page: Browsed, bits: int) -> None:
    values = bytes(index % (1 << bits) for index in range(600 // bits * bits))
    held = replace(
        ED25519.status_list(), bits=bits, packed=pack(values, bits), expires_at=NOW - A_DAY
    )
    trust = TrustBundle(issuers=(ED25519.issuer(),), status_lists={held.uri: held})
    beyond = (len(held) - 1, len(held), len(held) + 1, 2**32, 2**53, 2**53 + 1, 2**63, 2**64 - 1)
    places = [*range(300), *beyond]
    texts = [forge(ED25519, {65535: {"status_list": {"idx": place}}}) for place in places]

    told = judged_alike(page, trust, map(Row, texts))

    assert told >= {"", "revoked", "malformed"}


NO_POINTS: Final = [number.to_bytes(32, "little") for number in (2, P + 2, P + 18, 2**255 + 7)]


@pytest.mark.parametrize("public", NO_POINTS, ids=bytes.hex)
def test_a_key_that_no_curve_has_signed_nothing_in_both(page: Browsed, public: bytes) -> None:
    key = VerifyingKey(Algorithm.ED25519, public)
    trust = TrustBundle(issuers=(ED25519.issuer(key=key),))
    signatures = (bytes(64), public + bytes(32), b"\x01" + bytes(63), ED25519.key.sign(b""))
    claims = build_claims(ED25519.card())
    texts = [card_text(claims, key, partial(lambda made, _: made, made)) for made in signatures]

    assert judged_alike(page, trust, map(Row, texts)) == {"bad_signature"}


KEYS: Final[dict[str, dict[str, Any]]] = {
    "for cards": {"uses": frozenset({KeyUse.CARD})},
    "for lists": {"uses": frozenset({KeyUse.LIST})},
    "for sites": {"uses": frozenset({KeyUse.SITE})},
    "for nothing": {"uses": frozenset()},
    "for all": {"uses": frozenset(KeyUse)},
    "compromised": {"uses": frozenset(KeyUse), "compromised": True},
    **{
        f"{bound} {seconds} s from the issue": {
            "uses": frozenset(KeyUse),
            bound: NOW - timedelta(days=30) + timedelta(seconds=seconds),
        }
        for bound in ("not_before", "not_after")
        for seconds in (-1, 0, 1)
    },
}


@pytest.mark.parametrize("entry", KEYS.values(), ids=KEYS)
def test_a_key_is_trusted_for_its_use_and_time_alike(page: Browsed, entry: dict[str, Any]) -> None:
    lists = (ED25519.status_list(), SITE.status_list())
    trust = TrustBundle(
        issuers=(SITE.issuer(**entry), ED25519.issuer(**entry)),
        status_lists={held.uri: held for held in lists},
    )

    told = judged_alike(page, trust, [Row(ED25519.text()), Row(SITE.text(full_pass()))])

    assert told <= {"", "unknown_issuer"}


def test_issuers_who_share_a_key_speak_each_in_its_own_name(page: Browsed) -> None:
    shared = ED25519.key.verifying_key
    compromised = replace(ED25519.issuer(compromised=True), iss="third")
    issuers = (
        compromised,
        replace(ESP256.issuer(key=shared), schemes=frozenset({"cscs", 2, "2"})),
        ED25519.issuer(),
    )
    changes: list[dict[Any, Any]] = [
        {},
        {1: "cscs"},
        {1: "third"},
        {1: "fourth"},
        {1: "cscs", -70001: {0: 2}, 65535: {"status_list": {"uri": "https://cscs.invalid/1"}}},
        {1: "cscs", -70001: {0: "2"}, 65535: {"status_list": {"uri": "https://cscs.invalid/1"}}},
        {1: "cscs", -70001: {0: "cscs"}},
        {-70001: {0: 2}},
        {-70001: {0: 2**53 + 1}},
        {65535: {"status_list": {"uri": "https://ecs-jib.invalid.evil/1"}}},
    ]
    told = judged_alike(
        page, TrustBundle(issuers=issuers), [Row(forge(ED25519, one)) for one in changes]
    )

    assert told == {"status_unknown", "unknown_issuer", "scheme_not_trusted", "malformed"}


def test_an_algorithm_is_the_keys_and_not_the_cards(page: Browsed) -> None:
    both = replace(ED25519.issuer(), keys=(*ESP256.issuer().keys, *ED25519.issuer().keys))
    texts = [forge(ED25519, {}), sign_claims(ESP256, build_claims(ED25519.card()))]
    headers = [
        bytes.fromhex("a301" + algorithm + "0448") + one.key.verifying_key.kid + b"\x10\x78\x1f"
        for algorithm in ("32", "28")
        for one in (ED25519, ESP256)
    ]
    typ = b"application/vnd.sitecard+cwt"
    claims = build_claims(ED25519.card())
    for header in headers:
        whole = header[:-1] + bytes([len(typ)]) + typ
        texts += [sign_claims(one, claims, header=whole) for one in (ED25519, ESP256)]

    assert judged_alike(page, TrustBundle(issuers=(both,)), map(Row, texts)) == {
        "status_unknown",
        "bad_signature",
    }
