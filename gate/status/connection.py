"""One browser's connection: what came of its request so far, and what of its answer still waits.

It is read for `READ_S` altogether and written for `WRITE_S`, however little comes at a time: who
sends a byte now and then gains nothing by it.
"""

import socket
from collections.abc import Callable
from enum import Enum, auto
from ipaddress import IPv6Address, ip_address
from typing import Final

from gate.status.reply import Reply
from gate.status.request import (
    MAX_BODY_BYTES,
    MAX_HEAD_BYTES,
    BadRequestError,
    Request,
    read_request,
)

READ_S: Final = 10.0
"""A phone at the edge of the site's Wi-Fi sends its 1 KB in one."""

WRITE_S: Final = 30.0
"""The roll call of 2,000 people is 400 KB: 13 KB a second."""

DRAIN_S: Final = 1.0
"""After the answer, for what still comes: closed at once, the browser might not see the answer."""

_CHUNK_BYTES: Final = 16_384
_MOST_BYTES: Final = MAX_HEAD_BYTES + 4 + MAX_BODY_BYTES

Answer = Callable[[Request, str], Reply]
"""Answers a request of the peer that is named."""

Refuse = Callable[[BadRequestError], Reply]


class Stage(Enum):
    """What a connection waits for."""

    READING = auto()
    WRITING = auto()
    DRAINING = auto()
    OVER = auto()


class Connection:
    """A connection that was accepted at `at_s`, of `peer`."""

    def __init__(self, sock: socket.socket, peer: str, at_s: float) -> None:
        self.sock = sock
        self.peer = peer
        self.since_s = at_s
        self.stage = Stage.READING
        self.deadline_s = at_s + READ_S
        self._received = bytearray()
        self._left = memoryview(b"")

    @property
    def waiting_bytes(self) -> int:
        """How much of its answer waits in this process."""
        return len(self._left)

    def readable(self, at_s: float, answer: Answer, refuse: Refuse) -> None:
        """Take what came; answer once the request is whole, or can't become one."""
        try:
            data = self.sock.recv(_CHUNK_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.stage = Stage.OVER
        elif self.stage is Stage.READING:
            self._received += data[: _MOST_BYTES + 1]
            self._read(at_s, answer, refuse)

    def writable(self, at_s: float) -> None:
        """Hand on what waits."""
        try:
            sent = self.sock.send(self._left[:_CHUNK_BYTES])
        except BlockingIOError:
            return
        except OSError:
            self.stage = Stage.OVER
            return
        self._left = self._left[sent:]
        if not self._left:
            self._drain(at_s)

    def close(self) -> None:
        """Let it go, whatever it waits for."""
        self.stage = Stage.OVER
        self.sock.close()

    def _read(self, at_s: float, answer: Answer, refuse: Refuse) -> None:
        try:
            request = read_request(bytes(self._received))
            if request is None:
                return
            reply = answer(request, self.peer).packed(request.headers.get("accept-encoding", ""))
            with_body = request.method != "HEAD"
        except BadRequestError as error:
            reply, with_body = refuse(error), True
        self._received.clear()
        self._left = memoryview(reply.encode(with_body=with_body))
        self.stage, self.deadline_s = Stage.WRITING, at_s + WRITE_S

    def _drain(self, at_s: float) -> None:
        self.stage, self.deadline_s = Stage.DRAINING, at_s + DRAIN_S
        try:
            self.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self.stage = Stage.OVER


def peer_of(address: str) -> str:
    """Return who an address stands for: an IPv6 host may use any of its network's 2^64."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return found.exploded[:19]
    return str(found)
