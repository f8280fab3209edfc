"""The scripts and the tests' own rules, as real processes."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
SHELL_SCRIPTS: Final = [
    file
    for file in [*sorted((ROOT / "scripts").iterdir()), ROOT / ".ci" / "run"]
    if file.read_text("utf-8").startswith("#!/bin/")
]
GATE: Final = [sys.executable, "-c", "import sys, gate.cli.main as m; sys.exit(m.main())"]

pytestmark = pytest.mark.system


@pytest.mark.parametrize("script", SHELL_SCRIPTS, ids=lambda script: script.name)
def test_a_shell_reads_the_script_to_its_end(script: Path) -> None:
    shell = script.read_text("utf-8").splitlines()[0].removeprefix("#!")
    assert _run([shell, "-n", str(script)]).returncode == 0


@pytest.mark.parametrize("script", SHELL_SCRIPTS, ids=lambda script: script.name)
def test_a_script_sets_up_the_python_that_it_runs(script: Path) -> None:
    text = script.read_text("utf-8")
    assert "venv/bin/python" not in text or "setup" in text


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        pytest.param("x = 1\n" * 400, None, id="a file of 400 lines"),
        pytest.param("x = 1\n" * 401, "gate/thing.py: 401 lines, at most 400", id="401 lines"),
        pytest.param("def f():\n" + "    x = 1\n" * 49, None, id="a function of 50 lines"),
        pytest.param(
            "def f():\n" + "    x = 1\n" * 50,
            "gate/thing.py:1: f: 51 lines, at most 50",
            id="a function of 51 lines",
        ),
    ],
)
def test_what_is_too_long_to_read_is_named(tmp_path: Path, body: str, fault: str | None) -> None:
    sizes = tmp_path / "scripts" / "sizes"
    sizes.parent.mkdir()
    shutil.copy(ROOT / "scripts" / "sizes", sizes)
    (tmp_path / "gate").mkdir()
    (tmp_path / "gate" / "thing.py").write_text(body, "utf-8")

    done = _run([sys.executable, str(sizes)])

    assert done.returncode == (fault is not None)
    assert fault is None or fault in done.stdout


@pytest.mark.parametrize(
    ("end", "in_ci", "passes"),
    [
        pytest.param("pytest.skip('slow')", "true", False, id="a skip"),
        pytest.param("pytest.xfail('some day')", "true", False, id="an expected failure"),
        pytest.param("pytest.skip('no device: relay')", "true", True, id="a skip for a device"),
        pytest.param("pytest.xfail('no device: relay')", "true", True, id="a failure for one"),
        pytest.param("pytest.skip('slow')", "", True, id="a skip at somebody's desk"),
        pytest.param("pass", "true", True, id="no skip"),
    ],
)
def test_in_ci_only_a_missing_device_excuses_a_test(
    tmp_path: Path, end: str, in_ci: str, *, passes: bool
) -> None:
    done = _pytest(tmp_path, f"import pytest\ndef test_it(): {end}\n", in_ci)
    assert (done.returncode == 0) == passes, done.stdout


@pytest.mark.parametrize(("reason", "passes"), [("slow", False), ("no device: relay", True)])
def test_in_ci_only_a_missing_device_excuses_a_module(
    tmp_path: Path, reason: str, *, passes: bool
) -> None:
    module = f"import pytest\npytest.skip({reason!r}, allow_module_level=True)\n"
    done = _pytest(tmp_path, module, in_ci="true")
    assert (done.returncode == 0) == passes, done.stdout


def test_the_gate_process_loads_nothing_that_draws() -> None:
    heavy = "PIL rich fpdf segno av"
    code = f"import sys, gate.cli.run; print({{*{heavy.split()}}} & {{*sys.modules}})"
    done = _run([sys.executable, "-c", code])
    assert (done.stdout, done.stderr) == ("set()\n", "")


def test_output_that_nobody_reads_ends_the_command_quietly() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [*GATE, "--help"], stdout=writing, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, "")


def _pytest(folder: Path, module: str, in_ci: str) -> subprocess.CompletedProcess[str]:
    shutil.copy(ROOT / "tests" / "conftest.py", folder)
    (folder / "test_it.py").write_text(module, "utf-8")
    (folder / "test_other.py").write_text("def test_other(): pass\n", "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull]
    return _run([*command, "--rootdir", str(folder), str(folder)], CI=in_ci)


def _run(command: list[str], **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, **environment}
    )
