"""Whose key may sign a site's files, and for which times: alike for manifest and presence."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from gate.errors import TrustError
from gate.sim.issuer import NOW, seeded_key
from gate.trust.bundle import KeyUse, TrustedKey
from gate.trust.manifest import SiteManifest, open_manifest, sign_manifest
from gate.trust.site_presence import SitePresence, open_presence, sign_presence

DAY = timedelta(days=1)
HUB, NEW, OTHER = seeded_key("hub"), seeded_key("hub, new"), seeded_key("other")
MANIFEST = sign_manifest(
    SiteManifest(site="riverside", version=1, issued_at=NOW, expires_at=NOW + DAY, policy=""), HUB
)
PRESENCE = sign_presence(SitePresence(site="riverside", issued_at=NOW), HUB)
Opener = Callable[[tuple[TrustedKey, ...]], object]
FILES = pytest.mark.parametrize(
    "opened",
    [
        pytest.param(lambda keys: open_manifest(MANIFEST, keys, "riverside"), id="manifest"),
        pytest.param(lambda keys: open_presence(PRESENCE, keys, "riverside"), id="presence"),
    ],
)
TRUSTED = TrustedKey(key=HUB.verifying_key, uses=frozenset({KeyUse.SITE}))


@FILES
@pytest.mark.parametrize(
    "keys",
    [
        pytest.param((TRUSTED,), id="the hub's only key"),
        pytest.param((replace(TRUSTED, key=NEW.verifying_key), TRUSTED), id="one of two"),
        pytest.param((replace(TRUSTED, not_before=NOW, not_after=NOW),), id="to the second"),
        pytest.param((replace(TRUSTED, not_after=NOW + DAY),), id="a key retired since"),
    ],
)
def test_a_file_by_a_key_in_force_when_it_was_issued_is_believed(
    opened: Opener, keys: tuple[TrustedKey, ...]
) -> None:
    assert opened(keys)


@FILES
@pytest.mark.parametrize(
    ("keys", "told"),
    [
        pytest.param((), "header: .* none is trusted", id="no key"),
        pytest.param(
            (replace(TRUSTED, key=OTHER.verifying_key),), "header: not that of", id="another's key"
        ),
        pytest.param(
            (replace(TRUSTED, uses=frozenset({KeyUse.CARD, KeyUse.LIST})),),
            "none is trusted",
            id="a key for cards and lists",
        ),
        pytest.param(
            (replace(TRUSTED, not_after=NOW - timedelta(seconds=1)),),
            "was not in force on 2026-11-20 07:00 UTC",
            id="a retired key used after its date",
        ),
        pytest.param(
            (replace(TRUSTED, not_before=NOW + timedelta(seconds=1)),),
            "was not in force",
            id="a key used before its date",
        ),
        pytest.param(
            (replace(TRUSTED, compromised=True, not_after=NOW + DAY),),
            "is compromised; nothing by it is true",
            id="a compromised key that backdates",
        ),
        pytest.param(
            (TRUSTED, replace(TRUSTED, compromised=True)),
            "is compromised",
            id="a compromised key that is listed twice",
        ),
    ],
)
def test_a_file_by_a_key_that_is_not_trusted_for_it_is_refused(
    opened: Opener, keys: tuple[TrustedKey, ...], told: str
) -> None:
    with pytest.raises(TrustError, match=told):
        opened(keys)


def test_a_signature_by_another_key_under_the_hubs_name_is_refused() -> None:
    forged = bytearray(MANIFEST)
    forged[-64:] = OTHER.sign(b"something else")

    with pytest.raises(TrustError, match="manifest: signature: not by the key"):
        open_manifest(bytes(forged), (TRUSTED,), "riverside")
