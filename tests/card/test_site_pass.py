"""A site pass is its site's own, stands on a scheme card, and is never good for longer."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.card.claims import parse_claims
from gate.card.describe import describe_card
from gate.card.fields import END_TIME_S, MIN_TIME_S
from gate.card.issue import issue_card
from gate.card.model import Card, Competence, StandsOn, StatusRef
from gate.card.verify import authenticate, lists_of, standing, verify_card
from gate.card.wire import build_claims
from gate.errors import CardError, Reason
from gate.sim.forger import ABSENT, encode_anything, sign_claims, with_changes
from gate.sim.issuer import LIST_SIZE, NOW, SimIssuer
from gate.trust.bundle import KeyUse, TrustBundle
from gate.trust.status_list import Status, StatusList

SITE: Final = SimIssuer("site:riverside")
SCHEME: Final = SimIssuer("ecs-jib")
UNTIL: Final = NOW + timedelta(days=90)
BENEATH: Final = StandsOn(
    issuer="ecs-jib",
    number="10000007",
    expires_at=UNTIL,
    status=StatusRef(uri=SCHEME.uri, index=7),
)


def a_pass(beneath: StandsOn | None = BENEATH, **changed: Any) -> Card:  # noqa: ANN401 - fields of Card, by name
    proofs = Competence(scheme="site:riverside", card_type="labourer", stands_on=beneath)
    fields = {"audience": "riverside", "expires_at": UNTIL, "competence": proofs} | changed
    return SITE.card(3, **fields)


def trust(
    of_site: dict[int, Status] | None = None,
    of_scheme: dict[int, Status] | None = None,
    *,
    key: dict[str, Any] | None = None,
) -> TrustBundle:
    site = SITE.issuer(**({"uses": frozenset({KeyUse.SITE, KeyUse.LIST})} | (key or {})))
    lists = (SITE.status_list(of_site), SCHEME.status_list(of_scheme))
    return TrustBundle(
        issuers=(SCHEME.issuer(), site), status_lists={held.uri: held for held in lists}
    )


def without(uri: str) -> TrustBundle:
    whole = trust()
    kept = {held.uri: held for held in whole.status_lists.values() if held.uri != uri}
    return TrustBundle(issuers=whole.issuers, status_lists=kept)


def read(payload: bytes) -> Card | None:
    try:
        return parse_claims(payload)
    except CardError:
        return None


def reason_for(text: str, believed: TrustBundle) -> Reason:
    with pytest.raises(CardError) as caught:
        verify_card(text, believed, NOW)
    return caught.value.reason


@pytest.mark.parametrize(
    "beneath",
    [
        pytest.param(BENEATH, id="of a card whose code was read"),
        pytest.param(replace(BENEATH, status=None), id="of a card that a person looked at"),
    ],
)
def test_a_pass_comes_back_as_it_was_issued(beneath: StandsOn) -> None:
    card = a_pass(beneath)

    assert verify_card(SITE.text(card), trust(), NOW) == card


def test_what_a_pass_stands_on_is_told_in_json() -> None:
    told: Any = describe_card(a_pass())["competence"]

    assert told["stands_on"] == {
        "issuer": "ecs-jib",
        "number": "10000007",
        "expires_at": "2027-02-18T07:00:00Z",
        "status": {"uri": SCHEME.uri, "index": 7},
    }


@pytest.mark.parametrize(
    ("key", "is_known"),
    [
        pytest.param({"uses": frozenset({KeyUse.SITE})}, True, id="for sites"),
        pytest.param({"uses": frozenset({KeyUse.CARD, KeyUse.LIST})}, False, id="for cards"),
        pytest.param({"uses": frozenset({KeyUse.LIST})}, False, id="for lists"),
        pytest.param({"compromised": True}, False, id="stolen"),
        pytest.param({"not_after": NOW - timedelta(days=31)}, False, id="retired before it"),
        pytest.param({"not_after": NOW - timedelta(days=30)}, True, id="retired since"),
    ],
)
def test_a_pass_is_signed_by_a_key_for_sites(key: dict[str, Any], *, is_known: bool) -> None:
    believed = trust(key=key)

    if is_known:
        assert authenticate(SITE.text(a_pass()), believed) == a_pass()
    else:
        assert reason_for(SITE.text(a_pass()), believed) is Reason.UNKNOWN_ISSUER


def test_a_key_for_sites_signs_no_scheme_card() -> None:
    site = SITE.issuer(uses=frozenset({KeyUse.SITE, KeyUse.LIST}))
    believed = TrustBundle(issuers=(replace(site, schemes=frozenset({"ecs-jib"})),))
    proofs = replace(SITE.card().competence, scheme="ecs-jib")

    assert reason_for(SITE.text(SITE.card(competence=proofs)), believed) is Reason.UNKNOWN_ISSUER


def test_a_site_speaks_for_no_other_site() -> None:
    own = SITE.issuer(uses=frozenset({KeyUse.SITE}))
    believed = TrustBundle(issuers=(replace(own, schemes=frozenset({"site:hilltop"})),))

    assert reason_for(SITE.text(a_pass()), believed) is Reason.SCHEME_NOT_TRUSTED


BROKEN: Final = {
    "stands on nothing": {-70001: {10: ABSENT}},
    "no audience": {3: ABSENT},
    "another's audience": {3: "hilltop"},
    "issued by another": {1: "ecs-jib"},
    "issued by another site": {1: "site:hilltop"},
    "a number": {-70001: {10: 1}},
    "a map": {-70001: {10: {0: "ecs-jib", 1: "1", 2: 1_800_000_000}}},
    "two": {-70001: {10: ["ecs-jib", "1"]}},
    "four": {-70001: {10: ["ecs-jib", "1", 1_800_000_000, "https://a/1"]}},
    "six": {-70001: {10: ["ecs-jib", "1", 1_800_000_000, "https://a/1", 1, 1]}},
    "no issuer": {-70001: {10: ["", "1", 1_800_000_000]}},
    "an issuer of 65": {-70001: {10: ["i" * 65, "1", 1_800_000_000]}},
    "an issuer beyond ASCII": {-70001: {10: ["écs", "1", 1_800_000_000]}},
    "no number": {-70001: {10: ["ecs-jib", "", 1_800_000_000]}},
    "a number of 33": {-70001: {10: ["ecs-jib", "1" * 33, 1_800_000_000]}},
    "a formula": {-70001: {10: ["ecs-jib", "=1", 1_800_000_000]}},
    "a number as a number": {-70001: {10: ["ecs-jib", 1, 1_800_000_000]}},
    "a time before 2020": {-70001: {10: ["ecs-jib", "1", MIN_TIME_S - 1]}},
    "a time after 2100": {-70001: {10: ["ecs-jib", "1", END_TIME_S]}},
    "a time below zero": {-70001: {10: ["ecs-jib", "1", -1]}},
    "a time as text": {-70001: {10: ["ecs-jib", "1", "2027-01-01"]}},
    "a time with a fraction": {-70001: {10: ["ecs-jib", "1", 1_800_000_000.5]}},
    "a list of no name": {-70001: {10: ["ecs-jib", "1", 1_800_000_000, "", 1]}},
    "an entry below zero": {-70001: {10: ["ecs-jib", "1", 1_800_000_000, "https://a/1", -1]}},
    "another pass": {-70001: {10: ["site:hilltop", "1", 1_800_000_000]}},
}


@pytest.mark.parametrize("changes", BROKEN.values(), ids=BROKEN)
def test_a_pass_of_another_form_is_malformed(changes: dict[Any, Any]) -> None:
    claims = cbor2.loads(build_claims(a_pass()))
    text = sign_claims(SITE, encode_anything(with_changes(claims, changes)))

    with pytest.raises(CardError) as caught:
        authenticate(text, trust())

    assert caught.value.reason is Reason.MALFORMED


def test_a_scheme_card_says_no_nonsense_there_either() -> None:
    claims = cbor2.loads(build_claims(SCHEME.card()))
    text = sign_claims(SCHEME, encode_anything(with_changes(claims, {-70001: {10: 1}})))

    assert reason_for(text, trust()) is Reason.MALFORMED


def test_a_pass_that_outlives_its_scheme_card_is_refused_by_that_name() -> None:
    a_second = timedelta(seconds=1)
    claims = cbor2.loads(build_claims(a_pass()))
    later = with_changes(claims, {4: claims[4] + 1})

    assert reason_for(sign_claims(SITE, encode_anything(later)), trust()) is Reason.OUTLIVES_CARD
    assert standing(a_pass(expires_at=UNTIL), trust(), UNTIL - a_second) == ()


def test_a_pass_that_would_outlive_its_scheme_card_is_not_issued() -> None:
    with pytest.raises(CardError) as caught:
        issue_card(a_pass(expires_at=UNTIL + timedelta(seconds=1)), SITE.key)

    assert caught.value.reason is Reason.OUTLIVES_CARD


def test_a_pass_of_a_site_has_an_end_of_its_own() -> None:
    assert standing(a_pass(expires_at=NOW), trust(), NOW) == (Reason.EXPIRED,)


@pytest.mark.parametrize(
    ("own", "beneath", "reasons"),
    [
        pytest.param(Status.VALID, Status.VALID, (), id="both good"),
        pytest.param(Status.VALID, Status.INVALID, (Reason.REVOKED,), id="the scheme cancelled"),
        pytest.param(Status.VALID, Status.SUSPENDED, (Reason.SUSPENDED,), id="the scheme held"),
        pytest.param(Status.VALID, 3, (Reason.MALFORMED,), id="a reserved value beneath"),
        pytest.param(Status.INVALID, Status.VALID, (Reason.REVOKED,), id="the site cancelled"),
        pytest.param(Status.INVALID, Status.INVALID, (Reason.REVOKED,), id="both, said once"),
        pytest.param(
            Status.SUSPENDED,
            Status.INVALID,
            (Reason.SUSPENDED, Reason.REVOKED),
            id="each its own",
        ),
    ],
)
def test_a_pass_has_its_scheme_card_s_status_beside_its_own(
    own: Status, beneath: Status, reasons: tuple[Reason, ...]
) -> None:
    assert standing(a_pass(), trust({3: own}, {7: beneath}), NOW) == reasons


def test_an_entry_beneath_that_its_list_does_not_have_is_no_card() -> None:
    beyond = replace(BENEATH, status=StatusRef(uri=SCHEME.uri, index=LIST_SIZE))

    assert standing(a_pass(beyond), trust(), NOW) == (Reason.MALFORMED,)


def test_a_list_beneath_that_was_never_had_leaves_the_status_unknown() -> None:
    assert standing(a_pass(), without(SCHEME.uri), NOW) == (Reason.STATUS_UNKNOWN,)


def test_a_list_beneath_of_another_issuer_is_nobody_s_word() -> None:
    foreign = replace(BENEATH, issuer="cscs")

    assert standing(a_pass(foreign), trust(), NOW) == (Reason.MALFORMED,)


@pytest.mark.parametrize(
    "beneath",
    [
        pytest.param(replace(BENEATH, status=None), id="no entry is known"),
        pytest.param(
            replace(
                BENEATH, issuer="cscs", status=StatusRef(uri="https://cscs.invalid/1", index=1)
            ),
            id="this gate doesn't know the scheme",
        ),
    ],
)
def test_what_this_gate_can_not_look_up_says_nothing(beneath: StandsOn) -> None:
    assert standing(a_pass(beneath), trust(of_scheme={7: Status.INVALID}), NOW) == ()


def test_both_lists_tell_of_a_pass_and_one_of_a_scheme_card() -> None:
    def uris(lists: tuple[StatusList, ...]) -> list[str]:
        return [held.uri for held in lists]

    assert uris(lists_of(a_pass(), trust())) == [SITE.uri, SCHEME.uri]
    assert uris(lists_of(a_pass(), without(SITE.uri))) == [SCHEME.uri]
    assert uris(lists_of(SCHEME.card(), trust())) == [SCHEME.uri]


_ASCII: Final = st.characters(min_codepoint=0x21, max_codepoint=0x7E)
_TEXTS: Final = st.text(_ASCII, min_size=1, max_size=32).filter(
    lambda text: not text.startswith(("site:", "=", "+", "-", "@"))
)
_TIMES: Final = st.integers(MIN_TIME_S, END_TIME_S - 1).map(
    lambda second: datetime.fromtimestamp(second, UTC)
)


# Invariant: whatever a pass may stand on comes back the same.
@given(
    st.builds(
        StandsOn,
        issuer=_TEXTS,
        number=_TEXTS,
        expires_at=_TIMES,
        status=st.none() | st.builds(StatusRef, uri=_TEXTS, index=st.integers(0, 2**32)),
    )
)
def test_what_a_pass_stands_on_comes_back(beneath: StandsOn) -> None:
    card = a_pass(beneath)

    assert parse_claims(build_claims(card)) == card


# Invariant: whatever stands there, it is read as it is built, or malformed.
@given(
    st.recursive(
        st.integers(-3, 2**40) | st.text(max_size=5) | st.binary(max_size=3) | st.none(),
        lambda inner: st.lists(inner, max_size=6),
        max_leaves=8,
    )
    | st.tuples(st.just("ecs-jib"), st.text(max_size=3), st.integers(-1, 2**33), st.just("https:"))
    | st.tuples(st.text(max_size=3), st.text(max_size=3), st.integers(1_600_000_000, 2**33))
)
def test_anything_in_its_place_is_read_or_malformed(value: Any) -> None:  # noqa: ANN401 - hostile values
    claims = cbor2.loads(build_claims(a_pass()))
    payload = encode_anything(with_changes(claims, {-70001: {10: value}}))
    card = read(payload)

    assert card is None or build_claims(card) == payload


# Invariant: no part of a pass is a pass, and no changed byte goes unnoticed.
def test_a_pass_cut_or_changed_anywhere_is_another_or_refused() -> None:
    payload = build_claims(a_pass())
    for place in range(len(payload)):
        changed = bytearray(payload)
        changed[place] ^= 1
        card = read(bytes(changed))

        assert read(payload[:place]) is None
        assert card is None or build_claims(card) == changed != payload
