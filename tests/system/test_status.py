"""The real process of a unit's page, over real HTTP, among clients that mean it no good."""

import http.client
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from gate.sim.devices import ManualClock
from gate.sim.free_port import free_port
from gate.status.server import MAX_CONNECTIONS
from gate.store.journal import Journal, open_journal
from tests.status.status_unit import PASSWORD, StatusUnit, gate_heard, passage, person

ROOT: Final = Path(__file__).parents[2]
GATE: Final = [sys.executable, "-c", "import sys, gate.cli.main as m; sys.exit(m.main())"]
DEADLINE_S: Final = 60
PEOPLE: Final = 2_000
MOST_KB: Final = 40 << 10
"""The unit's page has 40 MB of memory at most."""

pytestmark = pytest.mark.system


class Page:
    """The process, and a browser before it."""

    def __init__(self, unit: StatusUnit) -> None:
        self.port = unit.port
        self.process = subprocess.Popen(
            [*GATE, "status", "--config", str(unit.path / "unit.toml")],
            cwd=ROOT,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stderr is not None
        self.said = self.process.stderr.readline()
        self.cookie = ""

    def ask(
        self, method: str, path: str, body: str | None = None, **headers: str
    ) -> tuple[int, bytes]:
        fields = {"Cookie": self.cookie} | headers
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as line:
            line.request(method, path, body, fields)
            answer = line.getresponse()
            self.cookie = (answer.getheader("Set-Cookie") or self.cookie).partition(";")[0]
            return answer.status, answer.read()

    def signs_in(self) -> int:
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        origin = {"Origin": f"http://127.0.0.1:{self.port}"}
        return self.ask("POST", "/sign-in", f"name=manager&password={PASSWORD}", **form, **origin)[
            0
        ]

    def memory_kb(self, what: str) -> int:
        lines = Path(f"/proc/{self.process.pid}/status").read_text("ascii").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(f"{what}:"))

    def line(self, data: bytes = b"") -> socket.socket:
        line = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        line.sendall(data)
        return line

    def stop(self) -> tuple[int, str]:
        self.process.send_signal(signal.SIGTERM)
        _, rest = self.process.communicate(timeout=DEADLINE_S)
        return self.process.returncode, rest


@pytest.fixture(scope="module")
def unit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StatusUnit]:
    path, now = tmp_path_factory.mktemp("unit"), datetime.now(UTC).replace(microsecond=0)  # noqa: TID251 - as the process does
    made = StatusUnit(path, clock=ManualClock(now), port=free_port())
    made.told(inducted=frozenset(person(str(number)) for number in range(PEOPLE)))
    yield made
    made.journal.close()


@pytest.fixture(scope="module")
def page(unit: StatusUnit) -> Iterator[Page]:
    now, seconds = unit.clock.now(), timedelta(seconds=3)
    for number in range(PEOPLE // 4):
        unit.passes(f"Person {number:04d}", at=now - (PEOPLE - number) * seconds)
    unit.trust.see(now, *rows(now), gates=(gate_heard("Gate B", now),))
    started = Page(unit)
    yield started
    assert started.stop() == (0, "")


def rows(now: datetime) -> list[Any]:
    at = now - timedelta(hours=1)
    return [
        passage(f"Person {number:04d}", "in", at, company=f"Company {number % 40}")
        for number in range(PEOPLE)
    ]


def test_it_says_where_it_answers(page: Page) -> None:
    assert page.said == f"page: http://127.0.0.1:{page.port}/ answers\n"


def test_the_roll_call_of_a_large_site_is_there_after_signing_in(page: Page) -> None:
    assert page.ask("GET", "/roll-call")[0] == 303
    assert page.signs_in() == 303
    status, body = page.ask("GET", "/roll-call")
    assert status == 200
    assert f'<strong class="number">{PEOPLE}</strong>'.encode() in body
    assert page.ask("HEAD", "/roll-call") == (200, b"")


def test_what_passes_at_the_gate_is_on_it_a_second_later(page: Page, unit: StatusUnit) -> None:
    page.signs_in()
    unit.passes("Newly Come")
    for _ in range(50):
        if b"Newly Come" in page.ask("GET", "/roll-call")[1]:
            break
    else:
        pytest.fail("not there after fifty looks")


def test_it_holds_up_no_writer_and_reads_on_when_the_writer_begins_again(
    page: Page, unit: StatusUnit
) -> None:
    page.signs_in()
    unit.journal.close()
    assert page.ask("GET", "/record")[0] == 200
    unit.journal = reopened(unit)
    unit.passes("Back Again")
    assert page.ask("GET", "/record")[0] == 200


def reopened(unit: StatusUnit) -> Journal:
    return open_journal(unit.path / "journal.db", now=unit.clock.now(), clock_trusted=True)


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", b"421"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 9000, b"431"),
        (
            b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\n\r\n" + b"y" * 9999,
            b"413",
        ),
        (b"GET /../../etc/passwd HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", b"404"),
        (b"GET //evil.example/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", b"404"),
    ],
)
def test_a_hostile_request_is_answered_and_no_more(page: Page, data: bytes, status: bytes) -> None:
    with page.line(data) as line:
        answer = line.recv(4096)
        assert answer.startswith(b"HTTP/1.1 " + status)
        while answer:
            answer = line.recv(4096)
    assert page.ask("GET", "/")[0] == 200


def test_many_who_send_slowly_keep_nobody_out(page: Page) -> None:
    slow = [page.line(b"GET / HTTP/1.1\r\nHost: 127") for _ in range(2 * MAX_CONNECTIONS)]
    assert page.ask("GET", "/")[0] == 200
    for line in slow:
        line.close()


def test_it_has_forty_megabytes_under_load_and_needs_no_more(page: Page, unit: StatusUnit) -> None:
    page.signs_in()
    ask = f"GET /roll-call HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {page.cookie}\r\n\r\n".encode()
    lazy = [page.line(ask) for _ in range(MAX_CONNECTIONS // 2)]
    for turn in range(3):
        now = unit.clock.now() + timedelta(seconds=turn)
        unit.trust.see(now, *rows(now), gates=(gate_heard("Gate B", now),))
        for path in ("/", "/roll-call", "/record", "/lists", "/faults"):
            assert page.ask("GET", path, **{"Accept-Encoding": "gzip"})[0] == 200
    for line in lazy:
        line.close()
    assert page.memory_kb("VmHWM") < MOST_KB


def test_a_port_that_is_taken_is_named(unit: StatusUnit, page: Page) -> None:
    assert page.process.poll() is None
    second = Page(unit)
    second.process.communicate(timeout=DEADLINE_S)
    assert second.process.returncode == 2
    assert (
        f"can't listen on 127.0.0.1 port {unit.port}: Address already in use; next:" in second.said
    )


def test_a_unit_without_the_table_says_what_to_write(tmp_path: Path) -> None:
    bare = StatusUnit(tmp_path)
    bare.journal.close()
    text = (tmp_path / "unit.toml").read_text("utf-8")
    (tmp_path / "unit.toml").write_text(text.partition("[status]")[0], "utf-8")
    told = Page(bare)
    told.process.communicate(timeout=DEADLINE_S)
    assert told.process.returncode == 2
    assert "[status] is left out; next: write it, restart gate-unit" in told.said
