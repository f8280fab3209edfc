"""A server on loopback that can misbehave: real HTTP on a free port, in a thread of its own.

What it answers is its handler's business; how connections are lost, cut short and dripped is alike
for all of them, and is here.
"""

import socket
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ssl import SSLContext
from threading import Event, Thread
from typing import Any, Final, Self

DRIP_S: Final = 0.05
"""Between two bytes of a slow drip: far less than any timeout for the next byte."""

PORTAL_PAGE: Final = b"<html><title>Free Wi-Fi</title><form>Accept the terms</form></html>"
ENDLESS_HEAD: Final = b"HTTP/1.1 200 OK\r\n" + b"X-Drip: drip\r\n" * 10_000


class LoopbackServer:
    """The server's life; `url` has no slash at its end, and answers once it is entered."""

    def __init__(self, handler: type["Misbehaving"], *, tls: SSLContext | None = None) -> None:
        """Bind a free port."""
        self.connections = 0
        self.closing = Event()
        self.dripping = Event()
        self._server = _Server(("127.0.0.1", 0), handler)
        self._server.told = self
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.url = f"{'http' if tls is None else 'https'}://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    told: LoopbackServer
    block_on_close = True
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a client that hangs up in the middle is part of the game."""


class Misbehaving(BaseHTTPRequestHandler):
    """A handler that can hang up and drip; `told` is the server as its own class."""

    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 10

    @property
    def told(self) -> Any:  # noqa: ANN401 - each handler knows the class of its own server
        """The server that was entered."""
        return self.server.told

    def setup(self) -> None:
        """Count a connection."""
        super().setup()
        self.server.told.connections += 1

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Say nothing."""

    def drip(self, data: bytes) -> None:
        """Send a byte at a time, until the server closes."""
        told = self.server.told
        told.dripping.set()
        for byte in data:
            self.wfile.write(bytes((byte,)))
            self.wfile.flush()
            if told.closing.wait(DRIP_S):
                break
        self.close_connection = True

    def hang_up(self) -> None:
        """End the connection in the middle of whatever it is."""
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)
