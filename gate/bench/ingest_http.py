"""Many connections in one process: each sends its requests one after another, as a unit does.

The least HTTP that serves: prepared bytes out, the status and the length of the answer in. A unit
waits for an answer before it sends again, and its connection is kept.
"""

import selectors
import socket
from collections.abc import Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Final

from gate.errors import UplinkError

Address = tuple[str, int]

SILENCE_S: Final = 60
"""A hub that answers none of the connections for so long has failed."""

_READ_BYTES: Final = 65536


@dataclass(slots=True)
class _Lane:
    """One connection, what it has still to send, and what has arrived of an answer."""

    connection: socket.socket
    requests: list[bytes]
    unsent: memoryview = field(default_factory=lambda: memoryview(b""))
    arrived: bytes = b""

    def next_request(self) -> bool:
        """Take up the next request; False when all are done."""
        if not self.requests:
            return False
        self.unsent = memoryview(self.requests.pop())
        return True

    def send(self) -> bool:
        """Send what the socket takes; True when the request is sent."""
        try:
            self.unsent = self.unsent[self.connection.send(self.unsent) :]
        except BlockingIOError:
            return False
        return not self.unsent

    def receive(self) -> bool:
        """Read what is there; True when the answer is whole, and good."""
        data = self.connection.recv(_READ_BYTES)
        if not data:
            raise UplinkError("the hub closed a connection before it had answered")
        self.arrived += data
        end = self.arrived.find(b"\r\n\r\n")
        if end < 0:
            return False
        head = self.arrived[:end].lower()
        if len(self.arrived) < end + 4 + _length(head):
            return False
        if not head.startswith(b"http/1.1 20"):
            raise UplinkError(f"the hub answered {self.arrived[:300].decode(errors='replace')}")
        self.arrived = b""
        return True


def post(target: str, body: bytes) -> bytes:
    """Return a request that sends a compressed message to `target`."""
    head = (
        f"POST {target} HTTP/1.1\r\nHost: localhost\r\nContent-Encoding: deflate\r\n"
        f"Content-Type: application/octet-stream\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def drive(address: Address, lanes: Sequence[Sequence[bytes]]) -> float:
    """Send every lane's requests over a connection of its own; return the seconds it took.

    Raises:
        UplinkError: an answer that is not good, or none.
    """
    with selectors.DefaultSelector() as ready:
        for requests in lanes:
            connection = socket.create_connection(address)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.settimeout(0)
            lane = _Lane(connection, list(reversed(requests)))
            lane.next_request()
            ready.register(connection, selectors.EVENT_WRITE, lane)
        begun_s = perf_counter()
        try:
            while ready.get_map():
                _turn(ready)
        finally:
            for key in list(ready.get_map().values()):
                key.data.connection.close()
        return perf_counter() - begun_s


def _turn(ready: selectors.BaseSelector) -> None:
    """Serve the connections that can go on."""
    events = ready.select(SILENCE_S)
    if not events:
        raise UplinkError(f"the hub has not answered for {SILENCE_S} s")
    for key, mask in events:
        lane: _Lane = key.data
        if mask & selectors.EVENT_WRITE:
            if lane.send():
                ready.modify(lane.connection, selectors.EVENT_READ, lane)
        elif lane.receive():
            if not lane.next_request():
                ready.unregister(lane.connection)
                lane.connection.close()
            elif not lane.send():
                ready.modify(lane.connection, selectors.EVENT_WRITE, lane)


def _length(head: bytes) -> int:
    _, found, rest = head.partition(b"\r\ncontent-length:")
    return int(rest.split(b"\r\n", 1)[0]) if found else 0
