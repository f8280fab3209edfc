"""The examples of the pages, done as they stand: the tutorial, and the formats read by others."""

import re
import sys
from pathlib import Path

import pytest

from tests.system.page_commands import (
    blocks,
    commands,
    example,
    first_gate,
    is_told,
    reader_environment,
    run,
)

pytestmark = pytest.mark.system


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return reader_environment(tmp_path / "bin")


def test_the_tutorial_works_as_it_stands(tmp_path: Path, environment: dict[str, str]) -> None:
    here = tmp_path / "first-gate"
    here.mkdir()
    for kind, name, body in blocks("tutorial/first-gate.md"):
        if name:
            (here / name).write_text(body)
        if kind != "console":
            continue
        for command, told in commands(body):
            output = run(["bash", "-c", command], here, environment)
            assert is_told(told, output), f"{command}\n{output}"


def test_a_third_party_verifies_a_journal_without_this_program(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    # given
    script, gate = example("reference/journal.md", tmp_path), "gate run --config unit.toml"
    first_gate(tmp_path, environment)
    run(["bash", "-c", gate], tmp_path, environment)
    # when
    verified = run([sys.executable, str(script), "journal.db"], tmp_path, environment)
    # then
    told = run(
        ["bash", "-c", "gate journal verify --json --journal journal.db"], tmp_path, environment
    )
    count, head = re.fullmatch(r"(\d+) entries hold; head ([0-9a-f]{64})\n", verified).groups()  # type: ignore[union-attr]  # a miss is a failure
    assert f'"entries": {count}' in told
    assert head in told
    # when somebody changes it
    change = "DROP TRIGGER entries_are_never_changed; UPDATE entries SET count = 2 WHERE seq = 3"
    run(["sqlite3", "journal.db", change], tmp_path, environment)
    # then
    found = run([sys.executable, str(script), "journal.db"], tmp_path, environment)
    assert "entry 3 was changed" in found


def test_a_third_party_reads_a_card_without_this_program(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    # given
    script = example("reference/card.md", tmp_path)
    first_gate(tmp_path, environment)
    read = [sys.executable, str(script), "jane.txt", "unit-trust/issuers.json"]
    # then
    assert "'Jane Example'" in run(read, tmp_path, environment)
    # when one character of it is another
    text = (tmp_path / "jane.txt").read_text()
    (tmp_path / "jane.txt").write_text(text[:200] + ("A" if text[200] != "A" else "B") + text[201:])
    # then
    assert "'Jane Example'" not in run(read, tmp_path, environment)
