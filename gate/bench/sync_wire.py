"""A relay that counts: whatever passes between a unit and its hub, each exchange with its bytes.

It understands the little HTTP that they speak: requests without a body, answers with a length, one
after the other on a connection that is kept. What was counted passed over real sockets.
"""

import socket
import threading
from contextlib import AbstractContextManager
from dataclasses import dataclass
from io import BufferedIOBase
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Final, Self
from urllib.parse import urlsplit

from gate.errors import UplinkError

Address = tuple[str, int]

_BODILESS: Final = frozenset({204, 304})
_END: Final = b"\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and its answer, in bytes on the wire (TCP's and TLS's own left out)."""

    path: str
    status: int
    sent_bytes: int
    head_bytes: int
    body_bytes: int

    @property
    def wire_bytes(self) -> int:
        """Both directions, heads included."""
        return self.sent_bytes + self.head_bytes + self.body_bytes


class Relay(AbstractContextManager["Relay"]):
    """The relay; `url` leads through it to the hub at `upstream`, `exchanges` is what passed."""

    def __init__(self, upstream: str) -> None:
        """Bind a free port of loopback; exchanges pass once it is entered."""
        parts = urlsplit(upstream)
        self.exchanges: list[Exchange] = []
        self._server = _Server((parts.hostname or "", parts.port or 80), self.exchanges)
        host, port = self._server.server_address[:2]
        self.url = f"http://{host!s}:{port}"

    def __enter__(self) -> Self:
        """Begin to relay."""
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def taken(self) -> list[Exchange]:
        """Return what passed since this was last asked."""
        passed = list(self.exchanges)
        self.exchanges.clear()
        return passed


class _Server(ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, upstream: Address, exchanges: list[Exchange]) -> None:
        super().__init__(("127.0.0.1", 0), _Passing)
        self.upstream = upstream
        self.exchanges = exchanges


class _Passing(StreamRequestHandler):
    server: _Server
    disable_nagle_algorithm = True

    def handle(self) -> None:
        """Pass exchanges on until one side has enough."""
        with socket.create_connection(self.server.upstream) as hub, hub.makefile("rb") as answers:
            while True:
                asked = read_head(self.rfile)
                if not asked:
                    return
                hub.sendall(asked)
                head = read_head(answers)
                if not head:
                    return
                exchange, body = read_answer(asked, head, answers)
                self.server.exchanges.append(exchange)  # before whoever asked can know of it
                self.wfile.write(head + body)


def read_head(stream: BufferedIOBase) -> bytes:
    """Return a message up to the empty line; empty if it ended before."""
    lines = [stream.readline()]
    while lines[-1] not in {_END, b""}:
        lines.append(stream.readline())
    return b"".join(lines) if lines[-1] else b""


def read_answer(asked: bytes, head: bytes, answers: BufferedIOBase) -> tuple[Exchange, bytes]:
    """Read the rest of an answer whose head this is; return the exchange and the body.

    Raises:
        UplinkError: an answer that doesn't say how long it is.
    """
    path, status = asked.split(b" ", 2)[1].decode("latin-1"), int(head.split(b" ", 2)[1])
    fields = dict(line.lower().split(b":", 1) for line in head.split(_END)[1:] if b":" in line)
    if status in _BODILESS:
        length = 0
    elif b"content-length" in fields:
        length = int(fields[b"content-length"])
    else:
        raise UplinkError(f"{path}: an answer without a length can't be counted")
    body = answers.read(length)
    exchange = Exchange(
        path=path,
        status=status,
        sent_bytes=len(asked),
        head_bytes=len(head),
        body_bytes=len(body),
    )
    return exchange, body
