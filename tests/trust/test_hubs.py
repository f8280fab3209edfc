"""The hubs' file: what is written is read back, what is wrong is named."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.errors import TrustError
from gate.signing.keys import Algorithm
from gate.sim.issuer import NOW, seeded_key
from gate.trust.bundle import KeyUse, TrustedKey
from gate.trust.hubs import MAX_HUBS_BYTES, SiteHub, format_hubs, keys_of_site, parse_hubs

KEY = TrustedKey(key=seeded_key("hub").verifying_key, uses=frozenset({KeyUse.SITE}))
OLD = TrustedKey(
    key=seeded_key("hub, old", Algorithm.ESP256).verifying_key,
    uses=frozenset({KeyUse.SITE}),
    not_before=NOW,
    not_after=NOW + timedelta(days=1),
    compromised=True,
)
HUBS = (SiteHub(site="riverside", keys=(KEY, OLD)), SiteHub(site="hillside", keys=(KEY,)))


def test_hubs_come_back_as_they_were_written() -> None:
    assert parse_hubs(format_hubs(HUBS), "hubs.json") == HUBS


def test_a_site_has_the_keys_that_its_hub_has() -> None:
    assert keys_of_site(HUBS, "riverside") == (KEY, OLD)


def test_a_site_that_is_not_named_has_no_key() -> None:
    assert keys_of_site(HUBS, "elsewhere") == ()


def changed(change: Callable[[list[dict[str, Any]]], object]) -> str:
    document = json.loads(format_hubs(HUBS))
    change(document["hubs"])
    return json.dumps(document)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("", "not JSON", id="nothing"),
        pytest.param("[" * 100_000, "not JSON", id="very deep"),
        pytest.param("x" * (MAX_HUBS_BYTES + 1), "at most", id="too long"),
        pytest.param('{"version": 1, "issuers": []}', "hubs missing", id="the issuers' file"),
        pytest.param('{"version": 2, "hubs": []}', "version 2", id="a later version"),
        pytest.param('{"version": 1, "hubs": {}}', "not a list", id="a map of hubs"),
        pytest.param(changed(lambda hubs: hubs.append(hubs[0])), "stands twice", id="a site twice"),
        pytest.param(changed(lambda hubs: hubs[0].pop("keys")), "keys missing", id="no keys"),
        pytest.param(
            changed(lambda hubs: hubs[0].update(note="")), "unknown note", id="a field too many"
        ),
        pytest.param(
            changed(lambda hubs: hubs[0].update(sites=["a b"])),
            r"hubs\[0\].sites: .* not a word",
            id="a site of two words",
        ),
        pytest.param(
            changed(lambda hubs: hubs[0].update(sites=[])), r"hubs\[0\].sites: none", id="no site"
        ),
        pytest.param(
            changed(lambda hubs: hubs[0].update(sites="riverside")),
            r"hubs\[0\].sites: not a list",
            id="a site that is no list",
        ),
        pytest.param(
            changed(lambda hubs: hubs[0].update(sites=["a", "b", "a"])),
            "'a' stands twice",
            id="a site twice in one entry",
        ),
        pytest.param(
            changed(lambda hubs: hubs[0]["keys"].append(hubs[0]["keys"][0])),
            r"hubs\[0\].keys: a key stands twice",
            id="a key twice",
        ),
        pytest.param(
            changed(lambda hubs: hubs[1]["keys"][0].update(use=["site", "card"])),
            r"hubs\[1\].keys\[0\].use: ",
            id="a key for cards too",
        ),
        pytest.param(
            changed(lambda hubs: hubs[1]["keys"][0].update(kid="00" * 8)),
            r"hubs\[1\].keys\[0\].kid: ",
            id="another's kid",
        ),
    ],
)
def test_what_is_wrong_is_named(text: str, told: str) -> None:
    with pytest.raises(TrustError, match=told) as caught:
        parse_hubs(text, "hubs.json")

    assert str(caught.value).startswith("hubs.json: ")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


# Invariant: whatever stands in the place of one field is hubs that come back the same, or
# TrustError.
@given(st.sampled_from(["sites", "keys", "note"]), JSON)
def test_any_field_is_taken_or_one_error(field: str, value: object) -> None:
    text = changed(lambda hubs: hubs[0].update({field: value}))
    try:
        hubs = parse_hubs(text, "x")
    except TrustError:
        return
    assert parse_hubs(format_hubs(hubs), "x") == hubs


# Invariant: any text is hubs or TrustError.
@given(st.text(max_size=50) | JSON.map(json.dumps))
def test_any_text_is_hubs_or_one_error(text: str) -> None:
    with pytest.raises(TrustError):
        parse_hubs(text, "x")


def test_sites_of_one_hub_that_stand_together_have_its_keys_once() -> None:
    hubs = tuple(SiteHub(site=site, keys=(KEY,)) for site in "abc")
    entries = json.loads(format_hubs(hubs))["hubs"]
    assert [entry["sites"] for entry in entries] == [["a", "b", "c"]]
    assert parse_hubs(format_hubs(hubs), "x") == hubs


def test_sites_keep_their_order_and_each_its_own_keys() -> None:
    hubs = (*HUBS, SiteHub(site="quayside", keys=(KEY,)), SiteHub(site="dockside", keys=(OLD, KEY)))
    entries = json.loads(format_hubs(hubs))["hubs"]
    assert [len(entry["sites"]) for entry in entries] == [1, 2, 1]
    assert parse_hubs(format_hubs(hubs), "x") == hubs


def test_a_hundred_thousand_sites_of_a_dozen_hubs_fit_into_the_file() -> None:
    cells = [replace(KEY, key=seeded_key(f"cell {cell}").verifying_key) for cell in range(12)]
    hubs = [
        SiteHub(site=f"site-of-28-characters-{number:06}", keys=(cells[number // 8_400],))
        for number in range(100_000)
    ]
    assert len(hubs[0].site) == 28
    assert len(format_hubs(hubs)) <= MAX_HUBS_BYTES


def test_a_key_keeps_its_dates() -> None:
    dated = (SiteHub(site="a", keys=(replace(OLD, compromised=False),)),)

    assert parse_hubs(format_hubs(dated), "x") == dated
