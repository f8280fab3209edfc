"""The page about the stick, done as it stands: a hub's file, taken by a gate without a network."""

from pathlib import Path
from typing import Final

import pytest

from gate.store.generations import current
from tests.system.page_commands import blocks, commands, is_told, reader_environment, run

pytestmark = pytest.mark.system

RULES: Final = """
version = 1
site = "riverside"
time_zone = "Europe/London"

[[accept]]
scheme = "ecs-jib"
types = "any"
"""
UNIT: Final = """
[unit]
name = "Gate A"
site = "riverside"
journal = "journal.db"
trust = "trust"
[[access_point]]
name = "Gate A in"
direction = "in"
[camera]
source = "dir:pictures"
[outputs]
factory = "mock"
entry_relay = 17
"""
BEFORE: Final = """
mkdir trust stick
gate hub migrate --config hub.toml > hub.pub
gate hub manage --config hub.toml addsite --slug riverside --name Riverside --organisation Hartwell
gate hub policy --config hub.toml riverside rules.toml
gate trust new desk --scheme ecs-jib
gate trust export desk public
gate hub fleet init hub/fleet --single
gate hub fleet add-issuer hub/fleet public
gate hub fleet add-hub hub/fleet riverside $(tail -1 hub.pub)
gate hub fleet sign hub/fleet --yes
gate hub fleet publish hub/fleet
mkdir -p hub/fleet/published/lists
cp public/lists/*.cwt hub/fleet/published/lists/
cp hub/fleet/published/fleet/metadata/1.root.json trust/root.json
"""


def test_an_update_is_carried_as_the_page_says(tmp_path: Path) -> None:
    here, environment = tmp_path / "here", reader_environment(tmp_path / "bin")
    here.mkdir()
    (here / "hub.toml").write_text('[hub]\ndata = "hub"\n')
    (here / "rules.toml").write_text(RULES)
    (here / "unit.toml").write_text(UNIT)
    run(["bash", "-ec", BEFORE], here, environment)
    done = 0
    for kind, _, body in blocks("how-to/carry-an-update-by-hand.md"):
        for command, told in commands(body) if kind == "console" else ():
            output = run(["bash", "-c", command], here, environment)
            assert is_told(told, output), f"{command}\n{output}"
            done += 1
    assert done == 3
    generation = current(here / "trust")
    assert generation is not None
    assert generation.name == "000001"
    (file,) = (here / "stick").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
