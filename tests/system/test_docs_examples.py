"""The examples of the pages, done as they stand: the tutorial, and the formats read by others."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

DOCS: Final = Path(__file__).parent.parent.parent / "docs"
BLOCK: Final = re.compile(r"^```(\S+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)

_GATE: Final = """#!/bin/sh
exec '{python}' -c 'import sys; from gate.cli.main import main; sys.exit(main())' "$@"
"""

_SQLITE: Final = """#!{python}
# Stands in for the sqlite3 command, which not every machine has.
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
try:
    for statement in sys.argv[2].split("; "):
        for row in connection.execute(statement):
            print("|".join("" if value is None else str(value) for value in row))
    connection.commit()
except sqlite3.Error as error:
    sys.exit(f"Error: {{error}}")
"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, script in (("gate", _GATE), ("sqlite3", _SQLITE)):
        file = folder / name
        file.write_text(script.format(python=sys.executable))
        file.chmod(0o755)
    source = str(DOCS.parent)
    path = f"{folder}:{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "PYTHONPATH": source, "LC_ALL": "C.UTF-8"}


@pytest.mark.system
def test_the_tutorial_works_as_it_stands(tmp_path: Path, environment: dict[str, str]) -> None:
    here = tmp_path / "first-gate"
    here.mkdir()
    for kind, name, body in BLOCK.findall((DOCS / "tutorial" / "first-gate.md").read_text()):
        if name:
            (here / name).write_text(body)
        if kind != "console":
            continue
        for command, told in _commands(body):
            output = _run(["bash", "-c", command], here, environment)
            expected = re.escape(told.rstrip()).replace(r"\.\.\.", ".*?")
            assert re.fullmatch(expected, output.rstrip(), re.DOTALL), f"{command}\n{output}"


@pytest.mark.system
def test_a_third_party_verifies_a_journal_without_this_program(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    # given
    script, gate = _example("journal.md", tmp_path), "gate run --config unit.toml"
    _first_gate(tmp_path, environment)
    _run(["bash", "-c", gate], tmp_path, environment)
    # when
    verified = _run([sys.executable, str(script), "journal.db"], tmp_path, environment)
    # then
    told = _run(
        ["bash", "-c", "gate journal verify --json --journal journal.db"], tmp_path, environment
    )
    count, head = re.fullmatch(r"(\d+) entries hold; head ([0-9a-f]{64})\n", verified).groups()  # type: ignore[union-attr]  # a miss is a failure
    assert f'"entries": {count}' in told
    assert head in told
    # when somebody changes it
    change = "DROP TRIGGER entries_are_never_changed; UPDATE entries SET count = 2 WHERE seq = 3"
    _run(["sqlite3", "journal.db", change], tmp_path, environment)
    # then
    found = _run([sys.executable, str(script), "journal.db"], tmp_path, environment)
    assert "entry 3 was changed" in found


@pytest.mark.system
def test_a_third_party_reads_a_card_without_this_program(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    # given
    script = _example("card.md", tmp_path)
    _first_gate(tmp_path, environment)
    read = [sys.executable, str(script), "jane.txt", "unit-trust/issuers.json"]
    # then
    assert "'Jane Example'" in _run(read, tmp_path, environment)
    # when one character of it is another
    text = (tmp_path / "jane.txt").read_text()
    (tmp_path / "jane.txt").write_text(text[:200] + ("A" if text[200] != "A" else "B") + text[201:])
    # then
    assert "'Jane Example'" not in _run(read, tmp_path, environment)


def _first_gate(here: Path, environment: dict[str, str]) -> None:
    """Do as much of the tutorial as makes a card, a trust directory and a gate."""
    for kind, name, body in BLOCK.findall((DOCS / "tutorial" / "first-gate.md").read_text()):
        if name:
            (here / name).write_text(body)
        if kind == "console":
            for command, _ in _commands(body):
                if command.startswith(
                    ("mkdir", "gate trust new", "gate card issue", "gate trust export")
                ):
                    _run(["bash", "-c", command], here, environment)


def _commands(body: str) -> Iterator[tuple[str, str]]:
    """Yield each command of a console block, and what it is shown to say."""
    for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
        typed = re.match(r"(?:.*\\\n)*.*\n", part)
        assert typed
        yield typed[0], part[typed.end() :]


def _example(page: str, folder: Path) -> Path:
    """Write the Python example of a reference page to a file."""
    (body,) = (
        body
        for kind, _, body in BLOCK.findall((DOCS / "reference" / page).read_text())
        if kind == "python"
    )
    script = folder / f"example_{page.removesuffix('.md')}.py"
    script.write_text(body)
    return script


def _run(command: list[str], here: Path, environment: dict[str, str]) -> str:
    """Return what a command says on both of its outputs."""
    done = subprocess.run(
        command,
        cwd=here,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )
    return done.stdout
