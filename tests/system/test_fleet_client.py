"""The fleet's trust, served by a real hub over HTTP: to python-tuf's own client, and to a unit."""

import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from gate.devices.clock import SystemClock
from gate.store.fleet import Fleet, verify_fleet
from gate.store.generations import begin, current
from gate.store.trust_names import FLEET
from gate.uplink.fetch import Fetcher
from gate.uplink.fleet import fleet_repository, refresh_fleet
from tests.hub.fleet.client import refreshed
from tests.system.hub_process import GATE, hub_process

pytestmark = pytest.mark.system


WITHIN_S: Final = 30


def test_what_a_hub_serves_is_believed_by_tuf_s_own_client_and_by_a_unit_through_a_new_root(
    tmp_path: Path,
) -> None:
    def gate(*words: str) -> None:
        command = [sys.executable, "-c", GATE, *words]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    fleet = str(tmp_path / "data" / "fleet")
    keys = tmp_path / "data" / "fleet" / "keys"
    with hub_process(tmp_path, 0) as hub:
        gate("hub", "fleet", "init", fleet, "--single")
        first = (Path(fleet) / "published/fleet/metadata/1.root.json").read_bytes()
        got = refreshed(tmp_path / "client", first, None, hub.url)
        assert b'"issuers": []' in got["issuers.json"]
        assert _refreshed_by_a_unit(tmp_path / "trust", first, hub.url).issuers == ()
        gate("trust", "new", str(tmp_path / "desk"), "--scheme", "ecs-jib")
        gate("trust", "export", str(tmp_path / "desk"), str(tmp_path / "public"))
        gate("hub", "fleet", "add-issuer", fleet, str(tmp_path / "public"))
        gate("hub", "fleet", "add-hub", fleet, "site", hub.key.public.hex())
        gate("hub", "fleet", "rotate", fleet, "root", "--new", str(keys))
        gate("hub", "fleet", "rotate", fleet, "timestamp")
        gate("hub", "fleet", "sign", fleet, "--yes")
        gate("hub", "fleet", "publish", fleet)
        gate("hub", "fleet", "renew", fleet)
        got = refreshed(tmp_path / "client", first, None, hub.url)
        assert b'"iss": "ecs-jib"' in got["issuers.json"]
        assert hub.key.public.hex().encode() in got["hubs.json"]
        believed = _refreshed_by_a_unit(tmp_path / "trust", first, hub.url)
        assert [issuer.iss for issuer in believed.issuers] == ["ecs-jib"]
        assert [one.key for one in believed.hubs[0].keys] == [hub.key]
        assert (believed.versions.root, believed.versions.timestamp) == (2, 3)


def _refreshed_by_a_unit(trust: Path, root: bytes, url: str) -> Fleet:
    """Refresh as `gate sync` does, and return what a gate would believe from the disk."""
    trust.mkdir(exist_ok=True)
    clock = SystemClock()
    with Fetcher(ca=None, monotonic=clock.monotonic) as fetcher, begin(trust) as builder:
        repository = fleet_repository(url, fetcher, root)
        deadline_s = clock.monotonic() + WITHIN_S
        refresh_fleet(builder, repository, now=clock.now(), deadline_s=deadline_s)
        builder.commit(lambda generation: verify_fleet(generation / FLEET, root))
    in_force = current(trust)
    assert in_force is not None
    return verify_fleet(in_force / FLEET, root)
