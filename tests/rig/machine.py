"""The rig's machine: boots an image under QEMU, types into its console, and cuts its power.

Emulated, never by KVM, so that it is the same machine wherever it runs. Its time is counted by the
instructions that it carries out: a host that others use makes it no slower a machine, and no
watchdog of its own takes the host's business for a hang. While it has nothing to do, time passes as
it does outside. Killing it loses what its
memory held; what a disk's own cache loses is the disk's business (`disk`).
"""

import os
import re
import select
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Final, Self

BOOT_S: Final = 2400.0
"""Limits are of the host's time, and wide: a boot takes 90 s of one core, and others may use it."""

INSTRUCTION_TIME: Final = "shift=1"
"""2 ns each: 500 million a second, less than one core of a Pi Zero 2 W."""

PROCESSOR: Final = "max,avx2=off"
"""QEMU takes register ymm4 of an AVX2 gather for none (its issue 2474): numpy's argsort
ends in a segmentation fault, as with 7.2. A Pi has nothing so wide."""

COMMAND_S: Final = 1200.0
ESCAPES: Final = re.compile(r"\x1b[\[\]][?0-9;]*[a-zA-Z]|\x1b\][^\x07\x1b]*(\x07|\x1b\\)|\r")
PROMPT: Final = rb"root@gate-rig:~#"


class RigError(Exception):
    """The machine did not do what was asked; carries the end of what its console said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """What a machine boots from; its root is never written to."""

    root: Path
    kernel: Path
    initrd: Path

    @classmethod
    def in_folder(cls, folder: Path) -> "Image":
        return cls(root=folder / "root.qcow2", kernel=folder / "vmlinuz", initrd=folder / "initrd")


@dataclass(kw_only=True)
class Machine:
    """One machine that runs until it is left or its power is cut.

    Attributes:
        disk: the root file system, written to.
        share: a folder of the host's that is mounted read-only at /mnt/host.
        extra: further arguments of QEMU's.
        words: further words of the kernel's command line.
        network: it has a cable, with DHCP, on which the host is 10.0.2.2.
    """

    image: Image
    disk: Path
    log: Path
    share: Path | None = None
    memory_mb: int = 1536
    cache: str = "unsafe"
    extra: Sequence[str] = ()
    words: str = ""
    network: bool = False
    started_s: float = field(default=0.0, init=False)
    said: bytes = field(default=b"", init=False)

    def __enter__(self) -> Self:
        self.started_s = time.monotonic()
        self._log = self.log.open("ab")
        self._qemu = subprocess.Popen(
            self._command(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.cut()

    def log_in(self, limit_s: float = BOOT_S, begin: int = 0) -> float:
        """Wait for a root shell and make it fit for `run`; return the seconds since power-on.

        `begin`: where in what the console said to look for it, after a start anew.
        """
        self.wait(PROMPT, limit_s, begin)
        booted_s = time.monotonic() - self.started_s
        self._type(
            "stty -echo cols 400; bind 'set enable-bracketed-paste off'; export TERM=dumb PS1= PS2="
        )
        self.ask("true")
        if self.share is not None:
            options = "ro,trans=virtio,version=9p2000.L"
            mount = f"mount -t 9p -o {options} host /mnt/host 2>/dev/null"
            # The driver may find its channel after the shell is there.
            self.run(f"mkdir -p /mnt/host; for n in $(seq 30); do {mount} && break; sleep 1; done")
            self.run("mountpoint -q /mnt/host")
        return booted_s

    def run(self, command: str, limit_s: float = COMMAND_S) -> str:
        """Return what `command` printed; raises RigError if it failed."""
        code, text = self.ask(command, limit_s)
        if code != 0:
            raise RigError(f"exit code {code} of: {command}\n{text[-3000:]}")
        return text

    def begin(self, command: str) -> None:
        """Begin `command` and don't wait for it."""
        self._type(command)

    def ask(self, command: str, limit_s: float = COMMAND_S) -> tuple[int, str]:
        """Return the exit code of `command` and what it printed."""
        begin = len(self.said)
        mark = f"{time.monotonic_ns()}"
        self._type(f"{{ {command}\n}} </dev/null; echo E''ND{mark} $?")
        self.wait(rf"END{mark} (\d+)".encode(), limit_s, begin)
        text = ESCAPES.sub("", self.said[begin:].decode("utf-8", "replace"))
        end = re.search(rf"END{mark} (\d+)", text)
        assert end is not None
        return int(end[1]), text[: end.start()].strip("\n")

    def wait(self, pattern: bytes, limit_s: float, begin: int = 0) -> None:
        """Wait until the console says `pattern`."""
        until_s = time.monotonic() + limit_s
        while not re.search(pattern, self.said[begin:]):
            if time.monotonic() > until_s:
                raise RigError(f"no {pattern!r} in {limit_s:g} s\n{self._tail()}")
            self.listen(0.2)

    def listen(self, seconds: float) -> None:
        """Take what the console says within `seconds`."""
        assert self._qemu.stdout is not None
        if not select.select([self._qemu.stdout], [], [], seconds)[0]:
            return
        said = os.read(self._qemu.stdout.fileno(), 65536)
        if not said:
            raise RigError(f"the machine ended\n{self._tail()}")
        self.said += said
        self._log.write(said)
        self._log.flush()

    def cut(self) -> None:
        """Cut the power: nothing is told to anybody in the machine."""
        if self._qemu.poll() is None:
            os.kill(self._qemu.pid, signal.SIGKILL)
        self._qemu.wait()
        for stream in (self._qemu.stdin, self._qemu.stdout):
            with suppress(BrokenPipeError):
                assert stream is not None
                stream.close()
        self._log.close()

    def crash(self) -> float:
        """Have the kernel stand still and log in again; return the seconds until then."""
        begin, crashed_s = len(self.said), time.monotonic()
        self._type("sysctl -q kernel.panic=0; echo c > /proc/sysrq-trigger")
        self.log_in(BOOT_S, begin)
        return time.monotonic() - crashed_s

    def power_off(self, limit_s: float = COMMAND_S) -> None:
        """Shut down as a person would, so that everything is on the disk."""
        self._type("systemctl poweroff")
        until_s = time.monotonic() + limit_s
        try:
            while time.monotonic() < until_s:
                self.listen(0.5)
        except RigError:
            self._qemu.wait()
            return
        raise RigError(f"not off after {limit_s:g} s\n{self._tail()}")

    def _type(self, line: str) -> None:
        assert self._qemu.stdin is not None
        try:
            self._qemu.stdin.write(f"{line}\n".encode())
            self._qemu.stdin.flush()
        except BrokenPipeError as error:
            raise RigError(f"the machine ended\n{self._tail()}") from error

    def _tail(self) -> str:
        return self.said[-1500:].decode("utf-8", "replace")

    def _command(self) -> list[str]:
        # What an emulated processor guesses nobody can read: it guesses nothing.
        words = f"root=/dev/vda rw console=ttyS0 quiet panic=-1 mitigations=off {self.words}"
        command = ["qemu-system-x86_64", "-M", "q35", "-accel", "tcg,thread=single"]
        command += ["-cpu", PROCESSOR]
        command += ["-icount", INSTRUCTION_TIME, "-m", str(self.memory_mb), "-nodefaults"]
        command += ["-no-user-config", "-display", "none", "-serial", "stdio"]
        command += ["-nic", "user,model=virtio-net-pci" if self.network else "none"]
        command += ["-kernel", str(self.image.kernel), "-initrd", str(self.image.initrd)]
        command += ["-append", words, "-device", "virtio-rng-pci"]
        command += ["-device", "i6300esb", "-action", "watchdog=reset"]
        drive = f"if=none,id=root,format=qcow2,cache={self.cache},file={self.disk}"
        command += ["-drive", drive, "-device", "virtio-blk-pci,drive=root"]
        if self.share is not None:
            where = f"path={self.share},mount_tag=host,security_model=none,readonly=on"
            command += ["-virtfs", f"local,{where}"]
        return [*command, *self.extra]


def overlay(base: Path, path: Path) -> Path:
    """Make a disk at `path` that begins as `base` and leaves `base` as it is."""
    path.unlink(missing_ok=True)
    command = ["qemu-img", "create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", str(base), str(path)]
    subprocess.run(command, check=True)
    return path
