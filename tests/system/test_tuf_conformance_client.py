"""The client that speaks to the public TUF conformance suite, as the suite runs it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gate.devices.clock import SystemClock
from gate.sim.fleet import FleetRepository
from gate.sim.static_server import StaticServer

CLIENT = Path(__file__).parents[2] / "scripts" / "tuf-conformance-client"

pytestmark = pytest.mark.system


class Suite:
    """What the suite gives a client: a repository, two directories and a root."""

    def __init__(self, directory: Path, repository: FleetRepository, server: StaticServer) -> None:
        self.repository = repository
        self.server = server
        self.metadata = directory / "metadata"
        self.targets = directory / "targets"
        self.root = directory / "root.json"
        self.root.write_bytes(repository.pinned_root)
        self.metadata.mkdir()
        self.targets.mkdir()

    def run(self, *words: str) -> int:
        command = [sys.executable, str(CLIENT), "--metadata-dir", str(self.metadata)]
        command += ["--metadata-url", f"{self.server.url}/fleet/metadata/"]
        checkout = {**os.environ, "PYTHONPATH": str(CLIENT.parents[1])}
        return subprocess.run([*command, *words], env=checkout, check=False).returncode

    def download(self, *names: str) -> int:
        asked = [word for name in names for word in ("--target-name", name)]
        base = f"{self.server.url}/fleet/targets/"
        where = ["--target-base-url", base, "--target-dir", str(self.targets)]
        return self.run(*asked, *where, "download")

    def shown(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in self.metadata.glob("*.json")}

    def served(self, name: str) -> bytes:
        return self.repository.files[f"/fleet/metadata/{name}"]


@pytest.fixture
def suite(tmp_path: Path) -> Iterator[Suite]:
    repository = FleetRepository(SystemClock().now())
    with StaticServer(repository.files) as server:
        made = Suite(tmp_path, repository, server)
        assert made.run("init", str(made.root)) == 0
        yield made


def test_it_begins_with_the_root_it_was_given_and_asks_for_nothing(suite: Suite) -> None:
    assert suite.shown() == {"root.json": suite.repository.pinned_root}
    assert suite.server.asked == []


def test_it_shows_what_it_believes_after_a_refresh(suite: Suite) -> None:
    suite.repository.replace_keys("timestamp")
    suite.repository.publish("timestamp")
    assert suite.run("refresh") == 0
    assert suite.shown() == {
        "root.json": suite.served("2.root.json"),
        "timestamp.json": suite.served("timestamp.json"),
        "snapshot.json": suite.served("1.snapshot.json"),
        "targets.json": suite.served("1.targets.json"),
    }


def test_it_downloads_what_is_vouched_for_and_not_twice(suite: Suite) -> None:
    assert [suite.download("issuers.json", "hubs.json") for _ in range(2)] == [0, 0]
    assert {path.name for path in suite.targets.iterdir()} == {"issuers.json", "hubs.json"}
    assert sum("targets/" in asked.path for asked in suite.server.asked) == 2
    assert suite.download("nothing") == 1


def test_it_refuses_and_shows_what_it_still_believes(suite: Suite) -> None:
    assert suite.run("refresh") == 0
    suite.repository.publish("timestamp")
    del suite.repository.signers["snapshot"][:]
    suite.repository.publish("snapshot", "timestamp")
    assert suite.run("refresh") == 1
    assert suite.shown()["timestamp.json"] == suite.served("timestamp.json")
    assert suite.shown()["snapshot.json"] == suite.served("1.snapshot.json")
