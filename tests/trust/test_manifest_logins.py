"""Who may sign in at a site's units, as a manifest tells it: a tenth claim, if there are any."""

from dataclasses import replace

import pytest

from gate.errors import TrustError
from gate.sim.issuer import NOW
from gate.trust.local_login import MAX_LOGINS
from gate.trust.manifest import accept_manifest, open_manifest, sign_manifest
from tests.trust.test_manifest import CLAIMS, HUB, KEYS, MANIFEST, login, person, signed


def test_logins_are_a_tenth_claim() -> None:
    logins = [["ann", "guard", person(50), 2 * person(51)]]
    assert signed(CLAIMS | {10: logins}) == sign_manifest(replace(MANIFEST, logins=(login(),)), HUB)


def test_other_logins_are_another_version() -> None:
    with pytest.raises(TrustError, match="version 7 again, with other contents"):
        accept_manifest(replace(MANIFEST, logins=(login(),)), MANIFEST, NOW, clock_trusted=True)


@pytest.mark.parametrize(
    ("message", "told"),
    [
        pytest.param(signed(CLAIMS | {10: 0}), "not an array", id="logins that are a number"),
        pytest.param(signed(CLAIMS | {10: []}), "one order", id="no logins, yet said"),
        pytest.param(
            signed(CLAIMS | {10: [["ann", "queen", person(50), 2 * person(51)]]}),
            "a login is not",
            id="a login of no role",
        ),
        pytest.param(
            signed(CLAIMS | {10: [["ann", "guard", person(50), person(51)]]}),
            "login ann: salt of 16 and hash of 16 bytes",
            id="a login with half a hash",
        ),
        pytest.param(
            signed(CLAIMS | {10: [["Ann", "guard", person(50), 2 * person(51)]]}),
            "login: name 'Ann'; allowed: 1 to 32 of a-z",
            id="a login with a capital",
        ),
        pytest.param(
            signed(
                CLAIMS
                | {10: [[name, "guard", person(50), 2 * person(51)] for name in ("bob", "ann")]}
            ),
            "not by name",
            id="logins out of order",
        ),
    ],
)
def test_what_are_no_logins_is_named(message: bytes, told: str) -> None:
    with pytest.raises(TrustError, match=told):
        open_manifest(message, KEYS, "riverside")


def test_there_are_no_more_than_a_site_has() -> None:
    logins = tuple(login(f"guard-{number:02}") for number in range(MAX_LOGINS))
    most = replace(MANIFEST, logins=logins)
    assert open_manifest(sign_manifest(most, HUB), KEYS, "riverside") == most
    with pytest.raises(TrustError, match="33 logins, at most 32"):
        replace(MANIFEST, logins=(*logins, login("guard-32")))
