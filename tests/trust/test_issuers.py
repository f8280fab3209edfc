"""The issuers' file: what is written is read back, what is wrong is named."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.errors import TrustError
from gate.signing.keys import Algorithm
from gate.sim.issuer import NOW, SimIssuer
from gate.trust.bundle import KeyUse, TrustBundle
from gate.trust.issuers import format_issuers, parse_issuers

ECS = SimIssuer()
CSCS = SimIssuer("cscs", algorithm=Algorithm.ESP256)


def test_issuers_come_back_as_they_were_written() -> None:
    issuers = (
        ECS.issuer(not_before=NOW, not_after=NOW + timedelta(days=1)),
        CSCS.issuer(compromised=True, uses=frozenset({KeyUse.SITE})),
    )

    assert parse_issuers(format_issuers(issuers), "issuers.json") == issuers


def test_scheme_numbers_stay_numbers() -> None:
    document = json.loads(format_issuers([ECS.issuer()]))
    document["issuers"][0]["schemes"] = ["ecs-jib", 2]

    assert parse_issuers(json.dumps(document), "x")[0].schemes == {"ecs-jib", 2}


def changed(change: Callable[[dict[str, Any]], object]) -> str:
    document = json.loads(format_issuers([ECS.issuer(), CSCS.issuer()]))
    change(document)
    return json.dumps(document)


def first(document: dict[str, Any]) -> dict[str, Any]:
    issuer: dict[str, Any] = document["issuers"][0]
    return issuer


def key(document: dict[str, Any]) -> dict[str, Any]:
    entry: dict[str, Any] = first(document)["keys"][0]
    return entry


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("", "not JSON", id="nothing"),
        pytest.param("[" * 100_000, "not JSON", id="very deep"),
        pytest.param("[]", "not an object", id="a list"),
        pytest.param("x" * (1 << 21), "at most", id="too long"),
        pytest.param(changed(lambda doc: doc.update(version=2)), "version 2", id="a later version"),
        pytest.param(
            changed(lambda doc: doc.update(more=1)), "unknown more", id="a field too many"
        ),
        pytest.param(changed(lambda doc: first(doc).pop("iss")), "iss missing", id="no name"),
        pytest.param(changed(lambda doc: first(doc).update(iss="a\n")), "iss: ", id="a line end"),
        pytest.param(
            changed(lambda doc: first(doc).update(iss="cscs")), "twice", id="one name twice"
        ),
        pytest.param(
            changed(lambda doc: first(doc).update(status_base="https://e.invalid")),
            'end with "/"',
            id="a base that others could begin with",
        ),
        pytest.param(
            changed(lambda doc: first(doc).update(status_base="https://cscs.invalid/a/")),
            "share the status base",
            id="a base within another's",
        ),
        pytest.param(
            changed(lambda doc: first(doc).update(schemes="ecs")), "not a list", id="schemes"
        ),
        pytest.param(changed(lambda doc: key(doc).update(alg=-7)), "-7", id="another algorithm"),
        pytest.param(
            changed(lambda doc: key(doc).update(alg=-19.0)), "not an integer", id="a float"
        ),
        pytest.param(changed(lambda doc: key(doc).update(public_key="xy")), "hex", id="not hex"),
        pytest.param(
            changed(lambda doc: key(doc).update(public_key="00" * 32)), "small order", id="0"
        ),
        pytest.param(changed(lambda doc: key(doc).update(kid="00" * 8)), "kid", id="another's kid"),
        pytest.param(changed(lambda doc: key(doc).update(use=["tea"])), "tea", id="an unknown use"),
        pytest.param(changed(lambda doc: key(doc).update(not_after=-1)), "not_after", id="1969"),
        pytest.param(
            changed(lambda doc: key(doc).update(compromised="no")), "true nor false", id="a word"
        ),
    ],
)
def test_what_is_wrong_is_named(text: str, words: str) -> None:
    with pytest.raises(TrustError, match=words) as caught:
        parse_issuers(text, "issuers.json")

    assert str(caught.value).startswith("issuers.json: ")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


# Invariant: any text is issuers or TrustError.
@given(st.text(max_size=50) | JSON.map(json.dumps))
def test_any_text_is_issuers_or_one_error(text: str) -> None:
    with pytest.raises(TrustError):
        parse_issuers(text, "x")


# Invariant: whatever stands in the place of one field is accepted or TrustError.
@given(st.sampled_from(["iss", "schemes", "status_base", "keys"]), JSON)
def test_any_field_is_taken_or_one_error(field: str, value: object) -> None:
    text = changed(lambda doc: first(doc).update({field: value}))
    try:
        issuers = parse_issuers(text, "x")
    except TrustError:
        return

    assert parse_issuers(format_issuers(issuers), "x") == issuers


def test_two_keys_of_one_name_are_both_found() -> None:
    bundle = TrustBundle(issuers=(ECS.issuer(), CSCS.issuer(key=ECS.key.verifying_key)))

    named = bundle.keys_named(ECS.key.verifying_key.kid)

    assert [issuer.iss for issuer, _ in named] == ["ecs-jib", "cscs"]


def test_the_newest_list_bounds_the_clock() -> None:
    assert ECS.trust().newest_list_time == NOW
    assert TrustBundle(issuers=()).newest_list_time is None
