"""A card is believed if, and only if, an issuer that may vouch for it signed just that."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.card.issue import issue_card
from gate.card.model import Card, HolderKey
from gate.card.verify import authenticate, standing, verify_card
from gate.errors import CardError, Reason
from gate.signing import base45
from gate.signing.keys import Algorithm, SigningKey
from gate.sim.issuer import LIST_SIZE, NOW, SimIssuer
from gate.trust.bundle import KeyUse, TrustBundle
from gate.trust.status_list import Status

ISSUER = SimIssuer()
ALGORITHMS = pytest.mark.parametrize("algorithm", list(Algorithm), ids=lambda alg: alg.name)


@ALGORITHMS
def test_a_card_comes_back_as_it_was_issued(algorithm: Algorithm) -> None:
    issuer = SimIssuer(algorithm=algorithm)

    assert verify_card(issuer.text(), issuer.trust(), NOW) == issuer.card()


def test_a_card_with_every_field_comes_back() -> None:
    card = ISSUER.card()
    proofs = replace(
        card.competence, limits=("supervised",), photo_digest=bytes(16), occupations=("e", 2)
    )
    key = HolderKey(algorithm=Algorithm.ED25519, public=ISSUER.key.verifying_key.public)
    full = replace(card, competence=proofs, holder_key=key)

    assert verify_card(ISSUER.text(full), ISSUER.trust(), NOW) == full


def test_a_card_with_no_more_than_it_must_have_comes_back() -> None:
    card = ISSUER.card()
    bare = replace(card, competence=type(card.competence)(scheme="ecs-jib", card_type="labourer"))

    assert verify_card(ISSUER.text(bare), ISSUER.trust(), NOW) == bare


def reason_for(text: str, trust: TrustBundle) -> Reason:
    with pytest.raises(CardError) as caught:
        verify_card(text, trust, NOW)
    return caught.value.reason


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        pytest.param({"expires_at": NOW}, Reason.EXPIRED, id="expires this second"),
        pytest.param({"expires_at": NOW + timedelta(seconds=1)}, None, id="expires the next"),
        pytest.param({"issued_at": NOW}, None, id="issued this second"),
        pytest.param(
            {"issued_at": NOW + timedelta(seconds=1)}, Reason.NOT_YET_VALID, id="issued the next"
        ),
        pytest.param(
            {"not_before": NOW + timedelta(days=1), "issued_at": NOW + timedelta(days=1)},
            Reason.NOT_YET_VALID,
            id="begins tomorrow",
        ),
    ],
)
def test_a_card_is_good_in_its_time(changes: dict[str, Any], reason: Reason | None) -> None:
    card = ISSUER.card(**changes)

    assert standing(card, ISSUER.trust(), NOW) == ((reason,) if reason else ())


@pytest.mark.parametrize(
    ("status", "reasons"),
    [
        (Status.VALID, ()),
        (Status.INVALID, (Reason.REVOKED,)),
        (Status.SUSPENDED, (Reason.SUSPENDED,)),
        (3, (Reason.MALFORMED,)),
    ],
)
def test_a_card_stands_as_its_list_says(status: int, reasons: tuple[Reason, ...]) -> None:
    trust = ISSUER.trust({7: status})  # type: ignore[dict-item]  # 3 is the reserved value

    assert standing(ISSUER.card(7), trust, NOW) == reasons


def test_a_list_that_was_never_had_leaves_the_status_unknown() -> None:
    trust = TrustBundle(issuers=(ISSUER.issuer(),))

    assert standing(ISSUER.card(), trust, NOW) == (Reason.STATUS_UNKNOWN,)


def test_an_entry_that_its_list_does_not_have_is_no_card() -> None:
    assert standing(ISSUER.card(LIST_SIZE), ISSUER.trust(), NOW) == (Reason.MALFORMED,)


def test_a_card_expired_and_revoked_says_both() -> None:
    card = ISSUER.card(7, expires_at=NOW)

    assert standing(card, ISSUER.trust({7: Status.INVALID}), NOW) == (
        Reason.EXPIRED,
        Reason.REVOKED,
    )


def test_a_stranger_is_not_known() -> None:
    assert reason_for(SimIssuer("cscs").text(), ISSUER.trust()) is Reason.UNKNOWN_ISSUER


def test_with_nobody_trusted_nobody_is_known() -> None:
    assert reason_for(ISSUER.text(), TrustBundle(issuers=())) is Reason.UNKNOWN_ISSUER


def test_an_issuer_speaks_only_for_its_schemes() -> None:
    proofs = replace(ISSUER.card().competence, scheme="cscs")

    text = ISSUER.text(ISSUER.card(competence=proofs))

    assert reason_for(text, ISSUER.trust()) is Reason.SCHEME_NOT_TRUSTED


def test_a_scheme_by_its_number_is_another_than_by_its_name() -> None:
    proofs = replace(ISSUER.card().competence, scheme=2)

    text = ISSUER.text(ISSUER.card(competence=proofs))

    assert reason_for(text, ISSUER.trust()) is Reason.SCHEME_NOT_TRUSTED


def test_an_issuer_cannot_name_itself_as_another() -> None:
    text = ISSUER.text(ISSUER.card(issuer="cscs"))

    assert reason_for(text, ISSUER.trust()) is Reason.UNKNOWN_ISSUER


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param({"uses": frozenset({KeyUse.LIST})}, id="a key for lists"),
        pytest.param({"uses": frozenset({KeyUse.SITE})}, id="a key for site passes"),
        pytest.param({"compromised": True}, id="a compromised key, whatever the date"),
        pytest.param({"not_after": NOW - timedelta(days=31)}, id="a key retired before the issue"),
        pytest.param({"not_before": NOW - timedelta(days=29)}, id="a key used only after"),
    ],
)
def test_a_key_is_trusted_for_its_use_and_time(entry: dict[str, Any]) -> None:
    trust = TrustBundle(issuers=(ISSUER.issuer(**entry),))

    assert reason_for(ISSUER.text(), trust) is Reason.UNKNOWN_ISSUER


def test_cards_of_a_retired_key_live_on() -> None:
    held = ISSUER.status_list()
    issuer = ISSUER.issuer(not_after=NOW - timedelta(days=30))

    trust = TrustBundle(issuers=(issuer,), status_lists={held.uri: held})

    assert verify_card(ISSUER.text(), trust, NOW) == ISSUER.card()


def test_a_key_that_two_issuers_share_speaks_for_each_in_its_name() -> None:
    other = SimIssuer("cscs").issuer(key=ISSUER.key.verifying_key)
    trust = TrustBundle(issuers=(other, ISSUER.issuer()))

    assert authenticate(ISSUER.text(), trust) == ISSUER.card()


# Invariant: any text whatever is a card that an issuer signed, or one CardError.
@given(
    st.text(max_size=80)
    | st.text(alphabet=base45.ALPHABET.decode(), max_size=80).map(lambda tail: "CC1:" + tail)
    | st.binary(max_size=80).map(lambda data: "CC1:" + base45.encode(data))
    | st.binary(max_size=80).map(lambda data: "CC1:" + base45.encode(b"\xd2\x84" + data))
)
def test_any_text_is_refused_by_one_error(text: str) -> None:
    with pytest.raises(CardError):
        verify_card(text, ISSUER.trust(), NOW)


# Invariant: no single changed bit of a signed card is believed.
@ALGORITHMS
@pytest.mark.parametrize("index", range(3))
def test_every_changed_bit_is_refused(algorithm: Algorithm, index: int) -> None:
    issuer = SimIssuer(algorithm=algorithm)
    trust = issuer.trust()
    message = base45.decode(issuer.text(issuer.card(index)).removeprefix("CC1:"))

    for bit in range(len(message) * 8):
        changed = bytearray(message)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(CardError):
            authenticate("CC1:" + base45.encode(bytes(changed)), trust)


# Invariant: no part of a card is a card.
def test_a_card_cut_anywhere_is_refused() -> None:
    text = ISSUER.text()

    for end in range(len(text)):
        with pytest.raises(CardError):
            authenticate(text[:end], ISSUER.trust())


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"name": "=SUM(A1)"}, id="a formula for a name"),
        pytest.param({"number": "1" * 33}, id="a long number"),
        pytest.param({"issued_at": NOW.replace(microsecond=5)}, id="a fraction of a second"),
        pytest.param({"expires_at": NOW - timedelta(days=90)}, id="over before it begins"),
        pytest.param({"audience": "kings-wharf"}, id="an audience without its scheme"),
    ],
)
def test_what_no_gate_would_accept_is_not_issued(changes: dict[str, Any]) -> None:
    with pytest.raises(CardError):
        issue_card(ISSUER.card(**changes), ISSUER.key)


def test_the_key_that_signs_is_named_on_the_card() -> None:
    key: SigningKey = SimIssuer(seed="second").key
    card: Card = ISSUER.card()

    assert reason_for(issue_card(card, key), ISSUER.trust()) is Reason.UNKNOWN_ISSUER
