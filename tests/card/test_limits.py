"""Each bound of a card from both sides: the last value that stands on one, and the first that not.

The numbers are those of the format (docs/reference/card.md), written again on purpose: who changes
one changes what other people's readers were told.
"""

from typing import Any

import pytest

from gate.card.claims import parse_claims
from gate.card.verify import authenticate
from gate.card.wire import build_claims
from gate.errors import CardError, Reason
from gate.signing.keys import Algorithm
from gate.sim.forger import ABSENT, claims_of, encode_anything, with_changes
from gate.sim.issuer import SimIssuer

ISSUER = SimIssuer()
URI = "https://ecs-jib.invalid/"
FIRST_S, LAST_S = 1_577_836_800, 4_133_980_799
FIRST_DAY, LAST_DAY = 18_262, 47_846
BENEATH = ["ecs-jib.example", "10000007", LAST_S, "https://lists.ecs.example/1", 7]
Claims = dict[Any, Any]


def competence(key: int, value: object) -> Claims:
    return {-70001: {key: value}}


def beneath(place: int, value: object) -> Claims:
    """Return a site's pass whose card beneath it says something else at a place."""
    stands_on = [value if at == place else held for at, held in enumerate(BENEATH)]
    return {1: "site:wharf", 3: "wharf", -70001: {0: "site:wharf", 10: stands_on}}


def status(key: str, value: object) -> Claims:
    return {65535: {"status_list": {key: value}}}


BOUNDS: dict[str, tuple[Claims, Claims]] = {
    "an issuer has 64 characters": ({1: "e" * 64}, {1: "e" * 65}),
    "an issuer has one": ({1: "e"}, {1: ""}),
    "a card number has 32 characters": ({2: "1" * 32}, {2: "1" * 33}),
    "a holder's id has 64 characters": ({169: {1: "h" * 64}}, {169: {1: "h" * 65}}),
    "a name has 64 bytes": ({169: {4: "J" * 64}}, {169: {4: "J" * 65}}),
    "a name with accents has 64 bytes": ({169: {4: "é" * 32}}, {169: {4: "é" * 32 + "J"}}),
    "a list's name has 200 characters": (
        status("uri", URI + "1" * (200 - len(URI))),
        status("uri", URI + "1" * (201 - len(URI))),
    ),
    "a list's first entry is 0": (status("idx", 0), status("idx", -1)),
    "a scheme has 24 characters": (competence(0, "s" * 24), competence(0, "s" * 25)),
    "a card type has 24 characters": (competence(1, "t" * 24), competence(1, "t" * 25)),
    "a card type may be 0": (competence(1, 0), competence(1, -1)),
    **{
        f"{what}: at most {most}": (competence(key, [1] * most), competence(key, [1] * (most + 1)))
        for what, key, most in (
            ("occupations", 2, 6),
            ("qualifications", 3, 6),
            ("experience", 4, 4),
            ("disciplines", 7, 8),
            ("limits", 8, 4),
        )
    },
    **{
        f"{what}: at least one": (competence(key, [1]), competence(key, []))
        for what, key in (("occupations", 2), ("experience", 4), ("limits", 8))
    },
    "evidence begins in 2020": (competence(5, [3, FIRST_DAY]), competence(5, [3, FIRST_DAY - 1])),
    "evidence ends in 2100": (competence(5, [3, LAST_DAY]), competence(5, [3, LAST_DAY + 1])),
    "a digest has 16 bytes": (competence(9, bytes(16)), competence(9, bytes(17))),
    "a language has two letters": (competence(11, "pl"), competence(11, "pol")),
    "a language has two letters, not one": (competence(11, "zz"), competence(11, "p")),
    "a language has letters": (competence(11, "pa"), competence(11, "p1")),
    "a language is in small letters": (competence(11, "cy"), competence(11, "Cy")),
    "a language is a text": (competence(11, "ro"), competence(11, 5)),
    "a card expires in 2100": ({4: LAST_S}, {4: LAST_S + 1}),
    "a card begins in 2020": ({5: FIRST_S}, {5: FIRST_S - 1}),
    "a card may be issued as it begins": ({5: FIRST_S, 6: FIRST_S}, {5: FIRST_S + 1, 6: FIRST_S}),
    "a card may expire as it is issued": ({4: LAST_S, 6: LAST_S}, {4: LAST_S - 1, 6: LAST_S}),
    "beneath, an issuer has 64 characters": (beneath(0, "e" * 64), beneath(0, "e" * 65)),
    "beneath, a number has 32 characters": (beneath(1, "1" * 32), beneath(1, "1" * 33)),
    "beneath, a card expires in 2100": (beneath(2, LAST_S), beneath(2, LAST_S + 1)),
    "beneath, a card expires from 2020 on": (beneath(2, FIRST_S), beneath(2, FIRST_S - 1)),
    "beneath, a list's name has 200 characters": (beneath(3, "u" * 200), beneath(3, "u" * 201)),
    "beneath, an entry may be 0": (beneath(4, 0), beneath(4, -1)),
    "an audience has 64 characters only if a scheme can name it": (
        {1: "site:" + "w" * 19, 3: "w" * 19, -70001: {0: "site:" + "w" * 19, 10: BENEATH}},
        {1: "site:" + "w" * 20, 3: "w" * 20, -70001: {0: "site:" + "w" * 20, 10: BENEATH}},
    ),
}


def claims(changes: Claims) -> bytes:
    return encode_anything(with_changes(claims_of(ISSUER), changes))


@pytest.mark.parametrize(("last", "first_beyond"), BOUNDS.values(), ids=BOUNDS)
def test_a_bound_is_where_the_format_says(last: Claims, first_beyond: Claims) -> None:
    card = parse_claims(claims(last))

    assert build_claims(card) == claims(last)
    with pytest.raises(CardError) as caught:
        parse_claims(claims(first_beyond))
    assert caught.value.reason is Reason.MALFORMED


@pytest.mark.parametrize("number", [0, 23, 24, 255, 256, 65_535, 65_536, 2**32])
def test_an_entry_of_a_list_is_read_in_each_of_its_lengths(number: int) -> None:
    assert parse_claims(claims(status("idx", number))).status.index == number


@pytest.mark.parametrize("chars", [1, 23, 24, 64])
def test_a_text_is_read_in_each_of_its_lengths(chars: int) -> None:
    assert parse_claims(claims({1: "e" * chars})).issuer == "e" * chars


@pytest.mark.parametrize("extra", [1, 20, 21, 22, 60])
def test_keys_of_later_versions_may_be_many(extra: int) -> None:
    later = dict.fromkeys(range(12, 12 + extra), 1)

    assert parse_claims(claims({-70001: later})) == ISSUER.card()


def test_a_text_of_1200_characters_is_looked_at_and_a_longer_one_is_not() -> None:
    details = []
    for chars in (1200, 1201):
        with pytest.raises(CardError) as caught:
            authenticate("CC1:".ljust(chars, "0"), ISSUER.trust())
        details.append(str(caught.value))

    assert "at most 1200" not in details[0]
    assert "1201 characters, at most 1200" in details[1]


@pytest.mark.parametrize("missing", [1, 4])
def test_an_identity_needs_both_of_its_parts(missing: int) -> None:
    with pytest.raises(CardError):
        parse_claims(claims({169: {missing: ABSENT, 9: "x"}}))


@pytest.mark.parametrize("algorithm", [Algorithm.ED25519, Algorithm.ESP256])
def test_a_holders_key_of_either_kind_is_written_as_it_is_read(algorithm: Algorithm) -> None:
    public = SimIssuer(algorithm=algorithm).key.verifying_key.public
    ed25519 = {1: 1, -1: 6, -2: public}
    p256 = {1: 2, -1: 1, -2: public[1:33], -3: public[33:]}
    payload = claims({8: {1: ed25519 if algorithm is Algorithm.ED25519 else p256}})

    assert build_claims(parse_claims(payload)) == payload


def test_a_length_in_a_longer_form_than_it_needs_is_refused() -> None:
    key, short, long = b"\x3a\x00\x01\x11\x70", b"\xb7", b"\xb8\x17"
    payload = claims({-70001: dict.fromkeys(range(12, 27), 1)})
    assert payload.count(key + short) == 1

    with pytest.raises(CardError):
        parse_claims(payload.replace(key + short, key + long))
