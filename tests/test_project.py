"""What holds for the checkout as a whole: pins, scripts, paths."""

import ast
import re
import sys
import tomllib
from pathlib import Path
from typing import Any, Final

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT: Final = Path(__file__).parent.parent
PYPROJECT: Final[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PIN_FILES: Final = sorted((ROOT / "requirements").glob("*.txt"))
SCRIPTS: Final = [file for file in (ROOT / "scripts").iterdir() if not file.suffix] + [
    ROOT / ".ci" / "run"
]
THROUGH_SETUP: Final = """#!/usr/bin/env -S sh -c 'exec "$(dirname "$0")/python" "$0" "$@"'"""
PIN: Final = re.compile(r"(?P<name>[\w.-]+)==(?P<version>[\w.]+)(?: ; [^\\]+)? \\")
HASH: Final = re.compile(r"    --hash=sha256:[0-9a-f]{64}(?P<more> \\)?")
SOMEBODYS_FOLDER: Final = re.compile(r"/(?:work|root|home|Users)/\w")


@pytest.mark.parametrize("file", PIN_FILES, ids=lambda file: file.name)
def test_every_line_of_a_pin_file_is_a_version_or_its_hash(file: Path) -> None:
    open_pin = False
    for line in file.read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        pattern = HASH if open_pin else PIN
        match = pattern.fullmatch(line)
        assert match, f"{file.name}: {line}"
        open_pin = pattern is PIN or match["more"] is not None
    assert not open_pin


@pytest.mark.parametrize("file", PIN_FILES, ids=lambda file: file.name)
def test_a_pin_file_says_nothing_about_where_to_install_from(file: Path) -> None:
    assert not re.search(r"://|--(?!hash)\w|@", file.read_text("utf-8"))


def test_a_library_is_pinned_once() -> None:
    names = [name for file in PIN_FILES for name in _pins(file)]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize(
    "wanted",
    [
        *PYPROJECT["build-system"]["requires"],
        *PYPROJECT["project"]["dependencies"],
        *PYPROJECT["project"]["optional-dependencies"]["av"],
        *PYPROJECT["project"]["optional-dependencies"]["hub"],
        *PYPROJECT["project"]["optional-dependencies"]["screen"],
        *PYPROJECT["project"]["optional-dependencies"]["dev"],
    ],
)
def test_every_library_asked_for_is_pinned_at_a_version_that_will_do(wanted: str) -> None:
    pins = {name: version for file in PIN_FILES for name, version in _pins(file).items()}
    requirement = Requirement(wanted)
    assert pins[canonicalize_name(requirement.name)] in requirement.specifier


def test_a_unit_takes_from_its_system_what_picamera2_was_built_against() -> None:
    assert "numpy" not in _pins(ROOT / "requirements" / "unit.txt")


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_a_script_can_be_run_and_says_what_it_does(script: Path) -> None:
    first, second, *_ = script.read_text("utf-8").splitlines()
    assert script.stat().st_mode & 0o111 == 0o111
    assert first in {"#!/bin/sh", "#!/bin/bash", "#!/usr/bin/env python3", THROUGH_SETUP}
    if "python" in first:
        assert ast.get_docstring(ast.parse(script.read_text("utf-8")))
    else:
        assert second.startswith("# ")


def test_a_script_run_by_any_python_needs_no_library() -> None:
    for script in SCRIPTS:
        if (text := script.read_text("utf-8")).startswith("#!/usr/bin/env python3"):
            named = re.findall(r"^(?:from|import) (\w+)", text, re.MULTILINE)
            assert set(named) <= sys.stdlib_module_names, script.name


def test_every_debian_package_says_since_when_and_why() -> None:
    lines = (ROOT / "scripts" / "debian-packages.txt").read_text("utf-8").splitlines()
    for line in lines:
        if not line.startswith("#"):
            package, since, reason = line.split(maxsplit=2)
            assert package == package.lower()
            assert since in {"demo", "test"}
            assert len(reason.split()) > 3


def test_no_file_names_a_folder_of_somebodys_machine() -> None:
    named = []
    for file in _own_files():
        text = file.read_bytes().decode("utf-8", errors="ignore")
        named += [f"{file}: {found[0]}" for found in SOMEBODYS_FOLDER.finditer(text)]
    assert named == []


def _pins(file: Path) -> dict[str, str]:
    lines = file.read_text("utf-8").splitlines()
    return {match["name"]: match["version"] for match in map(PIN.fullmatch, lines) if match}


def _own_files() -> list[Path]:
    folders = ["gate", "tests", "scripts", "requirements", "config", "docs", ".ci"]
    files = [file for folder in folders for file in (ROOT / folder).rglob("*")]
    files += (file for file in ROOT.iterdir() if not file.name.startswith("."))
    return [file for file in files if file.is_file() and "__pycache__" not in file.parts]
