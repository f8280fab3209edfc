"""The page's server among slow clients, with a clock that stands still until it is moved."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from gate.sim.devices import ManualClock
from gate.sim.issuer import NOW
from gate.status.connection import DRAIN_S, READ_S, WRITE_S, peer_of
from gate.status.reply import Reply
from gate.status.request import BadRequestError, Request
from gate.status.server import MAX_CONNECTIONS, MAX_WAITING_BYTES, Server, listen

pytestmark = pytest.mark.system

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


@dataclass
class Stage:
    server: Server
    clock: ManualClock
    body: bytes = b"here"

    def client(self, data: bytes = b"", source: str = "127.0.0.1") -> socket.socket:
        made = socket.create_connection(("127.0.0.1", self.server.port), 30, (source, 0))
        made.sendall(data)
        self.turns()
        return made

    def turns(self, count: int = 4) -> None:
        for _ in range(count):
            self.server.turn(0.01)

    def answer(self, _request: Request, _peer: str) -> Reply:
        return Reply(body=self.body)


@pytest.fixture
def stage() -> Iterator[Stage]:
    clock = ManualClock(NOW)
    listener = listen("127.0.0.1", 0)

    def answer(request: Request, peer: str) -> Reply:
        return made.answer(request, peer)

    def refuse(error: BadRequestError) -> Reply:
        return Reply(status=error.status)

    with Server(listener, answer, refuse, clock.monotonic) as server:
        made = Stage(server, clock)
        yield made


def is_open(client: socket.socket) -> bool:
    client.settimeout(0)
    try:
        return client.recv(1) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False


def test_when_all_places_are_taken_whoever_holds_most_loses_the_oldest(stage: Stage) -> None:
    other = stage.client(b"GET / HT", source="127.0.0.2")
    slow = [stage.client(b"GET / HT") for _ in range(MAX_CONNECTIONS + 2)]
    assert [is_open(one) for one in slow] == [False] * 3 + [True] * (MAX_CONNECTIONS - 1)
    assert is_open(other)
    asks = stage.client(GET, source="127.0.0.3")
    assert asks.recv(100).startswith(b"HTTP/1.1 200 OK")
    for one in (*slow, other, asks):
        one.close()


def test_a_request_that_drips_is_over_after_its_time(stage: Stage) -> None:
    client = stage.client(b"GET / HTTP/1.1\r\n")
    for _ in range(9):
        stage.clock.advance(READ_S / 10)
        client.sendall(b"X: y\r\n")
        stage.turns()
    assert is_open(client)
    stage.clock.advance(READ_S / 10)
    stage.turns()
    assert not is_open(client)
    client.close()


def test_an_answer_that_nobody_fetches_is_over_after_its_time(stage: Stage) -> None:
    stage.body = bytes(MAX_WAITING_BYTES)
    lazy = stage.client()
    lazy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    lazy.sendall(GET)
    stage.turns()
    stage.clock.advance(WRITE_S)
    stage.turns()
    received = 0
    lazy.settimeout(30)
    try:
        while part := lazy.recv(1 << 16):
            received += len(part)
    except ConnectionError:
        pass
    assert received < MAX_WAITING_BYTES
    lazy.close()


def test_answers_that_wait_are_bounded_in_all(stage: Stage) -> None:
    stage.body = bytes(MAX_WAITING_BYTES * 2 // 3)
    lazy = []
    for _ in range(12):
        one = stage.client()
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        one.sendall(GET)
        lazy.append(one)
        stage.turns(2)
    waiting = sum(one.waiting_bytes for one in stage.server.connections())
    assert 0 < waiting <= MAX_WAITING_BYTES
    for one in lazy:
        one.close()


def test_after_its_answer_a_connection_is_let_go(stage: Stage) -> None:
    client = stage.client(GET + b"and more")
    assert client.recv(4096).endswith(b"here")
    stage.clock.advance(DRAIN_S)
    stage.turns()
    assert not list(stage.server.connections())
    client.close()


@pytest.mark.parametrize(
    ("address", "peer"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:0db8:0001:0002"),
        ("2001:db8:1:2:ffff::1", "2001:0db8:0001:0002"),
        ("fe80::1%eth0", "fe80:0000:0000:0000"),
    ],
)
def test_whoever_has_a_network_of_addresses_is_one(address: str, peer: str) -> None:
    assert peer_of(address) == peer
