"""The fleet's trust, served by a real hub to python-tuf's own client, over HTTP on loopback."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.hub.fleet.client import refreshed
from tests.system.hub_process import GATE, hub_process

pytestmark = pytest.mark.system


def test_tuf_s_own_client_believes_what_a_hub_serves_and_follows_a_new_root(
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
        got = refreshed(tmp_path / "unit", first, None, hub.url)
        assert b'"issuers": []' in got["issuers.json"]
        gate("trust", "new", str(tmp_path / "desk"), "--scheme", "ecs-jib")
        gate("trust", "export", str(tmp_path / "desk"), str(tmp_path / "public"))
        gate("hub", "fleet", "add-issuer", fleet, str(tmp_path / "public"))
        gate("hub", "fleet", "add-hub", fleet, "site", hub.key.public.hex())
        gate("hub", "fleet", "rotate", fleet, "root", "--new", str(keys))
        gate("hub", "fleet", "rotate", fleet, "timestamp")
        gate("hub", "fleet", "sign", fleet, "--yes")
        gate("hub", "fleet", "publish", fleet)
        gate("hub", "fleet", "renew", fleet)
        got = refreshed(tmp_path / "unit", first, None, hub.url)
        assert b'"iss": "ecs-jib"' in got["issuers.json"]
        assert hub.key.public.hex().encode() in got["hubs.json"]
