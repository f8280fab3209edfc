"""A machine in a folder: its files are real, and the programs that are run on it are pretended.

Each program does what the installer relies on and no more. `cut_at` cuts the power at the program
of that number, before it did anything, or as it ends when `cut_late`: nothing after it happens.
"""

import getpass
import grp
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from gate.errors import InstallError
from gate.install.machine import Machine

ROOT: Final = Path(__file__).parent.parent.parent
CONFIG_TXT: Final = "# stock\ndtparam=audio=on\n[cm5]\ndtoverlay=dwc2,dr_mode=host\n\n[all]\n"
TRIXIE: Final = 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nVERSION_CODENAME=trixie\n'


class PowerCutError(BaseException):
    """The power went."""


class PretendedPi:
    """A stock Raspberry Pi OS Lite under `folder`."""

    def __init__(self, folder: Path) -> None:
        self.root = folder
        self.ran: list[str] = []
        self.packages: set[str] = {"python3-numpy", "libzbar0t64 libzbar0 (= 0.23.93-8)"}
        self.bits = "64"
        self.cut_at: int | None = None
        self.cut_late = False
        self.broken = ""
        self.machine = Machine(root=folder, run=self.run)
        for path, text in {
            "etc/os-release": TRIXIE,
            "boot/firmware/config.txt": CONFIG_TXT,
            "etc/passwd": "root:x:0:0::/root:/bin/sh\n",
            "etc/group": "root:x:0:\n",
            "run/.there": "",
            "etc/systemd/system/.there": "",
        }.items():
            place = folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, "utf-8")

    def run(self, command: Sequence[str]) -> str:
        """Do what the program of `command` would do to the files."""
        words = [str(word) for word in command]
        self.ran.append(" ".join(words))
        if self.broken and self.broken in self.ran[-1]:
            raise InstallError(f"{words[0]} ended with 1: as the test wants it")
        is_cut = len(self.ran) == self.cut_at
        if is_cut and not self.cut_late:
            raise PowerCutError
        answer = self._answer(words)
        if is_cut:
            raise PowerCutError
        return answer

    def files(self) -> dict[str, str]:
        """Return all that a unit is made of, by path."""
        found = {}
        for place in sorted(self.root.rglob("*")):
            name = str(place.relative_to(self.root))
            if place.is_symlink():
                found[name] = f"-> {place.readlink()}"
            elif place.is_file():
                found[name] = f"{place.stat().st_mode:o} {place.read_text('utf-8')}"
        return found

    def _answer(self, words: list[str]) -> str:  # noqa: C901  one case a program
        match words:
            case ["getconf", *_]:
                return f"{self.bits}\n"
            case ["dpkg-query", *_]:
                return "".join(f"installed {name}\n" for name in sorted(self.packages))
            case ["apt-get", "-qq", "install", *rest]:
                names = [word for word in rest if not word.startswith("-")]
                self.packages.update(Path(name).name.partition("_")[0] for name in names)
            case ["systemd-sysusers", conf]:
                self._make_users(conf)
            case ["userdel", name]:
                self._without_user(name)
            case ["systemd-tmpfiles", "--create", conf]:
                self._make_folders(conf)
            case ["/usr/bin/python3", "-m", "venv", _, place]:
                (Path(place) / "bin").mkdir(parents=True)
                (Path(place) / "bin" / "python").write_text("python", "utf-8")
            case [_, "-m", "pip", *rest]:
                (Path(words[0]).parent / "gate").write_text(f"gate {len(rest) > 0}", "utf-8")
            case ["systemctl", "enable", _, *names]:
                self._enable(names)
            case ["systemctl", "disable", _, _, *names]:
                for name in names:
                    self._wants(name).unlink(missing_ok=True)
        return ""

    def _make_folders(self, conf: str) -> None:
        for line in (self.root / conf.lstrip("/")).read_text("utf-8").splitlines():
            if line.startswith("d "):
                _, path, mode, _, _ = line.split()
                place = self.root / path.lstrip("/")
                place.mkdir(parents=True, exist_ok=True)
                place.chmod(int(mode, 8))

    def _make_users(self, conf: str) -> None:
        groups: dict[str, list[str]] = {}
        users = []
        for line in (self.root / conf.lstrip("/")).read_text("utf-8").splitlines():
            match line.split():
                case ["u", name, *_]:
                    users.append(f"{name}:x:990:990::/var/lib/gate:/usr/sbin/nologin\n")
                case ["g", name, _]:
                    groups[name] = []
                case ["m", name, group]:
                    groups[group].append(name)
        lines = [f"{name}:x:9:{','.join(members)}\n" for name, members in groups.items()]
        (self.root / "etc/passwd").write_text("root:x:0:0::/root:/bin/sh\n" + "".join(users))
        (self.root / "etc/group").write_text("root:x:0:\n" + "".join(lines))

    def _without_user(self, name: str) -> None:
        users = (self.root / "etc/passwd").read_text("utf-8").splitlines(keepends=True)
        if not any(user.startswith(f"{name}:") for user in users):
            raise InstallError(f"userdel: user '{name}' does not exist")
        kept = [user for user in users if not user.startswith(f"{name}:")]
        (self.root / "etc/passwd").write_text("".join(kept))

    def _enable(self, names: Sequence[str]) -> None:
        for name in names:
            link = self._wants(name)
            link.parent.mkdir(exist_ok=True)
            link.unlink(missing_ok=True)
            link.symlink_to(f"/etc/systemd/system/{name}")

    def _wants(self, name: str) -> Path:
        return self.root / "etc/systemd/system/multi-user.target.wants" / name


def lay_out_project(folder: Path, *, wheels: bool = True) -> Path:
    """Copy what a stick carries; its folders belong to whoever runs the test."""
    for name in ("config", "firmware", "requirements", "systemd"):
        shutil.copytree(ROOT / name, folder / name)
    owner, group = getpass.getuser(), grp.getgrgid(os.getgid()).gr_name
    conf = folder / "systemd" / "tmpfiles.d" / "gate.conf"
    lines = conf.read_text("utf-8").replace(" root gate", " gate gate")
    conf.write_text(lines.replace(" gate gate", f" {owner} {group}"), "utf-8")
    if wheels:
        (folder / "wheels").mkdir()
        (folder / "wheels" / "site_gate-0.1.0-py3-none-any.whl").write_bytes(b"a wheel")
    else:
        (folder / "gate").mkdir()
        for name in ("gate/__init__.py", "pyproject.toml", "README.md", "LICENSE"):
            shutil.copyfile(ROOT / name, folder / name)
    return folder
