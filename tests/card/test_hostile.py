"""Cards that a careless verifier accepts: nearly all are validly signed by a trusted issuer."""

from collections.abc import Callable
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from gate.card.verify import authenticate, protected_header
from gate.card.wire import TYP, build_claims
from gate.errors import CardError, Reason
from gate.signing import base45, cbor
from gate.signing.keys import SMALL_ORDER_POINTS, Algorithm
from gate.sim.forger import ABSENT, encode_anything, forge, sign_claims
from gate.sim.issuer import SimIssuer
from gate.trust.status_token import issue_status_token

ISSUER = SimIssuer()
TRUST = ISSUER.trust()
KID = ISSUER.key.verifying_key.kid
GOOD = ISSUER.text()
CLAIMS = build_claims(ISSUER.card())
P256 = SimIssuer(algorithm=Algorithm.ESP256).key.verifying_key.public
COSE_P256 = {1: 2, -1: 1, -2: P256[1:33], -3: P256[33:]}
COSE_ED25519 = {1: 1, -1: 6, -2: ISSUER.key.verifying_key.public}


def header(*extra: tuple[Any, Any], alg: Any = -19, kid: Any = KID, typ: Any = TYP) -> bytes:  # noqa: ANN401 - hostile values
    fields = {1: alg, 4: kid, 16: typ} | dict(extra)
    return encode_anything({key: value for key, value in fields.items() if value is not ABSENT})


def swapped(old: bytes, new: bytes) -> str:
    """Return a card in whose signed claims `old` became `new`."""
    assert CLAIMS.count(old) == 1
    return sign_claims(ISSUER, CLAIMS.replace(old, new))


def retextured(change: Callable[[bytes], bytes]) -> str:
    """Return the good card with its message changed outside what is signed."""
    return GOOD[:4] + base45.encode(change(base45.decode(GOOD[4:])))


FORMS = {
    "nothing": "",
    "the prefix alone": "CC1:",
    "no prefix": GOOD[4:],
    "a small prefix": "cc1:" + GOOD[4:],
    "another version": "CC2:" + GOOD[4:],
    "a live card's prefix": "CK1:" + GOOD[4:],
    "a space before": " " + GOOD,
    "a line end after": GOOD + "\n",
    "a character too many": GOOD + "0",
    "small letters": GOOD[:4] + GOOD[4:].lower(),
    "a full-width digit": GOOD[:4] + "\uff10" + GOOD[5:],
    "a lone surrogate": GOOD[:4] + "\ud800" + GOOD[5:],
    "over 1,200 characters": "CC1:" + "0" * 1197,
    "a million characters": "CC1:" + "0" * 1_000_000,
    "a value over 65535": "CC1::::" + GOOD[7:],
    "no tag": retextured(lambda data: data[1:]),
    "tag 17": retextured(lambda data: b"\xd1" + data[1:]),
    "tag 98, many signers": retextured(lambda data: b"\xd8\x62" + data[1:]),
    "the tag in two bytes": retextured(lambda data: b"\xd8\x12" + data[1:]),
    "the CWT tag around it": retextured(lambda data: b"\xd8\x3d" + data),
    "the tag twice": retextured(lambda data: b"\xd2" + data),
    "a byte after it": retextured(lambda data: data + b"\x00"),
    "an indefinite array": retextured(lambda data: b"\xd2\x9f" + data[2:] + b"\xff"),
    "an unprotected kid": forge(ISSUER, {}, unprotected=cbor.encode({4: KID})),
    "an unprotected null": forge(ISSUER, {}, unprotected=b"\xf6"),
    "an empty indefinite unprotected header": forge(ISSUER, {}, unprotected=b"\xbf\xff"),
    "a header that is empty": sign_claims(ISSUER, CLAIMS, header=b""),
    "a header without alg": sign_claims(ISSUER, CLAIMS, header=header(alg=ABSENT)),
    "a header without kid": sign_claims(ISSUER, CLAIMS, header=header(kid=ABSENT)),
    "a header without typ": sign_claims(ISSUER, CLAIMS, header=header(typ=ABSENT)),
    "a header with crit": sign_claims(ISSUER, CLAIMS, header=header((2, [16]))),
    "a header with crit for a key we know": sign_claims(ISSUER, CLAIMS, header=header((2, [1]))),
    "a header with a content type": sign_claims(ISSUER, CLAIMS, header=header((3, 61))),
    "a header in another order": sign_claims(
        ISSUER, CLAIMS, header=b"\xa3\x04\x48" + KID + b"\x01\x32\x10" + cbor.encode(TYP)
    ),
    "a header with alg twice": sign_claims(
        ISSUER, CLAIMS, header=b"\xa4\x01\x32\x01\x32\x04\x48" + KID + b"\x10" + cbor.encode(TYP)
    ),
    "the older EdDSA": sign_claims(ISSUER, CLAIMS, header=header(alg=-8)),
    "an alg as text": sign_claims(ISSUER, CLAIMS, header=header(alg="EdDSA")),
    "an HMAC with the public key": sign_claims(ISSUER, CLAIMS, header=header(alg=5)),
    "no algorithm": sign_claims(ISSUER, CLAIMS, header=header(alg=0)),
    "a kid of nine bytes": sign_claims(ISSUER, CLAIMS, header=header(kid=KID + b"\x00")),
    "a kid as text": sign_claims(ISSUER, CLAIMS, header=header(kid="12345678")),
    "a status list's typ": sign_claims(
        ISSUER, CLAIMS, header=header(typ="application/statuslist+cwt")
    ),
    "a plain CWT's typ": sign_claims(ISSUER, CLAIMS, header=header(typ="application/cwt")),
    "a typ as a number": sign_claims(ISSUER, CLAIMS, header=header(typ=61)),
    "claims that are no CBOR": sign_claims(ISSUER, b"card"),
    "claims that are empty": sign_claims(ISSUER, b""),
    "claims that are a list": sign_claims(ISSUER, cbor.encode([1, 2])),
    "claims with a byte after": sign_claims(ISSUER, CLAIMS + b"\x00"),
    "claims with a key twice": sign_claims(ISSUER, b"\xa9\x01\x67ecs-jib" + CLAIMS[1:]),
    "claims with 1.0 for a key": swapped(b"\xa8\x01\x67", b"\xa8\xf9\x3c\x00\x67"),
    "claims with true for a key": swapped(b"\xa8\x01\x67", b"\xa8\xf5\x67"),
    "claims of indefinite length": sign_claims(ISSUER, b"\xbf" + CLAIMS[1:] + b"\xff"),
    "a number in long form": swapped(b"\x0c\x03\x81\x19\x01\x36", b"\x18\x0c\x03\x81\x19\x01\x36"),
    "a text in pieces": swapped(b"\x67ecs-jib\x02", b"\x7f\x63ecs\x64-jib\xff\x02"),
    "a status token": "CC1:" + base45.encode(issue_status_token(ISSUER.status_list(), ISSUER.key)),
}


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
def test_another_form_is_malformed(text: str) -> None:
    with pytest.raises(CardError) as caught:
        authenticate(text, TRUST)

    assert caught.value.reason is Reason.MALFORMED


def competence(changes: dict[Any, Any]) -> dict[Any, Any]:
    return {-70001: changes}


CLAIM_FAULTS: dict[str, dict[Any, Any]] = {
    **{f"no claim {claim}": {claim: ABSENT} for claim in (1, 2, 4, 5, 6, 169, -70001, 65535)},
    "an unknown claim": {7: b"id"},
    "an unknown text claim": {"admin": 1},
    "an unknown negative claim": {-5: 1},
    "an issuer that is a number": {1: 7},
    "an issuer that is empty": {1: ""},
    "an issuer of 65 characters": {1: "e" * 65},
    "a card number of 33 characters": {2: "1" * 33},
    "a card number that is a formula": {2: "=1+1"},
    "a card number with an escape": {2: "1\x1b[2J"},
    "a card number with a right-to-left mark": {2: "1\u202e2"},
    "an expiry as a float": {4: 1.9e9},
    "an expiry as text": {4: "2029-01-01"},
    "an expiry as true": {4: True},
    "an expiry in a tag": {4: cbor2.CBORTag(1, 1_900_000_000)},
    "an expiry beyond 2100": {4: 1 << 33},
    "an expiry beyond 64 bits": {4: 1 << 64},
    "an expiry below nought": {4: -1},
    "a start before 2020": {5: 1_500_000_000},
    "a start after the issue": {5: 1_800_000_000, 6: 1_790_000_000},
    "an issue after the expiry": {6: 1_999_999_999},
    "a null issue": {6: None},
    "a name with a line end": {169: {4: "Jane\nExample"}},
    "a name with an escape": {169: {4: "Jane\x1b[31m"}},
    "a name with a bidi override": {169: {4: "Jane \u202eelpmaxE"}},
    "a name with a zero-width joiner": {169: {4: "Ja\u200dne"}},
    "a name not in NFC": {169: {4: "Zoe\u0301"}},
    "a name that begins like a formula": {169: {4: "=HYPERLINK(1)"}},
    "a name that begins with an at sign": {169: {4: "@jane"}},
    "a name that begins with a minus": {169: {4: "-Jane"}},
    "a name with markup": {169: {4: "<b>Jane"}},
    "a name with a picture": {169: {4: "Jane \U0001f600"}},
    "a name with a letter younger than Unicode 14": {169: {4: "Jane \U00011f04"}},
    "a name of 65 bytes": {169: {4: "J" * 65}},
    "an empty name": {169: {4: ""}},
    "a name of spaces": {169: {4: "   "}},
    "a name as bytes": {169: {4: b"Jane"}},
    "no name": {169: {4: ABSENT}},
    "no identity": {169: {1: ABSENT}},
    "an identity with a text key": {169: {"photo": b""}},
    "an identity with a negative key": {169: {-1: 1}},
    "no scheme": competence({0: ABSENT}),
    "no card type": competence({1: ABSENT}),
    "a competence with a text key": competence({"craft": 1}),
    "a competence with a negative key": competence({-1: 1}),
    "a card type of 25 bytes": competence({1: "t" * 25}),
    "a card type below nought": competence({1: -1}),
    "a card type as a float": competence({1: 1.0}),
    "an empty card type": competence({1: ""}),
    "no occupation in the list": competence({2: []}),
    "seven occupations": competence({2: [1, 2, 3, 4, 5, 6, 7]}),
    "an occupation that is no list": competence({2: 12}),
    "five endorsements": competence({4: [1, 2, 3, 4, 5]}),
    "nine disciplines": competence({7: [1] * 9}),
    "five limits": competence({8: [1] * 5}),
    "evidence without a day": competence({5: [3]}),
    "evidence with a day as text": competence({5: [3, "2028-05-01"]}),
    "evidence until the year 6000000": competence({5: [3, 1 << 31]}),
    "one day of two": competence({6: [21_000]}),
    "a photograph's digest of 15 bytes": competence({9: bytes(15)}),
    "a photograph's digest as text": competence({9: "x" * 16}),
    "a status that is a list": {65535: [1]},
    "a status without index": {65535: {"status_list": {"idx": ABSENT}}},
    "a status with an index below nought": {65535: {"status_list": {"idx": -1}}},
    "a status with an index as text": {65535: {"status_list": {"idx": "7"}}},
    "a status with more than a list": {65535: {"identifier_list": {"id": 1}}},
    "a status list with a field more": {65535: {"status_list": {"ttl": 1}}},
    "a status with another issuer's list": {
        65535: {"status_list": {"uri": "https://cscs.invalid/1"}}
    },
    "a status with a list that only begins like ours": {
        65535: {"status_list": {"uri": "https://ecs-jib.invalid.evil/1"}}
    },
    "a status with a long list name": {
        65535: {"status_list": {"uri": "https://ecs-jib.invalid/" + "1" * 200}}
    },
    "an audience on a scheme card": {3: "kings-wharf"},
    "a site scheme without an audience": competence({0: "site:kings-wharf"}),
    "a site scheme for another audience": {3: "mill-lane", -70001: {0: "site:kings-wharf"}},
    "an empty audience": {3: "", -70001: {0: "site:"}},
    "an empty confirmation": {8: {}},
    "a confirmation by key name": {8: {3: b"kid"}},
    "a P-256 key with the sign of y": {8: {1: COSE_P256 | {-3: True}}},
    "a P-256 key off the curve": {8: {1: COSE_P256 | {-3: bytes(32)}}},
    "a P-256 key cut in uneven halves": {8: {1: COSE_P256 | {-2: P256[1:32], -3: P256[32:]}}},
    "a P-256 key with its private half": {8: {1: COSE_P256 | {-4: bytes(32)}}},
    "an Ed25519 key of 31 bytes": {8: {1: COSE_ED25519 | {-2: bytes(31)}}},
    "an Ed25519 key of small order": {8: {1: COSE_ED25519 | {-2: min(SMALL_ORDER_POINTS)}}},
    "a symmetric key": {8: {1: {1: 4, -1: bytes(32)}}},
}


@pytest.mark.parametrize("changes", CLAIM_FAULTS.values(), ids=CLAIM_FAULTS)
def test_signed_claims_out_of_bounds_are_malformed(changes: dict[Any, Any]) -> None:
    with pytest.raises(CardError) as caught:
        authenticate(forge(ISSUER, changes), TRUST)

    assert caught.value.reason is Reason.MALFORMED


def test_the_forger_makes_good_cards_too_or_these_tests_could_not_fail() -> None:
    assert forge(ISSUER, {}) == GOOD
    assert authenticate(forge(ISSUER, {169: {9: b"photo"}}), TRUST) == ISSUER.card()
    assert authenticate(forge(ISSUER, competence({99: [{1: "x"}]})), TRUST) == ISSUER.card()
    for cnf in (COSE_P256, COSE_ED25519):
        assert authenticate(forge(ISSUER, {8: {1: cnf}}), TRUST).holder_key is not None


def test_a_key_named_on_a_card_is_a_hint_and_not_its_proof() -> None:
    stranger = SimIssuer(seed="stranger")

    text = sign_claims(stranger, CLAIMS, header=protected_header(Algorithm.ED25519, KID))

    with pytest.raises(CardError) as caught:
        authenticate(text, TRUST)
    assert caught.value.reason is Reason.BAD_SIGNATURE


def test_the_algorithm_is_the_keys_and_not_the_cards() -> None:
    public = SimIssuer(algorithm=Algorithm.ESP256)
    text = sign_claims(
        public, CLAIMS, header=protected_header(Algorithm.ED25519, public.key.verifying_key.kid)
    )

    with pytest.raises(CardError) as caught:
        authenticate(text, public.trust())
    assert caught.value.reason is Reason.BAD_SIGNATURE


def test_a_secp256k1_key_cannot_pass_for_p256() -> None:
    point = ec.derive_private_key(7, ec.SECP256K1()).public_key().public_numbers()
    cnf = COSE_P256 | {-2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}

    with pytest.raises(CardError):
        authenticate(forge(ISSUER, {8: {1: cnf}}), TRUST)
