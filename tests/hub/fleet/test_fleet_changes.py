"""Whom the fleet believes: what may be added, retired and marked, and what is refused by name."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gate.errors import TrustError
from gate.hub.fleet import changes, hub_changes
from gate.trust.bundle import Issuer
from gate.trust.hubs import SiteHub
from tests.hub.fleet.fleets import NOW, an_issuer

DAY = timedelta(days=1)
ONE = an_issuer()
OTHER = an_issuer("cscs", seed=2)
KID = ONE.keys[0].kid.hex()
HUB_KEY = ONE.keys[0].key.public.hex()


def test_an_issuer_s_new_key_comes_beside_its_old_one() -> None:
    retired = changes.retire_issuer((ONE,), "ecs-jib", NOW, None)
    both = replace(ONE, keys=(*ONE.keys, *an_issuer(seed=3).keys))
    (issuer,) = changes.add_issuer(retired, both)
    assert [key.not_after for key in issuer.keys] == [NOW, None]


@pytest.mark.parametrize(
    ("fresh", "words"),
    [
        (replace(OTHER, keys=()), "'cscs': no key"),
        (replace(OTHER, iss="demo:scheme"), "'demo:scheme': is for demonstrations"),
        (replace(OTHER, status_base=ONE.status_base), "is shared with 'ecs-jib'"),
        (replace(OTHER, status_base="https://"), "is shared with 'ecs-jib'"),
        (replace(OTHER, status_base=f"{ONE.status_base}a/"), "is shared with 'ecs-jib'"),
        (ONE, "'ecs-jib': is there already, with the same keys"),
        (replace(ONE, schemes=frozenset({"cscs"})), "is there with schemes ecs-jib"),
        (replace(ONE, status_base="https://x.invalid/"), "retire-issuer --remove"),
    ],
    ids=[
        "no key",
        "a demonstration's",
        "another's status base",
        "one above another's",
        "one below another's",
        "nothing new",
        "other schemes",
        "another base",
    ],
)
def test_an_issuer_is_refused_by_name(fresh: Issuer, words: str) -> None:
    with pytest.raises(TrustError, match=words):
        changes.add_issuer((ONE,), fresh)


def test_a_retired_key_is_believed_for_what_it_signed_before() -> None:
    (issuer, other) = changes.retire_issuer((ONE, OTHER), "ecs-jib", NOW, KID)
    assert issuer.keys[0].not_after == NOW
    assert other == OTHER


def test_a_retired_key_is_never_given_longer() -> None:
    retired = changes.retire_issuer((ONE,), "ecs-jib", NOW, KID)
    with pytest.raises(TrustError, match="is retired by then already"):
        changes.retire_issuer(retired, "ecs-jib", NOW + DAY, KID)


def test_a_key_can_not_end_before_it_begins() -> None:
    late = replace(ONE, keys=(replace(ONE.keys[0], not_before=NOW),))
    with pytest.raises(TrustError, match="mark it compromised"):
        changes.retire_issuer((late,), "ecs-jib", NOW - DAY, None)


def test_a_compromised_key_is_believed_for_nothing() -> None:
    (issuer,) = changes.mark_compromised((ONE,), "ecs-jib", KID)
    assert issuer.keys[0].compromised
    with pytest.raises(TrustError, match="marked already"):
        changes.mark_compromised((issuer,), "ecs-jib", KID)


def test_an_issuer_that_is_removed_is_gone() -> None:
    assert changes.remove_issuer((ONE, OTHER), "ecs-jib") == (OTHER,)


def test_an_unknown_key_and_an_unknown_issuer_are_named_with_those_that_are() -> None:
    with pytest.raises(TrustError, match=f"has no key '00'; its keys: {KID}"):
        changes.mark_compromised((ONE,), "ecs-jib", "00")
    with pytest.raises(
        TrustError, match="issuer 'x': is not there; the fleet's issuers: 'ecs-jib'"
    ):
        changes.retire_issuer((ONE,), "x", NOW, None)


def test_a_site_s_hub_gets_a_second_key_and_loses_its_first() -> None:
    hubs = hub_changes.add_hub((), "kings-wharf", HUB_KEY)
    hubs = hub_changes.add_hub(hubs, "kings-wharf", OTHER.keys[0].key.public.hex())
    (hub,) = hub_changes.retire_hub(hubs, "kings-wharf", NOW, KID)
    assert [key.not_after for key in hub.keys] == [NOW, None]
    (hub,) = hub_changes.compromise_hub((hub,), "kings-wharf", KID)
    assert [key.compromised for key in hub.keys] == [True, False]
    assert hub_changes.remove_hub((hub,), "kings-wharf") == ()


@pytest.mark.parametrize("key", ["", "zz", "00" * 32, "ab" * 31, HUB_KEY + "00", "\u00e9" * 64])
def test_what_is_no_hub_s_key_is_refused(key: str) -> None:
    with pytest.raises(TrustError, match="gate hub migrate"):
        hub_changes.add_hub((), "kings-wharf", key)


def test_a_hub_that_is_not_there_or_there_already_is_named() -> None:
    hubs: tuple[SiteHub, ...] = hub_changes.add_hub((), "kings-wharf", HUB_KEY)
    with pytest.raises(TrustError, match=f"has key {KID} already"):
        hub_changes.add_hub(hubs, "kings-wharf", HUB_KEY)
    with pytest.raises(TrustError, match="sites with a hub: 'kings-wharf'"):
        hub_changes.retire_hub(hubs, "riverside", NOW, None)


def test_a_site_is_put_beside_those_of_the_same_hub() -> None:
    other = OTHER.keys[0].key.public.hex()
    hubs: tuple[SiteHub, ...] = ()
    for site, key in (("a", HUB_KEY), ("b", other), ("c", HUB_KEY), ("d", other)):
        hubs = hub_changes.add_hub(hubs, site, key)
    assert [hub.site for hub in hubs] == ["a", "c", "b", "d"]
