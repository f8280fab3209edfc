"""The process that answers by TLS: gunicorn's, with a hand-shake of its own before each connection.

Gunicorn's own TLS has one certificate until its restart, and answers a visitor who types the
address without `https` with nothing. Here one port takes both: what doesn't begin as TLS does is
plain HTTP, and Django leads it to where TLS is spoken, or shows how to trust this hub.

A thread is held by no hand-shake for longer than a bound, and by none that is done while nothing is
asked: browsers open connections ahead and leave them.
"""

import socket
import ssl
from typing import Any, Final

from gunicorn.http import get_parser
from gunicorn.workers.gthread import _DEFER, DEFAULT_WORKER_DATA_TIMEOUT, TConn, ThreadWorker

from gate.hub.https.serving import Serving

HANDSHAKE_S: Final = 10.0
"""A mobile link that wakes takes a few seconds."""

_TLS: Final = b"\x16"
"""The first byte of a ClientHello (RFC 8446, 5.1); no HTTP request begins with it."""

_ASKED_WITHIN_S: Final = 0.1
"""A request comes with the end of the hand-shake; else the connection waits without a thread."""


class TlsWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """Answers by TLS, and by plain HTTP on the same port."""

    def handle(self, conn: TConn) -> Any:  # noqa: ANN401 - gunicorn's own: kept, to be closed, or to wait
        """See what a connection begins with, then go on as gunicorn does."""
        if conn.initialized:
            return super().handle(conn)
        if not conn.data_ready and not conn.wait_for_data(DEFAULT_WORKER_DATA_TIMEOUT):
            return _DEFER
        try:
            conn.sock.settimeout(HANDSHAKE_S)
            if conn.sock.recv(1, socket.MSG_PEEK) != _TLS:
                return super().handle(conn)
            self._shake_hands(conn)
        except OSError:  # gone, too slow, or doesn't trust us: nobody is left to be told
            return False
        if conn.wait_for_data(_ASKED_WITHIN_S):
            return super().handle(conn)
        return _DEFER

    def _shake_hands(self, conn: TConn) -> None:
        serving: Serving = self.app.serving
        context = serving.context(conn.sock.getsockname()[0])
        conn.sock = context.wrap_socket(conn.sock, server_side=True)
        conn.parser = get_parser(conn.cfg, conn.sock, conn.client)
        conn.initialized = True
        conn.data_ready = False


class SchemeOfSocket:
    """Tells the application by what its visitor really came, whatever a header says."""

    def __init__(self, answer: Any) -> None:  # noqa: ANN401 - a WSGI application
        self._answer = answer

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:  # noqa: ANN401 - WSGI
        """Answer."""
        is_tls = isinstance(environ["gunicorn.socket"], ssl.SSLSocket)
        environ["wsgi.url_scheme"] = "https" if is_tls else "http"
        return self._answer(environ, start_response)
