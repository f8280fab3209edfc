"""Power cuts: what the journal acknowledged before the power went must be there when it is back.

One machine with two disks, an honest one and a lying one, a writer on each (guest/cut_writer.py).
The host keeps the number of every entry that was acknowledged: at that moment a gate's relay moves.
"""

import random
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.rig.kept import keep, ordered_by, taken_up_from
from tests.rig.machine import BOOT_S, Image, Machine, RigError, overlay

DISKS: Final = {"honest": "b", "lying": "c"}
"""The disk's kind, and the last letter of its device in the machine."""

DISK_BYTES: Final = 64 * 1024 * 1024
WRITES_S: Final = (2.0, 6.0)
"""Between the first acknowledged entry after a start, and the cut."""

SERVER_S: Final = 20.0
FOUND: Final = re.compile(rb"FOUND (\d+) (True|False) (\d+)\n")
LINE: Final = re.compile(rb"^(\d+) [0-9a-f]{64}$", re.MULTILINE)


@dataclass(kw_only=True)
class Disk:
    """One disk, and what became of the entries on it.

    Attributes:
        told: the number of the last entry that the host heard of.
        entries: how many it heard of, over all cuts.
        lost: how many of these were gone after a cut.
        unsound: times the journal was found damaged; it is set aside, and a new one begun.
    """

    kind: str
    folder: Path
    told: int = 0
    entries: int = 0
    lost: int = 0
    unsound: int = 0
    aside: int = 0
    heard: bytes = field(default=b"", repr=False)

    @property
    def file(self) -> Path:
        return self.folder / f"{self.kind}.raw"

    def make(self) -> None:
        """Make an empty file system."""
        self.file.unlink(missing_ok=True)
        with self.file.open("wb") as file:
            file.truncate(DISK_BYTES)
        subprocess.run(["mkfs.ext4", "-q", "-F", str(self.file)], check=True)

    def serve(self, seed: int) -> "subprocess.Popen[bytes]":
        """Start what serves it; its end is the power cut."""
        self._path("nbd").unlink(missing_ok=True)
        words = [str(self.file), str(self._path("nbd")), self.kind, str(seed)]
        server = subprocess.Popen([sys.executable, "-m", "tests.rig.disk", *words])
        until_s = time.monotonic() + SERVER_S
        while not self._path("nbd").exists() and time.monotonic() < until_s:
            time.sleep(0.05)
        return server

    def attached(self) -> list[str]:
        """Return QEMU's arguments for it, and for the port on which its writer tells."""
        drive = f"file=nbd+unix:///?socket={self._path('nbd')},if=none,id={self.kind},format=raw"
        port = f"socket,id=port-{self.kind},path={self._path('port')},server=on,wait=off"
        serial = f"virtserialport,chardev=port-{self.kind},name=cut.{DISKS[self.kind]}"
        return [
            *("-drive", f"{drive},cache=writeback"),
            *("-device", f"virtio-blk-pci,drive={self.kind}"),
            *("-chardev", port, "-device", serial),
        ]

    def listen(self) -> socket.socket:
        self.heard = b""
        port = socket.socket(socket.AF_UNIX)
        port.connect(str(self._path("port")))
        port.setblocking(False)  # noqa: FBT003  socket's own signature
        return port

    def hear(self, port: socket.socket) -> bool:
        """Take what the writer told; return whether it has begun to write."""
        with suppress(BlockingIOError, ConnectionError):
            self.heard += port.recv(1 << 20)
        return bool(FOUND.search(self.heard)) and self.heard.count(b"\n") > 1

    def judge(self) -> None:
        """Count what was lost by the last cut, then what was told since."""
        found = FOUND.search(self.heard)
        if found is None:
            raise RigError(f"{self.kind} disk: no word of what was found: {self.heard[:300]!r}")
        if found[2] == b"False":
            self.unsound += 1
        self.aside = int(found[3])
        self.lost += max(0, self.told - int(found[1]))
        numbers = [int(number) for number in LINE.findall(self.heard)]
        self.entries += len(numbers)
        self.told = numbers[-1] if numbers else int(found[1])

    def _path(self, ending: str) -> Path:
        return self.folder / f"{self.kind}.{ending}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bench:
    """Where machines for cuts are taken up from: one that has started, and has no journal open."""

    image: Image
    folder: Path
    disks: tuple[Disk, ...]

    @property
    def root(self) -> Path:
        return self.folder / "root-kept.qcow2"

    @property
    def memory(self) -> Path:
        return self.folder / "memory"

    def machine(self, root: Path, log: str, extra: list[str]) -> Machine:
        attached = [word for disk in self.disks for word in disk.attached()]
        return Machine(
            image=self.image,
            disk=root,
            log=self.folder / log,
            memory_mb=768,
            extra=["-device", "virtio-serial-pci", *attached, *extra],
            words="init=/srv/rig/cut-init",
        )


def cut_power(image: Image, installed: Path, folder: Path, times: int) -> dict[str, Disk]:
    """Cut the power `times` times while entries are written; return what became of them.

    The machine starts once and is kept before it touches the disks; after each cut it is taken up
    there, with what the cut left on them: a start takes minutes, and adds nothing to the journal.

    Raises:
        RigError: a writer did not begin again after a cut.
    """
    folder.mkdir(exist_ok=True)
    chance = random.Random(7)
    bench = _Bench(
        image=image, folder=folder, disks=tuple(Disk(kind=kind, folder=folder) for kind in DISKS)
    )
    for disk in bench.disks:
        disk.make()
    _start_once(bench, installed)
    for number in range(times + 1):
        writes_s = chance.uniform(*WRITES_S) if number < times else 0.0
        up_s = _run_until_cut(bench, number, writes_s)
        facts = [f"{d.kind}: {d.entries} told, {d.lost} lost, {d.aside} aside" for d in bench.disks]
        print(f"  start {number}: up in {up_s:.0f} s; {'; '.join(facts)}", flush=True)
    return {disk.kind: disk for disk in bench.disks}


def _start_once(bench: _Bench, installed: Path) -> None:
    control = bench.folder / "control"
    root = overlay(installed, bench.root)
    with _served(bench, seed=0), bench.machine(root, "console.log", ordered_by(control)) as machine:
        machine.wait(b"CUT-READY", BOOT_S)
        keep(control, bench.memory)


def _run_until_cut(bench: _Bench, seed: int, writes_s: float) -> float:
    """Take the machine up, let write for `writes_s`, and cut; return how long it took to begin."""
    root = overlay(bench.root, bench.folder / "root.qcow2")
    with ExitStack() as opened:
        servers = opened.enter_context(_served(bench, seed))
        machine = opened.enter_context(
            bench.machine(root, f"console-{seed}.log", taken_up_from(bench.memory))
        )
        machine.listen(2.0)
        ports = [(disk, opened.enter_context(disk.listen())) for disk in bench.disks]
        while not all(disk.hear(port) for disk, port in ports):
            if b"CUT-BEGINS" not in machine.said:
                machine.begin("")
            machine.listen(0.5)
            if b"Traceback" in machine.said or time.monotonic() - machine.started_s > BOOT_S:
                raise RigError(f"a writer did not begin; see {machine.log}")
        up_s = time.monotonic() - machine.started_s
        until_s = time.monotonic() + writes_s
        while time.monotonic() < until_s:
            for disk, port in ports:
                disk.hear(port)
            machine.listen(0.05)
        machine.cut()
        for server in servers:
            server.send_signal(signal.SIGTERM)
            server.wait()
        for disk, port in ports:
            disk.hear(port)
            disk.judge()
    return up_s


@contextmanager
def _served(bench: _Bench, seed: int) -> Iterator[list["subprocess.Popen[bytes]"]]:
    """Serve the disks; their servers' end is the power cut."""
    servers = [disk.serve(seed) for disk in bench.disks]
    try:
        yield servers
    finally:
        for server in servers:
            server.send_signal(signal.SIGTERM)
            server.wait()
