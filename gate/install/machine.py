"""The machine that is made a unit: its files under one root, and the programs run on it.

Files are replaced whole and durably; a step says what it changed, or nothing. Whatever the machine
refuses leaves here as `InstallError`, which names the thing and the next step.
"""

import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from gate.errors import InstallError
from gate.store.files import sync_directory, write_file

Run = Callable[[Sequence[str]], str]
"""Runs a program and returns what it printed; raises InstallError when it fails."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """Where a unit is made.

    Attributes:
        root: where its file system begins; "/" but in a test.
        run: runs a program on it.
    """

    root: Path
    run: Run

    def at(self, path: str) -> Path:
        """Return where the absolute `path` of the machine lies."""
        return self.root / path.lstrip("/")

    def read(self, path: str) -> str | None:
        """Return a text file's content; None if there is none."""
        try:
            return self.at(path).read_bytes().decode("utf-8", "surrogateescape")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise refused(path, "read", error) from error

    def put(self, path: str, content: str, *, mode: int = 0o644) -> bool:
        """Make `path` hold `content`, durably; return whether it did not."""
        place = self.at(path)
        try:
            if self.read(path) == content and place.stat().st_mode & 0o7777 == mode:
                return False
            place.parent.mkdir(parents=True, exist_ok=True)
            write_file(place, content.encode("utf-8", "surrogateescape"), mode=mode)
        except OSError as error:
            raise refused(path, "write", error) from error
        return True

    def linked(self, path: str) -> str | None:
        """Return what the link at `path` names; None if there is no link."""
        place = self.at(path)
        return str(place.readlink()) if place.is_symlink() else None

    def link(self, path: str, target: str) -> None:
        """Let `path` name `target`, durably and by one rename."""
        place = self.at(path)
        beside = place.with_name(f".{place.name}.new")
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            beside.unlink(missing_ok=True)
            beside.symlink_to(target)
            beside.replace(place)
            sync_directory(place.parent)
        except OSError as error:
            raise refused(path, "write", error) from error

    def remove(self, path: str) -> bool:
        """Remove a file, a link or a whole folder; return whether there was one."""
        place = self.at(path)
        try:
            if place.is_symlink() or place.is_file():
                place.unlink()
            elif place.is_dir():
                shutil.rmtree(place)
            else:
                return False
            sync_directory(place.parent)
        except OSError as error:
            raise refused(path, "remove", error) from error
        return True


def run_here(command: Sequence[str]) -> str:
    """Run a program of this machine's, with plain messages and no questions.

    Without what tells a Python where to look: this one's modules are not the program's.
    """
    environment = {name: os.environ[name] for name in os.environ if not name.startswith("PYTHON")}
    environment |= {"LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(  # noqa: S603  a step spells out its commands
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
    except OSError as error:
        raise InstallError(f"{command[0]}: does not run ({error.strerror})") from error
    if done.returncode != 0:
        said = (done.stderr.strip() or done.stdout.strip() or "nothing was said")[-2000:]
        raise InstallError(f"{' '.join(command)}\n  ended with {done.returncode}: {said}")
    return done.stdout


def refused(path: str, act: str, error: OSError) -> InstallError:
    """Return what to tell of a file that the machine did not give."""
    step = {
        "No space left on device": "make room on the card, or take a larger one",
        "Read-only file system": f"make it writable: sudo mount -o remount,rw {_mount(path)}",
        "Permission denied": "run it by sudo",
    }.get(error.strerror or "", "look at the card: sudo dmesg | tail")
    return InstallError(f"{path}: can't {act} it ({error.strerror}); next: {step}")


def _mount(path: str) -> str:
    return "/boot/firmware" if path.startswith("/boot/firmware/") else "/"
