"""What a unit is made of: the answers that were given, and the project's own files.

Read once, before anything is changed, so that a folder that lacks something stops at the start.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from gate.errors import InstallError

SETTINGS: Final[Mapping[str, str]] = {
    "systemd/sysusers.d/gate.conf": "/etc/sysusers.d/gate.conf",
    "systemd/tmpfiles.d/gate.conf": "/etc/tmpfiles.d/gate.conf",
    "systemd/journald.conf.d/gate.conf": "/etc/systemd/journald.conf.d/gate.conf",
    "systemd/system.conf.d/gate.conf": "/etc/systemd/system.conf.d/gate.conf",
}
"""Files that systemd and its tools read, by the project's names."""

EXAMPLES: Final[Mapping[str, str]] = {
    "config/unit.toml": "/etc/gate/unit.toml.example",
    "config/unit-two-lanes.toml": "/etc/gate/unit-two-lanes.toml.example",
    "config/site-policy.toml": "/etc/gate/site-policy.toml.example",
    "config/schemes.toml": "/etc/gate/schemes.toml",
}
"""Laid out where people look; the last is a catalogue, and is replaced by a newer one."""

SCREEN: Final = "gate-screen.service"

KINDS: Final = ("path", "service", "timer")
"""Of systemd's units, those that a machine of ours has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """One line of firmware/packages.txt."""

    name: str
    use: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be installed.

    Attributes:
        project: the checkout, or the folder on a stick that is laid out as one.
        screen: the unit drives a screen.
        relays: the level at which its relay boards switch on, "high" or "low".
        charge: its clock's cell is rechargeable, on a Pi 5.
    """

    project: Path
    screen: bool = False
    relays: str = "high"
    charge: bool = False
    packages: tuple[Package, ...] = field(default=())

    @property
    def wheels(self) -> Path | None:
        """Where the libraries lie beside the project; None when they come from the network."""
        return _folder_with(self.project / "wheels", "*.whl")

    @property
    def debs(self) -> Path | None:
        """As `wheels`, of the system's packages."""
        return _folder_with(self.project / "debs", "*.deb")

    @property
    def requirements(self) -> list[Path]:
        """The pins to install."""
        names = ["unit.txt", "screen.txt"] if self.screen else ["unit.txt"]
        return [self.project / "requirements" / name for name in names]

    @property
    def services(self) -> list[Path]:
        """The unit's services and what starts them, but a hub's; a screen's only if it has one."""
        folder = self.project / "systemd"
        found = sorted(file for kind in KINDS for file in folder.glob(f"gate-*.{kind}"))
        return [
            file
            for file in found
            if not file.name.startswith("gate-hub") and (self.screen or file.name != SCREEN)
        ]

    @property
    def enabled(self) -> list[str]:
        """The names of those that start with the machine; what a timer or path starts does not."""
        return [file.name for file in self.services if "[Install]" in _read(file)]

    @property
    def boot(self) -> list[Path]:
        """The parts of the boot configuration, in order."""
        names = ["camera", "clock", "pins", f"relays-{self.relays}", "watchdog"]
        if self.charge:
            names.append("clock-charge")
        return [self.project / "firmware" / "boot" / f"{name}.txt" for name in names]

    def text(self, name: str) -> str:
        """Return a file of the project's."""
        return _read(self.project / name)


def read_plan(project: Path, *, screen: bool, relays: str, charge: bool) -> Plan:
    """Return the plan for what lies in `project`.

    Raises:
        InstallError: something of it is missing or can't be read; names every such file.
    """
    plan = Plan(project=project, screen=screen, relays=relays, charge=charge)
    needed = [*plan.requirements, *plan.boot, *plan.services]
    needed += [project / name for name in (*SETTINGS, *EXAMPLES, "firmware/packages.txt")]
    missing = [str(file) for file in needed if not file.is_file()]
    if missing or not plan.services:
        raise InstallError(
            f"not whole: {project} lacks {', '.join(missing) or 'systemd/gate-*.service'};"
            " next: copy the folder again, or make it by scripts/stick"
        )
    return Plan(
        project=project,
        screen=screen,
        relays=relays,
        charge=charge,
        packages=tuple(_packages(plan)),
    )


def _packages(plan: Plan) -> list[Package]:
    """Return what this unit needs of firmware/packages.txt."""
    found = []
    for line in plan.text("firmware/packages.txt").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        name, use, *_ = line.split()
        if use == "unit" or (use == "screen" and plan.screen):
            found.append(Package(name=name, use=use))
    return found


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InstallError(f"{path}: can't be read ({error}); next: copy it again") from error


def _folder_with(folder: Path, pattern: str) -> Path | None:
    return folder if any(folder.glob(pattern)) else None
