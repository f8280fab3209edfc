"""The steps that are files and services: packages, user, folders, units, boot configuration.

Each looks first and acts on what is not so; it returns in few words what it changed, or None.
"""

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from gate.errors import InstallError
from gate.install import boot
from gate.install.machine import Machine
from gate.install.plan import EXAMPLES, KINDS, SETTINGS, Plan

CONFIG_TXT: Final = "/boot/firmware/config.txt"
UNITS: Final = "/etc/systemd/system"
STAMPS: Final = "/var/lib/systemd/timers"
"""When a timer that makes up for what it missed was last due (systemd.timer(5), Persistent=)."""

USERS: Final = "/etc/sysusers.d/gate.conf"
FOLDERS: Final = "/etc/tmpfiles.d/gate.conf"
RECORD: Final = ("/var/lib/gate", "/etc/gate")
NETWORK: Final = "/etc/NetworkManager/system-connections/gate.nmconnection"
"""What a set-up code brought (gate.enrol.nmcli), the site's Wi-Fi password in it."""

RELEASES: Final = {"bookworm", "trixie"}


def check(machine: Machine, _plan: Plan) -> str | None:
    """Refuse a machine that can't become a unit, before anything is changed."""
    release = dict(_pairs(machine.read("/etc/os-release") or ""))
    name = release.get("VERSION_CODENAME", "")
    if name not in RELEASES:
        raise InstallError(
            f"this is {release.get('PRETTY_NAME', 'no Linux known here')}; a unit is made of"
            " Raspberry Pi OS Lite, 64-bit, 12 (bookworm) or 13 (trixie); next: flash one of them"
        )
    bits = machine.run(["getconf", "LONG_BIT"]).strip()
    if bits != "64":
        raise InstallError(f"this system has {bits} bits; next: flash the 64-bit Raspberry Pi OS")
    if machine.read(CONFIG_TXT) is None:
        raise InstallError(
            f"{CONFIG_TXT}: not there, so this is no Raspberry Pi, or its boot partition is not"
            " mounted; next: sudo mount /boot/firmware"
        )
    return None


def packages(machine: Machine, plan: Plan) -> str | None:
    """Install what is missing: from the files beside the project, or from the network."""
    listed = machine.run(
        ["dpkg-query", "-W", "-f", "${db:Status-Status} ${Package} ${Provides}\\n"]
    )
    there = set()
    for line in listed.splitlines():
        status, *names = line.replace(",", " ").split()
        if status == "installed":
            there.update(names)
    missing = [package.name for package in plan.packages if package.name not in there]
    if not missing:
        return None
    install = ["apt-get", "-qq", "install", "--yes", "--no-install-recommends"]
    if plan.debs is not None:
        files = sorted(str(file) for file in plan.debs.glob("*.deb"))
        machine.run([*install, "--no-download", *files])
    else:
        machine.run(["apt-get", "-qq", "update"])
        machine.run([*install, *missing])
    return " ".join(missing)


def accounts(machine: Machine, plan: Plan) -> str | None:
    """Make the unit's user and its groups."""
    text = plan.text("systemd/sysusers.d/gate.conf")
    if not machine.put(USERS, text) and not any(_missing_accounts(machine, text)):
        return None
    machine.run(["systemd-sysusers", USERS])
    return "user gate"


def folders(machine: Machine, plan: Plan) -> str | None:
    """Make the unit's folders, and set owners and modes right."""
    changed = machine.put(FOLDERS, plan.text("systemd/tmpfiles.d/gate.conf"))
    wrong = list(_wrong_folders(machine, plan))
    if changed or wrong:
        machine.run(["systemd-tmpfiles", "--create", FOLDERS])
    for source, target in EXAMPLES.items():
        changed |= machine.put(target, plan.text(source))
    return (" ".join(wrong) or "laid out") if changed or wrong else None


def limits(machine: Machine, plan: Plan) -> str | None:
    """Bound the log, and have systemd feed the hardware's watchdog."""
    names = [name for name in SETTINGS if "systemd/" in SETTINGS[name]]
    changed = [
        Path(name).parts[1] for name in names if machine.put(SETTINGS[name], plan.text(name))
    ]
    if changed:
        machine.run(["systemctl", "daemon-reexec"])
        machine.run(["systemctl", "try-restart", "systemd-journald.service"])
    return " ".join(changed) or None


def services(machine: Machine, plan: Plan) -> str | None:
    """Install and enable the units, and take away those that the plan no longer has."""
    names = [file.name for file in plan.services]
    changed = [
        file.name for file in plan.services if machine.put(f"{UNITS}/{file.name}", _text(file))
    ]
    gone = _remove_services(machine, [name for name in _installed(machine) if name not in names])
    if not changed and not gone and _enabled(machine, plan.enabled):
        return None
    machine.run(["systemctl", "daemon-reload"])
    machine.run(["systemctl", "enable", "--quiet", *plan.enabled])
    return " ".join([*changed, *(f"-{name}" for name in gone)]) or "enabled"


def boot_configuration(machine: Machine, plan: Plan) -> str | None:
    """Put our block into the boot configuration."""
    text = machine.read(CONFIG_TXT) or ""
    wanted = boot.with_block(text, [_text(file) for file in plan.boot])
    return "takes effect at the next start" if machine.put(CONFIG_TXT, wanted, mode=0o755) else None


def start(machine: Machine, names: list[str]) -> None:
    """Start the unit's services anew; those without their file are left out by systemd itself."""
    machine.run(["systemctl", "restart", "--no-block", *names])


def remove_services(machine: Machine, _plan: Plan) -> str | None:
    """Stop, disable and remove every unit of ours."""
    gone = _remove_services(machine, _installed(machine))
    return " ".join(gone) or None


def remove_boot_configuration(machine: Machine, _plan: Plan) -> str | None:
    """Take our block out of the boot configuration."""
    text = machine.read(CONFIG_TXT)
    if text is None or not machine.put(CONFIG_TXT, boot.without_block(text), mode=0o755):
        return None
    return "as it was, from the next start on"


def remove_settings(machine: Machine, _plan: Plan) -> str | None:
    """Take away what systemd and its tools read; the user goes with the record."""
    kept = {USERS}
    gone = [target for target in SETTINGS.values() if target not in kept and machine.remove(target)]
    if gone:
        machine.run(["systemctl", "daemon-reexec"])
    return " ".join(gone) or None


def remove_record(machine: Machine, _plan: Plan) -> str | None:
    """Remove record, keys, configuration and the site's network, and the user that owned them."""
    gone = [path for path in (*RECORD, "/run/gate", NETWORK) if machine.remove(path)]
    if any(line.startswith("gate:") for line in _lines(machine, "/etc/passwd")):
        machine.run(["userdel", "gate"])
        gone.append("user gate")
    machine.remove(USERS)
    return " ".join(gone) or None


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        key, mark, value = line.partition("=")
        if mark:
            yield key, value.strip('"')


def _missing_accounts(machine: Machine, text: str) -> Iterator[str]:
    """Yield the lines of a sysusers.d file that are not so yet."""
    users = {line.split(":")[0] for line in _lines(machine, "/etc/passwd")}
    members = {line.split(":")[0]: line for line in _lines(machine, "/etc/group")}
    for line in text.splitlines():
        kind, name, *rest = line.split() or [""]
        if kind == "u" and name not in users:
            yield line
        if kind == "g" and name not in members:
            yield line
        if kind == "m" and name not in members.get(rest[0], "").rpartition(":")[2].split(","):
            yield line


def _lines(machine: Machine, path: str) -> list[str]:
    return (machine.read(path) or "").splitlines()


def _wrong_folders(machine: Machine, plan: Plan) -> Iterator[str]:
    """Yield the folders that are missing, or have another owner or mode."""
    for line in plan.text("systemd/tmpfiles.d/gate.conf").splitlines():
        if not line.startswith("d "):
            continue
        _, path, mode, owner, group = line.split()
        place = machine.at(path)
        try:
            found = (oct(stat.S_IMODE(place.stat().st_mode)), place.owner(), place.group())
        except (OSError, KeyError):
            yield path
            continue
        if found != (oct(int(mode, 8)), owner, group):
            yield path


def _installed(machine: Machine) -> list[str]:
    found = [file for kind in KINDS for file in machine.at(UNITS).glob(f"gate-*.{kind}")]
    return sorted(file.name for file in found if not file.name.startswith("gate-hub"))


def _enabled(machine: Machine, names: list[str]) -> bool:
    wanted = list(machine.at(UNITS).glob("*.target.wants"))
    return all(any((folder / name).is_symlink() for folder in wanted) for name in names)


def _remove_services(machine: Machine, names: list[str]) -> list[str]:
    if not names:
        return []
    machine.run(["systemctl", "disable", "--quiet", "--now", *names])
    for name in names:
        machine.remove(f"{STAMPS}/stamp-{name}")  # first: a cut run knows it by its unit's name
        machine.remove(f"{UNITS}/{name}")
    machine.run(["systemctl", "daemon-reload"])
    return names


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InstallError(f"{file}: can't be read ({error}); next: copy it again") from error
