"""A PostgreSQL primary with a standby, one of which dies in each campaign.

The hub is told both addresses and asks for the one that takes writes, as the manual's
`target_session_attrs` has it. After a failover the promoted standby is the primary, and the next
campaign gives it a standby of its own.
"""

import os
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, Self

import psycopg
from psycopg.conninfo import conninfo_to_dict

from gate.bench.postgres import DIRECTORY, PostgresServer, running_postgres
from gate.sim.free_port import free_port

TEMPLATE: Final = "gate_template"

_SETTINGS: Final = ("listen_addresses=127.0.0.1", "shared_buffers=128MB", "log_min_messages=fatal")


class Cluster(AbstractContextManager["Cluster"]):
    """The servers of a run; `primary` takes writes, `standby` follows it."""

    def __init__(self) -> None:
        self._opened = ExitStack()
        self.primary: PostgresServer
        self.standby: PostgresServer | None = None
        self._first: PostgresServer
        self._person = ""

    def __enter__(self) -> Self:
        self.primary = self._first = self._opened.enter_context(running_postgres())
        parts = conninfo_to_dict(self._first.url)
        self._person = f"{parts['user']}:{parts['password']}"
        self._run(f"CREATE DATABASE {TEMPLATE}")
        return self

    def __exit__(self, *_: object) -> None:
        self.drop_standby()
        if self.primary is not self._first:
            _remove(self.primary)
            self._first.start()  # for `running_postgres`, which stops what it started
        self._opened.close()

    def address(self, name: str) -> str:
        """Return the address of a database on whichever server takes writes."""
        servers = [self.primary, *([] if self.standby is None else [self.standby])]
        hosts = ",".join(f"127.0.0.1:{server.port}" for server in servers)
        return f"postgresql://{self._person}@{hosts}/{name}?target_session_attrs=read-write"

    def add_database(self, name: str) -> None:
        """Make a database that begins as the template."""
        self._run(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")

    def drop_database(self, name: str) -> None:
        """Remove a database, whoever is in it."""
        self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def query(self, name: str, statement: str) -> Iterable[Sequence[Any]]:
        """Return what a database answers."""
        with psycopg.connect(self.address(name)) as connection:
            return connection.execute(statement).fetchall()

    def add_standby(self, *, is_synchronous: bool) -> None:
        """Have another server follow the primary; if synchronous, it confirms every commit."""
        directory = Path(tempfile.mkdtemp(prefix="gate-standby-", dir=DIRECTORY))
        owner = self.primary.directory.stat()
        os.chown(directory, owner.st_uid, owner.st_gid)
        port = free_port()
        standby = replace(
            self.primary,
            directory=directory,
            port=port,
            _settings=(*_SETTINGS, f"port={port}", f"unix_socket_directories={directory}"),
        )
        standby.run("pg_basebackup", "-d", self._primary_url(), "-D", "data", "-c", "fast", "-R")
        standby.start()
        self.standby = standby
        if is_synchronous:
            self._run("ALTER SYSTEM SET synchronous_standby_names = '*'")
            self._run("SELECT pg_reload_conf()")

    def fail_over(self, *, is_late: bool) -> None:
        """Stop the primary as a power cut would, and promote the standby.

        Args:
            is_late: the standby was stopped before (`standby.stop`), and knows less.
        """
        standby = self.standby
        if standby is None:
            return
        old, self.primary, self.standby = self.primary, standby, None
        old.stop("immediate")
        if is_late:
            standby.start()
        standby.run("pg_ctl", "promote", "-w", "-s", "-D", "data")
        if old is not self._first:
            shutil.rmtree(old.directory)

    def drop_standby(self) -> None:
        """Stop and remove what followed the primary."""
        if self.standby is not None:
            self._run("ALTER SYSTEM RESET synchronous_standby_names")
            self._run("SELECT pg_reload_conf()")
            _remove(self.standby)
            self.standby = None

    def _primary_url(self) -> str:
        return f"postgresql://{self._person}@127.0.0.1:{self.primary.port}/postgres"

    def _run(self, statement: str) -> None:
        with psycopg.connect(self._primary_url(), autocommit=True) as connection:
            connection.execute(statement)


def _remove(server: PostgresServer) -> None:
    server.stop("immediate")
    shutil.rmtree(server.directory)
