"""The page's server: one thread, a bounded number of connections, one request each.

Nobody waits for somebody slow. When all places are taken, or too many answers wait to be fetched,
whoever holds the most places loses the oldest; who asks and goes at once is never that one.
"""

import errno
import selectors
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Final, Self

from gate.errors import UplinkError
from gate.status.connection import Answer, Connection, Refuse, Stage, peer_of

MAX_CONNECTIONS: Final = 64
"""A site's people with their phones at a fire, ten times over."""

MAX_WAITING_BYTES: Final = 1 << 20
"""Two roll calls of 2,000 people, or twenty as browsers take them, packed."""

_BACKLOG: Final = 32
_TURN_S: Final = 0.5
"""Between two looks whether to stop."""

_NO_PLACE: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})

_EVENTS: Final = {
    Stage.READING: selectors.EVENT_READ,
    Stage.WRITING: selectors.EVENT_WRITE,
    Stage.DRAINING: selectors.EVENT_READ,
}


class Server(AbstractContextManager["Server"]):
    """Listens from the start; `serve` answers until it is told to stop."""

    def __init__(
        self,
        listener: socket.socket,
        answer: Answer,
        refuse: Refuse,
        monotonic: Callable[[], float],
    ) -> None:
        self._listener = listener
        self._answer = answer
        self._refuse = refuse
        self._monotonic = monotonic
        self._open: dict[int, Connection] = {}
        self._selector = selectors.DefaultSelector()
        self._selector.register(listener, selectors.EVENT_READ)

    @property
    def port(self) -> int:
        """The port it answers at."""
        return int(self._listener.getsockname()[1])

    def connections(self) -> Iterable[Connection]:
        """Return those that are open."""
        return self._open.values()

    def serve(self, stop: threading.Event) -> None:
        """Answer until `stop` is set."""
        while not stop.is_set():
            self.turn(_TURN_S)

    def turn(self, wait_s: float) -> None:
        """Do what is to be done now, or wait so long for something."""
        for key, _ in self._selector.select(wait_s):
            if key.fileobj is self._listener:
                self._accept()
            elif (found := self._open.get(key.fd)) is not None and found.sock is key.fileobj:
                self._serve(found)  # unless it was dropped in this turn
        at_s = self._monotonic()
        for connection in [one for one in self._open.values() if one.deadline_s <= at_s]:
            self._drop(connection)

    def close(self) -> None:
        """Let everybody go."""
        for connection in list(self._open.values()):
            self._drop(connection)
        self._selector.close()
        self._listener.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _accept(self) -> None:
        try:
            sock, address = self._listener.accept()
        except OSError as error:  # mostly, it went again
            if error.errno in _NO_PLACE:
                self._make_room()
            return
        sock.settimeout(0)
        if len(self._open) >= MAX_CONNECTIONS:
            self._make_room()
        connection = Connection(sock, peer_of(str(address[0])), self._monotonic())
        self._open[sock.fileno()] = connection
        self._selector.register(sock, _EVENTS[connection.stage])

    def _serve(self, connection: Connection) -> None:
        before, at_s = connection.stage, self._monotonic()
        if before is Stage.WRITING:
            connection.writable(at_s)
        else:
            connection.readable(at_s, self._answer, self._refuse)
        if connection.stage is Stage.OVER:
            self._drop(connection)
        elif connection.stage is not before:
            self._selector.modify(connection.sock, _EVENTS[connection.stage])
            while sum(one.waiting_bytes for one in self._open.values()) > MAX_WAITING_BYTES:
                if len(self._open) == 1:
                    break
                self._make_room()

    def _make_room(self) -> None:
        if not self._open:
            return
        held = Counter(one.peer for one in self._open.values())
        self._drop(max(self._open.values(), key=lambda one: (held[one.peer], -one.since_s)))

    def _drop(self, connection: Connection) -> None:
        self._open.pop(connection.sock.fileno(), None)
        self._selector.unregister(connection.sock)
        connection.close()


def listen(address: str, port: int) -> socket.socket:
    """Return a socket that listens.

    Raises:
        UplinkError: the address is not this machine's, or the port is taken or not allowed.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        listener.bind((address, port))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        step = "next: see who has it (ss -ltnp), or write another [status] address or port"
        raise UplinkError(
            f"page: can't listen on {address} port {port}: {error.strerror}; {step}"
        ) from error
    listener.settimeout(0)
    return listener
