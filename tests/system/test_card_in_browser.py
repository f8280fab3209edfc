"""A browser judges every text as a gate does: the same reasons in the same order, the same card."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any, Final

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from playwright.sync_api import Browser

from gate.card import other_codes
from gate.card.model import Card
from gate.card.name_ranges import NAME_RANGES
from gate.card.names import is_name
from gate.card.wire import build_claims
from gate.signing import cbor
from gate.signing.keys import SMALL_ORDER_POINTS, SigningKey
from gate.sim.forger import claims_of, encode_anything, forge, sign_claims, with_changes
from gate.sim.issuer import LIST_SIZE, SimIssuer
from gate.trust.bundle import KeyUse, TrustBundle
from gate.trust.status_list import Status, StatusList
from tests.card.test_hostile import CLAIM_FAULTS, FORMS
from tests.card.test_limits import BOUNDS
from tests.card.test_other_codes import ROWS
from tests.card.test_site_pass import BROKEN
from tests.signing.test_cbor import NO_PLACE
from tests.system.browsed import browser
from tests.system.card_texts import (
    ED25519,
    ESP256,
    SITE,
    any_card,
    any_pass,
    flipped,
    flipped_texts,
    full_card,
    full_pass,
    of_later_versions,
    overflowing_texts,
    spoilt,
    texts_of,
)
from tests.system.judged import Browsed, Row, browsed, by_python, judged_alike
from tests.system.odd_signatures import card_text, ed25519, mixed_key, p256

pytestmark = pytest.mark.system

SEED: Final = 20261123
EVERY_POINT: Final = """
async () => {
  const { isName } = await import("/card/names.js");
  const found = [];
  for (let point = 0; point < 0x110000; point += 1) {
    if (point >= 0xd800 && point < 0xe000) continue;
    const character = String.fromCodePoint(point);
    found.push((isName(character) ? 1 : 0) + (isName(`J${character}`) ? 2 : 0));
  }
  return found.join("");
}
"""
MANY: Final = """
async (texts) => {
  const { isName } = await import("/card/names.js");
  return texts.map(isName);
}
"""
STATUSES: Final = {index: (index + 1) % 4 for index in range(LIST_SIZE)}
SITE_ISSUER: Final = SITE.issuer(uses=frozenset({KeyUse.SITE, KeyUse.LIST}))


def dated(held: StatusList, seconds: int) -> StatusList:
    return replace(held, issued_at=held.issued_at - timedelta(seconds=seconds))


def trust_with(*lists: StatusList) -> TrustBundle:
    issuers = (ED25519.issuer(), ESP256.issuer(), SITE_ISSUER)
    return TrustBundle(issuers=issuers, status_lists={held.uri: held for held in lists})


TRUST: Final = trust_with(
    dated(ED25519.status_list(STATUSES), 3600),  # type: ignore[arg-type]  # 3 is the reserved value
    dated(ESP256.status_list({8: Status.INVALID}), 60),
    dated(SITE.status_list(STATUSES), 100),  # type: ignore[arg-type]  # as above
)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as there:
        yield there


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Browsed]:
    with browsed(chromium) as there:
        yield there


def test_cards_of_every_kind_come_out_as_at_a_gate(page: Browsed) -> None:
    random = Random(SEED)
    makers: list[tuple[SimIssuer, Callable[[], Card]]] = [
        (ED25519, lambda: any_card(ED25519, random)),
        (ESP256, lambda: any_card(ESP256, random)),
        (SITE, lambda: any_pass(random)),
    ]
    texts = [text for issuer, make in makers for text in texts_of(iter(make, None), issuer, 1500)]
    told = judged_alike(page, TRUST, map(Row, texts))

    assert {"", "malformed", "expired", "not_yet_valid", "revoked", "suspended"} < told
    assert {"outlives_card", "status_unknown"} < told


def test_a_card_is_good_in_its_time(page: Browsed) -> None:
    card = full_card(ED25519)
    edges = [int(at.timestamp()) for at in (card.issued_at, card.expires_at, card.not_before)]
    rows = [Row(ED25519.text(card), edge + beside) for edge in edges for beside in (-1, 0, 1)]

    told = judged_alike(page, trust_with(ED25519.status_list()), rows)

    assert told == {"", "not_yet_valid", "expired"}


@pytest.mark.parametrize("issuer", [ED25519, ESP256], ids=lambda issuer: issuer.iss)
def test_no_changed_bit_of_a_card_is_believed(page: Browsed, issuer: SimIssuer) -> None:
    told = judged_alike(page, TRUST, map(Row, flipped_texts(issuer.text())))

    assert told == {"malformed", "unknown_issuer", "bad_signature"}


@pytest.mark.parametrize(
    ("issuer", "card"), [(ED25519, full_card(ED25519)), (SITE, full_pass())], ids=["card", "pass"]
)
def test_claims_with_any_bit_changed_and_signed_again_are_read_alike(
    page: Browsed, issuer: SimIssuer, card: Card
) -> None:
    texts = [sign_claims(issuer, claims) for claims in flipped(build_claims(card))]

    assert {"", "malformed"} < judged_alike(page, TRUST, map(Row, texts))


def test_spoilt_claims_that_are_signed_are_read_alike(page: Browsed) -> None:
    random = Random(SEED)
    whole = [(ED25519, full_card(ED25519)), (ESP256, ESP256.card()), (SITE, full_pass())]
    texts = [
        sign_claims(issuer, spoilt(build_claims(card), random))
        for issuer, card in whole
        for _ in range(2000)
    ]
    texts += [sign_claims(ED25519, spoilt(of_later_versions(random), random)) for _ in range(500)]

    assert {"", "malformed"} < judged_alike(page, TRUST, map(Row, texts))


def test_what_a_later_version_may_add_is_passed_over_alike(page: Browsed) -> None:
    random = Random(SEED)
    texts = [sign_claims(ED25519, of_later_versions(random)) for _ in range(2000)]

    assert {"", "malformed"} <= judged_alike(page, TRUST, map(Row, texts))


def test_a_length_beyond_any_card_is_refused_alike(page: Browsed) -> None:
    claims = encode_anything(with_changes(claims_of(ED25519), {-70001: {99: 0}}))
    lengths = (0, 1, 23, 24, 255, 256, 2**16, 2**32, 2**53 - 1, 2**53, 2**53 + 1, 2**64 - 1)
    texts = [
        sign_claims(ED25519, claims[:-1] + cbor.head(major, length) + tail)
        for major in range(6)
        for length in lengths
        for tail in (b"", b"\x00", bytes(range(48)), b"\x60" * 48)
    ]

    assert judged_alike(page, TRUST, map(Row, texts)) == {"", "malformed"}


def test_characters_that_stand_for_too_much_are_refused_alike(page: Browsed) -> None:
    cards = [ED25519.card(number=number) for number in ("1", "12")]
    texts = [text for card in cards for text in overflowing_texts(ED25519.text(card))]

    assert len(texts) > 80
    assert judged_alike(page, TRUST, map(Row, texts)) == {"malformed"}


def test_what_has_no_place_in_cbor_is_refused_alike(page: Browsed) -> None:
    claims = encode_anything(with_changes(claims_of(ED25519), {-70001: {99: 0}}))[:-1]
    items = [bytes.fromhex(one) for one in NO_PLACE.values()]
    items += [bytes.fromhex("81" * levels) + one for levels in range(5) for one in (b"\0", *items)]

    texts = [sign_claims(ED25519, claims + item) for item in items]

    assert judged_alike(page, TRUST, map(Row, texts)) == {"", "malformed"}


def test_a_card_cut_anywhere_is_refused_alike(page: Browsed) -> None:
    text, claims = ED25519.text(full_card(ED25519)), build_claims(full_pass())
    texts = [text[:end] for end in range(len(text))]
    texts += [sign_claims(SITE, claims[:end]) for end in range(len(claims))]

    assert judged_alike(page, TRUST, map(Row, texts)) == {"malformed"}


def test_every_hostile_card_is_refused_alike(page: Browsed) -> None:
    site_claims = cbor2.loads(build_claims(full_pass()))
    broken: Iterable[Any] = BROKEN.values()
    texts = [
        *FORMS.values(),
        *(forge(ED25519, changes) for changes in CLAIM_FAULTS.values()),
        *(forge(ED25519, changes) for both in BOUNDS.values() for changes in both),
        *(
            sign_claims(SITE, encode_anything(with_changes(site_claims, changes)))
            for changes in broken
        ),
    ]

    assert len(texts) > 240
    assert {"", "malformed"} <= judged_alike(page, TRUST, map(Row, texts))


def test_other_codes_are_told_by_their_kind_alike(page: Browsed) -> None:
    spaces = [chr(point) for point in range(0x3100) if chr(point).isspace()] + ["\ufeff", "\u200b"]
    beginnings = [one for _, kinds in other_codes._KINDS for one in kinds]  # noqa: SLF001 - all there are
    texts = [text for text, _ in ROWS.values()]
    for one in beginnings:
        texts += [one, one.upper(), one[:-1], one.replace("k", "\u212a").replace("i", "\u0130")]
        texts += [space + one for space in spaces]
        texts += [" " * before + one for before in range(18)]
        texts += ["\U0001f600" + one, one + "\U0001f600" * 9]
    texts += [
        "GE1:",
        "GE2:ABC",
        "GE:",
        "ge1:",
        " GE1:",
        "GE\u0661:",
        "GE12345678901:",
        "\nGE1:",
        "GE1",
    ]

    told = judged_alike(page, TRUST, map(Row, texts))

    assert told == {"malformed", "set_up_code", *(str(kind) for kind, _ in other_codes._KINDS)}  # noqa: SLF001 - as above


def test_every_character_stands_in_a_name_in_both_or_in_neither(page: Browsed) -> None:
    points = [point for point in range(0x110000) if not 0xD800 <= point < 0xE000]
    expected = "".join(str(is_name(chr(one)) + 2 * is_name("J" + chr(one))) for one in points)

    found = page.page.evaluate(EVERY_POINT)

    differing = [
        hex(point)
        for point, gate, there in zip(points, expected, found, strict=True)
        if gate != there
    ]
    assert differing == []
    assert set(expected) == {"0", "1", "2", "3"}


def test_characters_together_stand_in_a_name_in_both_or_in_neither(page: Browsed) -> None:
    random = Random(SEED)
    spans = [[int(end, 16) for end in span.split("-")] for span in NAME_RANGES.split()]
    letters = [chr(random.randint(span[0], span[-1])) for span in spans for _ in range(3)]
    marks = [chr(point) for point in (*range(0x300, 0x346), 0x93C, 0x9BE, 0x1161, 0x11A8, 0x3099)]
    latin = [*"AEeozZ\u1100\u0995\u304b\uac00", " ", "-", ".", "\u2019", "\u2010", "\n", "\u0378"]
    texts = [
        "".join(random.choices(random.choice((latin + marks, letters, latin)), k=length))
        for length in (1, 2, 3, 4, 16, 31, 32, 33, 64, 65)
        for _ in range(3000)
    ]

    expected = [is_name(text) for text in texts]
    found = page.page.evaluate(MANY, texts)

    assert [
        ascii(text) for text, one, other in zip(texts, expected, found, strict=True) if one != other
    ] == []
    assert 3000 < sum(expected) < 27_000


def test_a_name_is_read_from_its_bytes_alike(page: Browsed) -> None:
    names = (
        "\ufeffJane",
        "Jane\ufeff",
        "J\0",
        "\u212b",
        "\u00c5",
        "\U0001d11e",
        "\u2010J",
        "J ",
        "J-",
    )
    broken = (b"\xff", b"\xc3", b"\xc1\x81", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x80")
    claims = encode_anything(with_changes(claims_of(ED25519), {169: {4: "JJJJ"}}))
    texts = [forge(ED25519, {169: {4: name}}) for name in names]
    for one in broken:
        name = one.rjust(4, b"J")
        texts += [sign_claims(ED25519, claims.replace(b"\x64JJJJ", b"\x64" + name)), ED25519.text()]

    assert judged_alike(page, TRUST, map(Row, texts)) == {"", "malformed"}


def test_every_byte_stands_in_a_text_in_both_or_in_neither(page: Browsed) -> None:
    fields: list[dict[Any, Any]] = [{2: "ZZZZ"}, {169: {1: "ZZZZ"}}, {-70001: {1: "ZZZZ"}}]
    whole = [encode_anything(with_changes(claims_of(ED25519), field)) for field in fields]
    texts = [
        sign_claims(ED25519, claims.replace(b"ZZZZ", changed))
        for claims in whole
        for byte in range(256)
        for changed in (bytes([byte]) + b"ZZZ", b"ZZZ" + bytes([byte]))
    ]

    assert judged_alike(page, TRUST, map(Row, texts)) == {"", "malformed"}


def test_a_holders_key_is_read_or_refused_alike(page: Browsed) -> None:
    p = 2**256 - 2**224 + 2**192 + 2**96 - 1
    points = [
        (0, 0x66485C780E2F83D72433BD5D84A06BB6541C2AF31DAE871728BF856A174F93F4),
        (0xD7325D7646CD60D80A92738CEB345F844CFFAF35841022CAB176F692DE8DE1D7, 5),
    ]
    points += [(x, p - y) for x, y in points] + [(0, 0), (1, 1), (2**256 - 1, 2**256 - 1)]
    points += [(x + p, y) for x, y in points[:1]] + [(x, y + p) for x, y in points[1:2]]
    halves = [[number.to_bytes(32, "big") for number in point] for point in points]
    keys: list[dict[Any, Any]] = [{1: 2, -1: 1, -2: x, -3: y} for x, y in halves]
    x, y = halves[0]
    wrong = ({-3: y[1:]}, {-3: y + b"0"}, {-2: x[1:], -3: y + b"0"}, {1: 1}, {-1: 6}, {-4: 1})
    keys += [keys[0] | change for change in wrong]
    for point in (*SMALL_ORDER_POINTS, bytes(32), bytes(31), bytes(33), b"\x02" + bytes(31)):
        keys += [{1: 1, -1: 6, -2: point}, {1: 1, -1: 6, -2: point, -3: 1}]
    others: list[Any] = [{1: keys[0], 2: 1}, {2: keys[0]}, {"1": keys[0]}, {}, 1, b""]
    texts = [forge(ED25519, {8: value}) for value in ([{1: key} for key in keys] + others)]

    assert judged_alike(page, TRUST, map(Row, texts)) == {"", "malformed"}
    assert [by_python(TRUST, Row(text))["reasons"] for text in texts[:4]] == [[]] * 4


def test_odd_signatures_are_taken_and_refused_alike(page: Browsed) -> None:
    private = ec.derive_private_key(123_456_789, ec.SECP256R1())
    makers = [(mixed_key(torsion), list(ed25519(torsion))) for torsion in range(8)]
    makers.append((SigningKey(private).verifying_key, list(p256(private))))
    claims = [encode_anything(claims_of(ED25519) | {2: f"{number}"}) for number in range(3)]
    for key, signers in makers:
        trust = replace(TRUST, issuers=(ED25519.issuer(key=key),))
        rows = [Row(card_text(one, key, sign)) for _, sign in signers for one in claims]

        assert judged_alike(page, trust, rows) == {"", "bad_signature"}


def test_a_signature_whose_numbers_begin_with_zeros_is_one(page: Browsed) -> None:
    private = ec.derive_private_key(123_456_789, ec.SECP256R1())
    key = SigningKey(private)
    trust = replace(TRUST, issuers=(ED25519.issuer(key=key.verifying_key),))
    claims = build_claims(ED25519.card())

    def sign(message: bytes) -> bytes:
        while True:
            signature = key.sign(message)
            if 0 in (signature[0], signature[32]):
                return signature

    texts = [card_text(claims, key.verifying_key, sign) for _ in range(8)]

    assert judged_alike(page, trust, map(Row, texts)) == {""}
