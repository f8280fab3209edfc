"""The examples of a page in docs/, as a reader meets them: files to save, commands to type."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

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

_FIRST: Final = ("mkdir", "gate trust new", "gate card issue", "gate trust export")


def reader_environment(folder: Path) -> dict[str, str]:
    """Return an environment with the commands that a reader has, made in `folder`."""
    folder.mkdir()
    for name, script in (("gate", _GATE), ("sqlite3", _SQLITE)):
        file = folder / name
        file.write_text(script.format(python=sys.executable))
        file.chmod(0o755)
    path = f"{folder}:{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "PYTHONPATH": str(DOCS.parent), "LC_ALL": "C.UTF-8"}


def blocks(page: str) -> list[tuple[str, str, str]]:
    """Return the blocks of a page: language, the file's name if it has one, the text."""
    return BLOCK.findall((DOCS / page).read_text())


def commands(body: str) -> Iterator[tuple[str, str]]:
    """Yield each command of a console block, and what it is shown to say."""
    for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
        typed = re.match(r"(?:.*\\\n)*.*\n", part)
        assert typed
        yield typed[0], part[typed.end() :]


def example(page: str, folder: Path) -> Path:
    """Write the Python example of a page to a file."""
    (body,) = (body for kind, _, body in blocks(page) if kind == "python")
    script = folder / f"example_{Path(page).stem}.py"
    script.write_text(body)
    return script


def is_told(told: str, output: str) -> bool:
    """Tell whether a command said what the page shows, where `...` stands for anything."""
    expected = re.escape(told.rstrip()).replace(r"\.\.\.", ".*?")
    return re.fullmatch(expected, output.rstrip(), re.DOTALL) is not None


def run(command: list[str], here: Path, environment: Mapping[str, str]) -> str:
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


def first_gate(here: Path, environment: Mapping[str, str]) -> None:
    """Do as much of the first tutorial as makes cards, a trust directory and a gate."""
    for kind, name, body in blocks("tutorial/first-gate.md"):
        if name:
            (here / name).write_text(body)
        if kind == "console":
            for command, _ in commands(body):
                if command.startswith(_FIRST):
                    run(["bash", "-c", command], here, environment)
