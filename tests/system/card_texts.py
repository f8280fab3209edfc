"""Texts of cards by the thousand, from a seed: of every kind, and spoilt and signed again."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any, Final

import cbor2

from gate.card.model import Card, Code, Competence, HolderKey, StandsOn, StatusRef
from gate.card.wire import build_claims
from gate.errors import CardError
from gate.signing import base45
from gate.signing.keys import Algorithm
from gate.sim.forger import claims_of, encode_anything, sign_claims, with_changes
from gate.sim.issuer import LIST_SIZE, NOW, SimIssuer, seeded_key

SITE: Final = SimIssuer("site:riverside")
ED25519: Final = SimIssuer("ecs-jib")
ESP256: Final = SimIssuer("cscs", algorithm=Algorithm.ESP256)
KEYS: Final = {algorithm: seeded_key("a phone", algorithm) for algorithm in Algorithm}
_ASCII: Final = "".join(map(chr, range(0x20, 0x7F)))
_NAMES: Final = (
    "Jane Example",
    "O'Neil-Smith, Jr.",
    "O\u2019Neil",
    "\u0141ukasz \u017b\u00f3\u0142\u0107",
    "\u0a17\u0a41\u0a30\u0a2a\u0a4d\u0a30\u0a40\u0a24",
    "\U0002070e\u5c71",
    ".J",
)
_NUMBERS: Final = (0, 23, 24, 255, 256, 65_535, 65_536, 2**32 - 1, 2**32, 2**53 - 1, 2**53)
_HUGE: Final = (2**53 + 1, 2**63, 2**64 - 1)


def number(random: Random) -> int:
    """Return an unsigned integer of any length; those at the edges are the likeliest."""
    return random.choice((*_NUMBERS, *_HUGE, random.getrandbits(random.randint(1, 64))))


def full_card(issuer: SimIssuer) -> Card:
    """Return a card that says all that a scheme card can."""
    card = issuer.card()
    proofs = replace(card.competence, limits=("supervised", 2), photo_digest=bytes(range(16)))
    key = HolderKey(
        algorithm=Algorithm.ED25519, public=KEYS[Algorithm.ED25519].verifying_key.public
    )
    return replace(card, competence=replace(proofs, language="pl"), holder_key=key)


def full_pass() -> Card:
    """Return a site's pass that says all that one can."""
    until = NOW + timedelta(days=90)
    status = StatusRef(uri=ED25519.uri, index=7)
    beneath = StandsOn(issuer=ED25519.iss, number="10000007", expires_at=until, status=status)
    proofs = replace(full_card(SITE).competence, stands_on=beneath)
    return SITE.card(3, audience="riverside", expires_at=until, competence=proofs)


def any_card(issuer: SimIssuer, random: Random) -> Card:
    """Return a card that a gate may believe, whether good now or not."""
    begins = NOW - timedelta(seconds=random.choice((0, 1, 86_400, 90_000_000)))
    issued = begins + timedelta(seconds=random.choice((0, 0, 1, 3600, 100_000)))
    expires = issued + timedelta(seconds=random.choice((0, 1, 86_400, 90_000_000)))
    key = random.choice((None, None, *Algorithm))
    return issuer.card(
        number=_text(random, 32, first="0A z"),
        holder_id=_text(random, 64),
        name=random.choice(_NAMES),
        not_before=begins,
        issued_at=issued,
        expires_at=expires,
        competence=_proofs(issuer.iss, random),
        status=StatusRef(uri=issuer.uri + random.choice(("", "", "2")), index=_index(random)),
        holder_key=None if key is None else _holder_key(key),
    )


def any_pass(random: Random) -> Card:
    """Return a pass on a card that is looked up, was looked at, or is of an unknown scheme."""
    card = any_card(SITE, random)
    under = random.choice((ED25519, ESP256))
    uris = (under.uri, under.uri, f"{under.uri}2", "https://x/1", ED25519.uri)
    status = StatusRef(uri=random.choice(uris), index=_index(random))
    beneath = StandsOn(
        issuer=random.choice((under.iss, under.iss, "another")),
        number=_text(random, 32, first="1"),
        expires_at=card.expires_at + timedelta(seconds=random.choice((-1, 0, 0, 1))),
        status=random.choice((None, status, status)),
    )
    proofs = replace(card.competence, stands_on=beneath)
    return replace(card, audience="riverside", competence=proofs)


def texts_of(cards: Iterator[Card], issuer: SimIssuer, most: int) -> list[str]:
    """Return the texts of the first cards that fit into one, without what only an issuer asks."""
    texts: list[str] = []
    for card in cards:
        if len(texts) == most:
            break
        try:
            text = sign_claims(issuer, build_claims(card))
        except CardError:
            continue
        if len(text) <= 1200:
            texts.append(text)
    return texts


def flipped_texts(text: str) -> Iterator[str]:
    """Yield a card's text with each bit of its message changed."""
    message = base45.decode(text.removeprefix("CC1:"))
    for changed in flipped(message):
        yield "CC1:" + base45.encode(changed)


def flipped(data: bytes) -> Iterator[bytes]:
    """Yield data with each of its bits changed."""
    for bit in range(len(data) * 8):
        changed = bytearray(data)
        changed[bit // 8] ^= 1 << bit % 8
        yield bytes(changed)


def overflowing_texts(text: str) -> Iterator[str]:
    """Yield a card's text with each group of characters made to stand for 65536 more, or 256."""
    alphabet = base45.ALPHABET.decode()
    for start in range(len("CC1:"), len(text), 3):
        group = text[start : start + 3]
        value = sum(alphabet.index(char) * 45**at for at, char in enumerate(group))
        value += 256 ** (len(group) - 1)
        if value < 45 ** len(group):
            more = "".join(alphabet[value // 45**at % 45] for at in range(len(group)))
            yield text[:start] + more + text[start + 3 :]


def spoilt(data: bytes, random: Random) -> bytes:
    """Return data with a few bytes put in, taken out or changed."""
    changed = bytearray(data)
    for _ in range(random.randint(1, 3)):
        place = random.randrange(len(changed))
        removed = random.randint(0, 3)
        changed[place : place + removed] = random.randbytes(random.randint(0, 3))
    return bytes(changed)


def of_later_versions(random: Random) -> bytes:
    """Return claims with keys that nobody knows yet, whose values are allowed or nearly so."""
    changes = {169: {9: _anything(random, 0)}, -70001: {number(random) + 12: _anything(random, 0)}}
    return encode_anything(with_changes(claims_of(ED25519), changes))


def _anything(random: Random, depth: int) -> Any:  # noqa: ANN401 - whatever CBOR can say
    scalars = (
        number(random),
        -1 - number(random),
        random.randbytes(random.choice((0, 1, 23, 24, 60))),
        "".join(random.choices("aé\u5c71\U0001f600\ufeff\0", k=random.choice((0, 1, 5, 12)))),
    )
    if random.random() < 0.03:
        return random.choice((1.5, None, True, cbor2.CBORTag(1, 0), 1 << 64))
    if depth > 5 or random.random() < 0.4:
        return random.choice(scalars)
    inner = [_anything(random, depth + 1) for _ in range(random.randint(0, 3))]
    if random.random() < 0.5:
        return inner
    keys = (number(random), -1 - number(random), "", "a", "b", "aa", "é")
    return {random.choice(keys): value for value in inner}


def _proofs(scheme: str, random: Random) -> Competence:
    days = [date(2020, 1, 1), date(2100, 12, 31), date(2027, 4, 30)]
    is_practising = random.random() < 0.5
    return Competence(
        scheme=scheme,
        card_type=_code(random),
        occupations=_codes(random, 6),
        qualifications=_codes(random, 6),
        experience=_codes(random, 4),
        health_safety=random.choice((None, (_code(random), random.choice(days)))),
        cpd_until=random.choice(days) if is_practising else None,
        practice_until=random.choice(days) if is_practising else None,
        disciplines=_codes(random, 8),
        limits=_codes(random, 4),
        photo_digest=random.choice((None, random.randbytes(16))),
        language=random.choice((None, "pl", "zz", "aa")),
    )


def _codes(random: Random, most: int) -> tuple[Code, ...]:
    return tuple(_code(random) for _ in range(random.choice((0, 0, 1, most))))


def _code(random: Random) -> Code:
    return random.choice((number(random), _text(random, 24), str(random.choice(_NUMBERS))))


def _text(random: Random, most: int, *, first: str = _ASCII) -> str:
    chars = random.choice((1, 2, min(23, most), min(24, most), most))
    return random.choice(first) + "".join(random.choices(_ASCII, k=chars - 1))


def _index(random: Random) -> int:
    near = (0, 7, LIST_SIZE - 1, LIST_SIZE, random.randrange(LIST_SIZE))
    return random.choice((*near, *near, number(random)))


def _holder_key(algorithm: Algorithm) -> HolderKey:
    public = KEYS[algorithm].verifying_key.public
    return HolderKey(
        algorithm=algorithm, public=public if algorithm is Algorithm.ED25519 else public[1:]
    )
