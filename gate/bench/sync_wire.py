"""A relay that counts: whatever passes between a unit and its hub, each exchange with its bytes.

It understands the little HTTP that they speak: requests without a body, answers with a length, one
after the other on a connection that is kept. What was counted passed over real sockets.
"""

import socket
import threading
from contextlib import AbstractContextManager
from dataclasses import dataclass
from io import BufferedIOBase
from typing import Final, Self

from gate.errors import UplinkError

_HOST: Final = "127.0.0.1"
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
    """The relay; `url` leads through it to the hub on `port` of loopback."""

    def __init__(self, port: int) -> None:
        """Bind a free port of loopback; exchanges pass once it is entered."""
        self._upstream = (_HOST, port)
        self._exchanges: list[Exchange] = []
        self._listening = socket.create_server((_HOST, 0))
        self.url = f"http://{_HOST}:{self._listening.getsockname()[1]}"

    def __enter__(self) -> Self:
        """Begin to relay."""
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def taken(self) -> list[Exchange]:
        """Return what passed since this was last asked."""
        passed = list(self._exchanges)
        self._exchanges.clear()
        return passed

    def _accept(self) -> None:
        while True:
            try:
                unit, _ = self._listening.accept()
            except OSError:
                return  # closed: nobody asks any more
            threading.Thread(target=self._pass_on, args=(unit,), daemon=True).start()

    def _pass_on(self, unit: socket.socket) -> None:
        """Pass exchanges on until one side has enough."""
        with (
            unit,
            socket.create_connection(self._upstream) as hub,
            unit.makefile("rb") as questions,
            hub.makefile("rb") as answers,
        ):
            while asked := read_head(questions):
                hub.sendall(asked)
                head = read_head(answers)
                if not head:
                    return
                exchange, body = read_answer(asked, head, answers)
                self._exchanges.append(exchange)  # before whoever asked can know of it
                unit.sendall(head + body)


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
