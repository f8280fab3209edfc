"""A campaign's hub: `gate hub` as a process of its own, killed and started again."""

import os
import shutil
import signal
import socket
import subprocess
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gate.bench.chaos.process import GATE, gate, kill, last_words, start, until
from gate.errors import DeviceError
from gate.store.unit_key import unit_key

START_S: Final = 60.0

_SITE: Final = ("--slug", "riverside", "--name", "Riverside", "--organisation", "Hartwell")


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A hub that knows one unit and no entry yet; campaigns begin with copies of it."""

    data: Path
    unit_key: Path
    hub_key: str


def make_template(directory: Path, database: str) -> Template:
    """Make the hub that every campaign begins with, in `directory`, by its own commands."""
    config = directory / "hub.toml"
    config.write_text(_config(database, 1))
    hub_key = gate("hub", "migrate", "--config", str(config))
    key, _ = unit_key(directory / "unit.key")
    manage = ("hub", "manage", "--config", str(config))
    gate(*manage, "addsite", *_SITE)
    public = key.verifying_key.public.hex()
    gate(*manage, "addunit", "--site", "riverside", "--name", "Gate A", "--key", public)
    return Template(data=directory / "data", unit_key=directory / "unit.key", hub_key=hub_key)


class Hub(AbstractContextManager["Hub"]):
    """The hub in `directory`, with its database at an address."""

    def __init__(self, directory: Path, template: Template, database: str) -> None:
        """Furnish it; nothing runs yet."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.directory = directory
        self.config = directory / "hub.toml"
        self.config.write_text(_config(database, self.port))
        self._backup = directory.parent / "backup.tar"
        self._log = directory.parent / "hub.log"
        self._process: subprocess.Popen[bytes] | None = None
        shutil.copytree(template.data, directory / "data")

    def start(self) -> None:
        """Start it, and return when it listens.

        Raises:
            DeviceError: it doesn't.
        """
        process = start([*GATE, "hub", "serve", "--config", str(self.config)], self._log)
        self._process = process
        listens = until(lambda: self._listens() or process.poll() is not None, START_S)
        if not listens or process.poll() is not None:
            raise DeviceError(f"the hub does not start: {last_words(self._log)}")

    def kill(self) -> None:
        """Kill it with its workers."""
        if self._process is not None:
            kill(self._process)
            self._process = None

    def kill_workers(self) -> None:
        """Kill its workers; it must start others."""
        if self._process is None:
            return
        number = self._process.pid
        children = Path(f"/proc/{number}/task/{number}/children").read_text("ascii")
        for child in children.split():
            with suppress(ProcessLookupError):
                os.kill(int(child), signal.SIGKILL)

    def back_up(self) -> None:
        """Back it up while it runs."""
        gate("hub", "backup", "--config", str(self.config), str(self._backup))

    def restore(self) -> None:
        """Kill it, put the backup back, and start it."""
        self.kill()
        gate("hub", "restore", "--config", str(self.config), "--force", str(self._backup))
        self.start()

    def __exit__(self, *_: object) -> None:
        self.kill()

    def _listens(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        except OSError:
            return False
        return True


def _config(database: str, port: int) -> str:
    return (
        f'[hub]\ndata = "data"\ndatabase = "{database}"\nlisten = "127.0.0.1:{port}"\n'
        'hosts = ["127.0.0.1"]\nworkers = 2\n'
    )
