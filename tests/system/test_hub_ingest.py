"""Real hub processes on both databases: at once, interrupted, and asked anything at all."""

import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

import psycopg
import pytest

from gate.bench.ingest_http import Address, drive, post
from gate.bench.ingest_hub import running_hub
from gate.bench.ingest_load import LoadUnit
from gate.bench.postgres import PostgresServer, running_postgres
from gate.errors import UplinkError
from gate.events.batch import deflate

GATE: Final = "import sys; from gate.cli.main import main; sys.exit(main())"
UNITS: Final = tuple(LoadUnit.named(f"system {number}") for number in range(9))
COUNT: Final = (
    "SELECT count(*), count(DISTINCT seq), max(seq) FROM ingest_entry WHERE journal_id ="
    " (SELECT journal.id FROM ingest_journal AS journal JOIN sites_unit AS unit"
    " ON unit.id = journal.unit_id WHERE uid = '{}')"
)

pytestmark = pytest.mark.system


@dataclass
class Lab:
    """A running hub and its database."""

    address: Address
    directory: Path
    units: list[LoadUnit]
    server: PostgresServer | None

    def stored(self, unit: LoadUnit) -> tuple[object, ...]:
        """Return how many entries of a unit there are, how many numbers, and the last."""
        query = COUNT.format(unit.uid)
        if self.server is None:
            with closing(sqlite3.connect(self.directory / "hub" / "hub.db")) as connection:
                row = connection.execute(query).fetchone()
        else:
            with psycopg.connect(self.server.url) as connection:
                row = connection.execute(query.encode()).fetchone()
        assert row is not None
        return tuple(row)

    def verify(self) -> str:
        """Check every journal of the hub's; all must hold."""
        config = str(self.directory / "hub.toml")
        command = [sys.executable, "-c", GATE, "hub", "verify", "--config", config]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def raw(self, request: bytes) -> bytes:
        """Send bytes and nothing after them; return all that is answered."""
        with socket.create_connection(self.address, timeout=60) as connection:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def lab(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    directory = tmp_path_factory.mktemp("lab")
    with ExitStack() as stack:
        server = stack.enter_context(running_postgres()) if request.param != "sqlite" else None
        url = "sqlite:///hub.db" if server is None else server.url
        address = stack.enter_context(running_hub(directory, url, UNITS))
        yield Lab(address, directory, list(UNITS), server)


def requests_of(unit: LoadUnit, batch_entries: int, batches: int) -> list[bytes]:
    target = f"/api/units/{unit.uid}/batches"
    return [
        post(target, deflate(message)) for message in islice(unit.messages(batch_entries), batches)
    ]


def test_uplinks_started_by_mistake_store_every_entry_once(lab: Lab) -> None:
    unit = lab.units.pop()
    few, many = requests_of(unit, 3, 30), requests_of(unit, 45, 2)
    drive(lab.address, [few, many, few, many, few])
    assert lab.stored(unit) == (90, 90, 90)
    assert "90 entries verified; holds" in lab.verify()


def test_units_at_once_do_not_disturb_each_other(lab: Lab) -> None:
    sizes = {size: lab.units.pop() for size in (1, 5, 20, 50)}
    drive(lab.address, [requests_of(unit, size, 20) for size, unit in sizes.items()])
    told = lab.verify()
    for entries, unit in ((20 * size, unit) for size, unit in sizes.items()):
        assert f"unit {unit.uid} " in told
        assert f" {entries} entries verified; holds" in told


def test_what_is_cut_short_or_of_unknown_length_is_refused(lab: Lab) -> None:
    unit = lab.units.pop()
    (whole,) = requests_of(unit, 5, 1)
    head, body = whole.split(b"\r\n\r\n", 1)
    assert b" 400 " in lab.raw(head + b"\r\n\r\n" + body[:-1]).split(b"\r\n", 1)[0]
    unknown = b"\r\n".join(
        b"Transfer-Encoding: chunked" if line.startswith(b"Content-Length") else line
        for line in head.split(b"\r\n")
    )
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    assert b" 411 " in lab.raw(unknown + b"\r\n\r\n" + chunked).split(b"\r\n", 1)[0]
    too_large = head.replace(b"Content-Length: ", b"Content-Length: 99999")
    assert b" 413 " in lab.raw(too_large + b"\r\n\r\n").split(b"\r\n", 1)[0]
    assert lab.stored(unit) == (0, 0, None)


def test_a_database_that_is_away_is_told_and_comes_back(lab: Lab) -> None:
    if lab.server is None:
        return  # a file does not go away; a full disk is a campaign of scripts/chaos
    unit = lab.units.pop()
    first, second, third = requests_of(unit, 5, 3)
    drive(lab.address, [[first]])
    lab.server.stop("immediate")
    answer = lab.raw(second)
    assert answer.startswith(b"HTTP/1.1 503 ")
    assert b"\r\nretry-after:" in answer.lower()
    lab.server.start()
    drive(lab.address, [[second, third]])
    assert lab.stored(unit) == (15, 15, 15)


def test_nothing_that_fits_the_description_makes_a_server_error(lab: Lab) -> None:
    url = f"http://{lab.address[0]}:{lab.address[1]}/api/openapi.json"
    command = [
        *(str(Path(sys.executable).with_name("schemathesis")), "run", url),
        *("--checks", "not_a_server_error", "--max-examples", "60", "--workers", "2"),
        *("--seed", "1", "--generation-database", "none", "--header", "Host: localhost"),
        *("--request-timeout", "60"),  # a busy machine is no fault of the hub's
    ]
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=lab.directory, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


def test_a_bench_says_what_a_hub_answered(lab: Lab) -> None:
    with pytest.raises(UplinkError, match="404"):
        drive(lab.address, [[post("/api/units/0000000000000000/batches", b"x")]])
