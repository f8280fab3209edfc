"""A campaign's unit: its directory, the journal's writer, its uplinks, and what it acknowledged."""

import os
import shutil
import subprocess
from contextlib import AbstractContextManager
from pathlib import Path
from threading import Condition, Thread
from typing import Final

from gate.bench.chaos.process import GATE, gate, kill, last_words, module, start, until
from gate.bench.chaos.writer import TOLD
from gate.errors import DeviceError
from gate.store.cursor import Mark, cursor_directory, read_mark

REFUSED: Final = 2
"""What a second `gate sync` ends with."""

WAIT_S: Final = 60.0
"""What takes longer on a busy machine has failed."""

_CONFIG: Final = """[unit]
name = "Gate A"
site = "riverside"
journal = "journal.db"
trust = "trust"
key = "unit.key"
[[access_point]]
name = "Gate A in"
direction = "in"
[outputs]
entry_relay = 17
[hub]
url = "{url}"
key = "{hub_key}"
batch_entries = {batch_entries}
every_s = 1
"""


class Unit(AbstractContextManager["Unit"]):
    """The unit in `directory`; `acknowledged` is what its journal told, by number."""

    def __init__(self, directory: Path, key: Path, config: str, seed: int) -> None:
        """Furnish the directory; nothing runs yet.

        Args:
            directory: exists; what grows lies here.
            key: the unit's key, which the hub knows.
            config: from `unit_config`.
            seed: of the campaign.
        """
        self.directory = directory
        self.config = directory / "unit.toml"
        self.journal = directory / "journal.db"
        self.acknowledged: dict[int, bytes] = {}
        self.faults: list[str] = []
        self._logs = directory.parent
        self._seed = seed
        self._told = Condition()
        self._count = 0
        self._ordered = 0
        self._offset_s = 0
        self._writer: subprocess.Popen[bytes] | None = None
        self._listener: Thread | None = None
        self._uplinks: list[subprocess.Popen[bytes]] = []
        self._rival = directory.parent / "rival"
        for place in (directory, self._rival):
            place.mkdir(exist_ok=True)
            shutil.copy(key, place / "unit.key")
            (place / "unit.toml").write_text(config)
        (self._rival / "journal.db").symlink_to(self.journal)

    @property
    def count(self) -> int:
        """How many entries were acknowledged."""
        return self._count

    def start_writer(self) -> None:
        """Start the writer, with what is still to be recorded."""
        command = module("writer", str(self.journal), str(self._seed))
        self._writer = start(command, self._logs / "writer.log", with_pipes=True)
        self._listener = Thread(target=self._listen, args=(self._writer,), daemon=True)
        self._listener.start()
        self._send(self._ordered - self._count)

    def kill_writer(self) -> None:
        """Kill it in the midst of what it does, and hear what it told until then."""
        if self._writer is None or self._listener is None:
            return
        kill(self._writer)
        self._listener.join()
        for pipe in (self._writer.stdin, self._writer.stdout):
            if pipe is not None:
                pipe.close()
        self._writer = None

    def order(self, entries: int) -> None:
        """Have so many more entries recorded."""
        self._ordered += entries
        self._send(entries)

    def jump(self, offset_s: int) -> None:
        """Set the clock that later orders go by."""
        self._offset_s = offset_s

    def wait_for(self, count: int) -> None:
        """Return when `count` entries were acknowledged.

        Raises:
            DeviceError: they were not.
        """
        with self._told:
            if self._told.wait_for(lambda: self._count >= count, WAIT_S):
                return
        words = last_words(self._logs / "writer.log")
        raise DeviceError(f"the writer told of {self._count} entries, not {count}: {words}")

    def finish(self) -> None:
        """Wait until everything ordered is recorded, and let the writer end in good order."""
        self.wait_for(self._ordered)
        if self._writer is not None and self._writer.stdin is not None:
            self._writer.stdin.close()
            code = self._writer.wait(WAIT_S)
            if code:
                raise DeviceError(f"the writer ended with {code}")

    def start_uplink(self) -> None:
        """Start the uplink."""
        self._uplinks.append(self._started_uplink(self.directory))

    def start_rival(self) -> None:
        """Start an uplink that comes by a path on which no lock stops it."""
        self._uplinks.append(self._started_uplink(self._rival))

    def kill_uplinks(self) -> None:
        """Kill every uplink."""
        while self._uplinks:
            kill(self._uplinks.pop())

    def try_second_uplink(self) -> None:
        """Start a second `gate sync`; that it is refused is what must be."""
        if not until(self._is_uplink_at_work, WAIT_S):
            self.faults.append("the uplink did not start")
            return
        command = [*GATE, "sync", "--config", str(self.config)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own command
        if done.returncode != REFUSED or "another `gate sync`" not in done.stderr:
            self.faults.append(f"a second uplink was not refused: {done.returncode} {done.stderr}")

    def sync(self) -> None:
        """Bring what is left with the real command.

        Raises:
            DeviceError: it does not say that the hub has everything.
        """
        gate("sync", "--config", str(self.config))

    def mark(self) -> Mark | None:
        """Return how far the uplink knows the hub to be."""
        return read_mark(cursor_directory(self.journal))

    def __exit__(self, *_: object) -> None:
        self.kill_uplinks()
        self.kill_writer()

    def _started_uplink(self, place: Path) -> subprocess.Popen[bytes]:
        command = module("uplink", str(place / "unit.toml"), f"{self._seed} {place.name}")
        return start(command, self._logs / f"{place.name}-uplink.log")

    def _is_uplink_at_work(self) -> bool:
        """Tell whether the uplink holds its lock; start it again if it died on a full disk."""
        if self._uplinks[0].poll() is not None:
            self._uplinks[0] = self._started_uplink(self.directory)
        lock = cursor_directory(self.journal)
        return lock.exists() and _is_locked(lock)

    def _send(self, entries: int) -> None:
        if entries and self._writer is not None and self._writer.stdin is not None:
            line = f"{entries} {self._offset_s}\n".encode()
            os.write(self._writer.stdin.fileno(), line)

    def _listen(self, writer: subprocess.Popen[bytes]) -> None:
        if writer.stdout is None:
            return
        while len(told := writer.stdout.read(TOLD.size)) == TOLD.size:
            seq, digest = TOLD.unpack(told)
            with self._told:
                if self.acknowledged.setdefault(seq, digest) != digest:
                    self.faults.append(f"entry {seq} was acknowledged twice, with other hashes")
                self._count += 1
                self._told.notify_all()


def _is_locked(path: Path) -> bool:
    """Tell whether somebody holds an flock on `path`, without taking it (proc_locks(5))."""
    there = path.stat()
    device = f"{os.major(there.st_dev):02x}:{os.minor(there.st_dev):02x}"
    locks = Path("/proc/locks").read_text("ascii").splitlines()
    return any("FLOCK" in lock and f" {device}:{there.st_ino} " in lock for lock in locks)


def unit_config(url: str, hub_key: str, batch_entries: int) -> str:
    """Return a unit's file."""
    return _CONFIG.format(url=url, hub_key=hub_key, batch_entries=batch_entries)
