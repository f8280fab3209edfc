"""The bench that counts with many sites goes by the hub's own rules on when it signs."""

from datetime import timedelta

from gate.access.presence import SITE_WIDE_FRESH
from gate.bench import sync_sites
from gate.hub.manifest import presence, signed


def test_the_simulated_hub_signs_as_often_as_the_real_one() -> None:
    assert signed.SIGN_AGAIN.total_seconds() == sync_sites.SIGN_MANIFEST_S
    assert presence.SIGN_EVERY.total_seconds() == sync_sites.SIGN_PRESENCE_S
    assert presence.SIGN_AGAIN.total_seconds() == sync_sites.SIGN_IDLE_PRESENCE_S


def test_where_nobody_moves_one_poll_may_fail_before_presence_is_too_old_to_refuse_by() -> None:
    poll = timedelta(seconds=sync_sites.POLL_S)
    assert presence.SIGN_AGAIN + 2 * poll < SITE_WIDE_FRESH
