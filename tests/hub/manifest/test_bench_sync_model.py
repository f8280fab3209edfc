"""The bench that counts with many sites goes by the hub's own rules on when it signs."""

from gate.bench import sync_sites
from gate.hub.manifest import presence, signed


def test_the_simulated_hub_signs_as_often_as_the_real_one() -> None:
    assert signed.SIGN_AGAIN.total_seconds() == sync_sites.SIGN_MANIFEST_S
    assert presence.SIGN_EVERY.total_seconds() == sync_sites.SIGN_PRESENCE_S
    assert presence.SIGN_AGAIN.total_seconds() == sync_sites.SIGN_IDLE_PRESENCE_S
