"""The program: a virtual environment of its own for each version, and one link that names it.

A version is built beside the one in force, made durable, tried, and only then linked, by one
rename: whatever cuts the power leaves the old program or the new. A version that was not finished
is built again from the start.
"""

import hashlib
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Final

from gate.errors import InstallError
from gate.install.machine import Machine, refused
from gate.install.plan import Plan

LINK: Final = "/opt/gate"
VERSIONS: Final = "/opt/gate.d"
COMPLETE: Final = "complete"
NEEDED_MB: Final = 700
"""A version takes 250 MB with its libraries; it is built beside the old one."""

SOURCES: Final = ("gate", "pyproject.toml", "README.md", "LICENSE")
"""What the project's own package is built of, where no wheel of it lies on the stick."""

_TRIAL: Final = "import gate.cli.main, cryptography, lgpio, numpy, picamera2, zxingcpp"


def install(machine: Machine, plan: Plan) -> str | None:
    """Build and link the version that `plan` describes, unless it is in force."""
    version = version_of(plan)
    place = f"{VERSIONS}/{version}"
    if machine.linked(LINK) == place and _is_complete(machine, place):
        return None
    if not _is_complete(machine, place):
        _check_room(machine)
        machine.remove(place)
        _build(machine, plan, machine.at(place))
        os.sync()
        machine.put(f"{place}/{COMPLETE}", f"{version}\n")
    _link(machine, place)
    return f"version {version}"


def remove_others(machine: Machine, _plan: Plan) -> str | None:
    """Remove every version but the one in force."""
    kept = machine.linked(LINK)
    others = [f"{VERSIONS}/{name}" for name in _names(machine)]
    gone = [place for place in others if place != kept and machine.remove(place)]
    return f"{len(gone)} removed" if gone else None


def uninstall(machine: Machine, _plan: Plan) -> str | None:
    """Remove the link first, then every version."""
    gone = [machine.remove(LINK), machine.remove(VERSIONS)]
    return "removed" if any(gone) else None


def version_of(plan: Plan) -> str:
    """Return a name that changes with everything that the program is built of."""
    made = hashlib.sha256(sys.version.encode())
    wheel = _own_wheel(plan)
    for file in [*plan.requirements, *([wheel] if wheel else _sources(plan.project))]:
        try:
            content = file.read_bytes()
        except OSError as error:
            raise refused(str(file), "read", error) from error
        made.update(f"{file.name} {len(content)}\n".encode() + content)
    return made.hexdigest()[:12]


def _build(machine: Machine, plan: Plan, place: Path) -> None:
    python = str(place / "bin" / "python")
    machine.run(["/usr/bin/python3", "-m", "venv", "--system-site-packages", str(place)])
    pip = [python, "-m", "pip", "--disable-pip-version-check", "--no-input", "--quiet", "install"]
    pip += ["--no-deps", "--no-warn-script-location"]
    where = [] if plan.wheels is None else ["--no-index", "--find-links", str(plan.wheels)]
    pins = [word for file in plan.requirements for word in ("--requirement", str(file))]
    machine.run([*pip, "--require-hashes", "--only-binary", ":all:", *where, *pins])
    wheel = _own_wheel(plan)
    if wheel is not None:
        machine.run([*pip, "--no-index", str(wheel)])
    else:
        with tempfile.TemporaryDirectory(dir=place) as folder:
            _copy_sources(plan.project, Path(folder))
            machine.run([*pip, "--no-index", "--no-build-isolation", folder])
    with tempfile.TemporaryDirectory(dir=place) as folder:  # lgpio writes where it is imported
        machine.run(["/usr/bin/env", "-C", folder, python, "-c", _TRIAL])


def _own_wheel(plan: Plan) -> Path | None:
    found = sorted(plan.wheels.glob("site_gate-*.whl")) if plan.wheels else []
    if len(found) > 1:
        raise InstallError(
            f"wheels: {len(found)} of this project, {', '.join(file.name for file in found)};"
            " next: leave the one to install"
        )
    return found[0] if found else None


def _sources(project: Path) -> list[Path]:
    files = [file for name in SOURCES for file in ((project / name), *(project / name).rglob("*"))]
    return sorted(file for file in files if file.is_file() and file.suffix != ".pyc")


def _copy_sources(project: Path, folder: Path) -> None:
    for file in _sources(project):
        place = folder / file.relative_to(project)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, place)


def _check_room(machine: Machine) -> None:
    place = machine.at("/opt")
    try:
        place.mkdir(parents=True, exist_ok=True)
        free_mb = shutil.disk_usage(place).free // 1_000_000
    except OSError as error:
        raise refused("/opt", "write", error) from error
    if free_mb < NEEDED_MB:
        raise InstallError(
            f"/opt: {free_mb} MB are free, {NEEDED_MB} MB are needed; next: make room on the card"
        )


def _link(machine: Machine, place: str) -> None:
    """Let the link name `place`, by one rename."""
    link = machine.at(LINK)
    if link.is_dir() and not link.is_symlink():
        raise InstallError(
            f"{LINK}: a folder stands where a link belongs; next: move it away, run this again"
        )
    machine.link(LINK, place)


def _is_complete(machine: Machine, place: str) -> bool:
    return machine.at(f"{place}/{COMPLETE}").is_file()


def _names(machine: Machine) -> list[str]:
    folder = machine.at(VERSIONS)
    return sorted(entry.name for entry in folder.iterdir()) if folder.is_dir() else []
