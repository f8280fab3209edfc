"""A relay between gates and their hub that counts what the gates ask for and how it is answered."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any, Final

import requests

_WAIT_S: Final = 30
_ASKED: Final = re.compile(r"/api/units/([0-9a-f]{16})/([a-z]+)")
_OWN: Final = frozenset({"connection", "transfer-encoding", "content-length", "keep-alive"})


class Polls:
    """What each unit asked for, and the status it was answered with, in order."""

    def __init__(self, hub_url: str) -> None:
        self.hub_url = hub_url
        self._lock = Lock()
        self._answers: dict[tuple[str, str], list[tuple[int, int]]] = {}
        self._begun = 0

    def begin(self) -> int:
        """Number a request that begins now."""
        with self._lock:
            self._begun += 1
            return self._begun

    def end(self, begun: int, path: str, status: int) -> None:
        """Note how a request was answered."""
        match = _ASKED.fullmatch(path)
        if match is not None:
            with self._lock:
                self._answers.setdefault((match[1], match[2]), []).append((begun, status))

    def since(self, begun: int, uid: str, what: str) -> list[int]:
        """Return the answers to what was asked after request `begun` had begun."""
        with self._lock:
            answers = sorted(self._answers.get((uid, what), []))
            return [status for number, status in answers if number > begun]


@contextmanager
def counting_polls(hub_url: str) -> Iterator[tuple[str, Polls]]:
    """Relay to a hub; give the address that gates are to be told, and what is counted."""
    polls = Polls(hub_url)

    class Relay(_Relay):
        told = polls

    with _Server(("127.0.0.1", 0), Relay) as server:
        thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", polls
        finally:
            server.shutdown()
            thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: gates are stopped while they ask."""


class _Relay(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    told: Polls

    def do_GET(self) -> None:
        self._relay()

    def do_POST(self) -> None:
        self._relay()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Say nothing."""

    def _relay(self) -> None:
        begun = self.told.begin()
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _OWN}
        status, given, answer = self._asked(headers, body)
        self.told.end(begun, self.path, status)
        self.send_response(status)
        for name, value in given.items():
            if name.lower() not in _OWN | {"date", "server"}:
                self.send_header(name, value)
        if status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def _asked(self, headers: dict[str, str], body: bytes) -> tuple[int, Any, bytes]:
        try:
            with requests.request(
                self.command,
                self.told.hub_url + self.path,
                headers=headers,
                data=body or None,
                timeout=_WAIT_S,
                stream=True,
                allow_redirects=False,
            ) as answer:
                raw = answer.raw.read(decode_content=False)
                return answer.status_code, answer.headers, raw
        except requests.RequestException:
            return HTTPStatus.BAD_GATEWAY, {}, b""
