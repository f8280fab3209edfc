"""A PostgreSQL of one's own: from Debian's package, on loopback, in a directory made for it.

Its settings are PostgreSQL's own but for what is said in `_SETTINGS`; above all it syncs. Run as
root it belongs to Debian's user `postgres`, for a server refuses to be root; else to the caller.
Only who knows its random password can enter, and it is gone, with its directory, when the context
ends.
"""

import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from gate.errors import DeviceError
from gate.sim.free_port import free_port

DIRECTORY: Final = "/var/tmp"  # noqa: S108 - a directory of its own is made in it; a disk, not memory
START_S: Final = 60

_PROGRAMS: Final = "/usr/lib/postgresql/*/bin"
_OWNER: Final = "gate"
_SERVER_USER: Final = "postgres"
_SETTINGS: Final = (
    "listen_addresses=127.0.0.1",
    "shared_buffers=512MB",  # a quarter of a small server's memory, as PostgreSQL's manual advises
    "max_wal_size=4GB",  # a load of hours in minutes would else checkpoint all the time
    "commit_delay=300",  # who commits at once syncs together (docs/how-to/grow-the-hub.md)
    "commit_siblings=3",
    "log_min_messages=fatal",
)

StopMode = Literal["fast", "immediate"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresServer:
    """A server that was started; its database `postgres` is empty."""

    directory: Path
    port: int
    _password: str = field(repr=False)
    _programs: Path
    _user: str | None
    _settings: tuple[str, ...] = field(repr=False)

    @property
    def url(self) -> str:
        """The address of the database that is there from the beginning."""
        return self.url_of("postgres")

    def url_of(self, database: str) -> str:
        """Return the address of a database."""
        return f"postgresql://{_OWNER}:{self._password}@127.0.0.1:{self.port}/{database}"

    def create_database(self, name: str) -> None:
        """Make an empty database."""
        self.run("createdb", f"--maintenance-db={self.url}", name)

    def start(self) -> None:
        """Start it, or start it again, and return when it answers."""
        options = " ".join(f"-c {setting}" for setting in self._settings)
        log = self.directory / "log"
        self.run(
            "pg_ctl",
            "start",
            "-w",
            f"-t{START_S}",
            "-s",
            "-D",
            "data",
            "-l",
            str(log),
            "-o",
            options,
        )

    def stop(self, mode: StopMode) -> None:
        """Stop it in order, or as a power cut would."""
        self.run("pg_ctl", "stop", "-w", "-s", "-D", "data", "-m", mode)

    def run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs in the server's directory, as its owner.

        Raises:
            DeviceError: it failed; with what it said.
        """
        done = subprocess.run(  # noqa: S603 - a program and arguments of our own
            [self._programs / program, *arguments],
            cwd=self.directory,
            user=self._user,
            group=self._user,
            extra_groups=None if self._user is None else [],
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # a server inherits it; a pipe would never be closed
            stderr=subprocess.PIPE if program != "pg_ctl" else subprocess.DEVNULL,
            check=False,
        )
        if done.returncode:
            told = (done.stderr or _tail(self.directory / "log")).decode(errors="replace").strip()
            raise DeviceError(f"PostgreSQL's {program} failed in {self.directory}: {told}")


@contextmanager
def running_postgres() -> Iterator[PostgresServer]:
    """Yield a fresh server; stop and remove it at the end.

    Raises:
        DeviceError: the package is not installed, or the server does not start.
    """
    programs = _find_programs()
    directory = Path(tempfile.mkdtemp(prefix="gate-postgresql-", dir=DIRECTORY))
    user = _SERVER_USER if os.geteuid() == 0 else None
    password = secrets.token_hex(16)
    port = free_port()
    server = PostgresServer(
        directory=directory,
        port=port,
        _password=password,
        _programs=programs,
        _user=user,
        _settings=(*_SETTINGS, f"port={port}", f"unix_socket_directories={directory}"),
    )
    try:
        _initialise(server, password, user)
        server.start()
        try:
            yield server
        finally:
            server.stop("immediate")
    finally:
        shutil.rmtree(directory)


def _initialise(server: PostgresServer, password: str, user: str | None) -> None:
    secret = server.directory / "password"
    secret.write_text(password)
    if user is not None:
        account = pwd.getpwnam(user)
        for path in (server.directory, secret):
            os.chown(path, account.pw_uid, account.pw_gid)
    server.run(
        "initdb",
        *("-D", "data", "-U", _OWNER, "--pwfile=password", "--auth=scram-sha-256"),
        *("--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions"),
    )
    secret.unlink()


def _find_programs() -> Path:
    found = sorted(Path("/").glob(_PROGRAMS[1:]), key=lambda path: int(path.parent.name))
    if not found:
        raise DeviceError("PostgreSQL is not installed; run: apt-get install postgresql")
    return found[-1]


def _tail(log: Path) -> bytes:
    return log.read_bytes()[-2000:] if log.exists() else b""
