"""The page about the fleet's trust, done as it stands."""

from pathlib import Path

import pytest

from tests.system.page_commands import blocks, commands, is_told, reader_environment, run

pytestmark = pytest.mark.system


def test_the_key_ceremony_goes_as_the_page_says(tmp_path: Path) -> None:
    environment = reader_environment(tmp_path / "bin")
    (tmp_path / "here").mkdir()
    done = 0
    for kind, _, body in blocks("how-to/run-the-fleets-trust.md"):
        for command, told in commands(body) if kind == "console" else ():
            output = run(["bash", "-c", command], tmp_path / "here", environment)
            assert is_told(told, output), f"{command}\n{output}"
            done += 1
    assert done == 19
