"""The network cable between a gate and its hub, which can be pulled out: bytes on loopback.

While it is out, whoever connects is hung up on at once, and what was under way has ended.
"""

import contextlib
import socket
from contextlib import AbstractContextManager
from threading import Lock, Thread
from typing import Final, Self

_CHUNK_BYTES: Final = 1 << 16
_LOOPBACK: Final = "127.0.0.1"


class Cable(AbstractContextManager["Cable"]):
    """Relays connections to `port` of this machine; `url` is where the gate's end is."""

    def __init__(self, port: int) -> None:
        """Lay it; it is plugged in."""
        self.is_out = False
        self._port = port
        self._lock = Lock()
        self._ends: list[socket.socket] = []
        self._near = socket.create_server((_LOOPBACK, 0))
        self.url = f"http://{_LOOPBACK}:{self._near.getsockname()[1]}"
        self._thread = Thread(target=self._accept, daemon=True)
        self._thread.start()

    def pull_out(self) -> None:
        """Cut the link."""
        self.is_out = True
        self._hang_up()

    def plug_in(self) -> None:
        """Mend it."""
        self.is_out = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._near.shutdown(socket.SHUT_RDWR)
        self._near.close()
        self._hang_up()
        self._thread.join()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._near.accept()
            except OSError:
                return
            if self.is_out:
                near.close()
                continue
            try:
                far = socket.create_connection((_LOOPBACK, self._port))
            except OSError:
                near.close()
                continue
            with self._lock:
                self._ends += [near, far]
            for one, other in ((near, far), (far, near)):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                Thread(target=_pass_on, args=(one, other), daemon=True).start()

    def _hang_up(self) -> None:
        with self._lock:
            ends, self._ends = self._ends, []
        for end in ends:
            _shut(end)


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(_CHUNK_BYTES):
            target.sendall(data)
    except OSError:
        pass  # one of the two has hung up, which the other is told below
    finally:
        _shut(source)
        _shut(target)


def _shut(end: socket.socket) -> None:
    with contextlib.suppress(OSError):  # it was shut already
        end.shutdown(socket.SHUT_RDWR)
    end.close()
