"""A server of signed files that can be told to misbehave: real HTTP on loopback, in its own thread.

It serves a mapping of paths to contents, with ETags; left alone, as nginx would. Of the troubles in
`troubles` each request takes the first, until there are none left; `cut_after` cuts the link for
good. It serves tests and the demo.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from hashlib import sha256
from ssl import SSLContext
from threading import Lock
from typing import Final

from gate.sim.loopback import ENDLESS_HEAD, PORTAL_PAGE, LoopbackServer, Misbehaving

_CHUNK: Final = b" " * 4096


class StaticTrouble(Enum):
    """What may go wrong with one request."""

    NONE = auto()
    LOST = auto()
    """The connection ends without an answer."""
    TRUNCATED = auto()
    """Half of the answer arrives."""
    ENDLESS = auto()
    """The answer never ends, and doesn't say how long it is."""
    LONG = auto()
    """The answer says that it has a terabyte to come, and waits."""
    DRIP = auto()
    """The answer comes a byte at a time."""
    DRIP_HEADERS = auto()
    """As DRIP, and the headers never end."""
    COMPRESSED = auto()
    """Something on the way says that it compressed the answer, which was not asked for."""
    PORTAL_PAGE = auto()
    """200 with a page to sign in, and a cookie."""
    PORTAL_REDIRECT = auto()
    """302 to a page to sign in."""
    BUSY = auto()
    """503."""
    UNASKED_304 = auto()
    """304, whatever was asked for."""
    PARTIAL = auto()
    """206, which was not asked for."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, and how it was answered."""

    path: str
    status: int
    body_bytes: int


class StaticServer(LoopbackServer):
    """The server; `url` has no slash at its end.

    `missing` is what comes with a 404, `etag` what is sent instead of the file's own,
    and `more` are headers that go with every answer.
    """

    def __init__(self, files: Mapping[str, bytes], *, tls: SSLContext | None = None) -> None:
        """Bind a free port; requests are answered once it is entered."""
        super().__init__(_Handler, tls=tls)
        self.files = files
        self.troubles: deque[StaticTrouble] = deque()
        self.cut_after: int | None = None
        self.asked: list[Asked] = []
        self.headers: list[Mapping[str, str]] = []
        self.missing = b"not found\n"
        self.etag: str | None = None
        self.more: dict[str, str] = {}
        self._came = 0
        self._lock = Lock()

    def next_trouble(self) -> StaticTrouble:
        """Return what goes wrong with the request that is coming in."""
        with self._lock:
            self._came += 1
            if self.cut_after is not None and self._came > self.cut_after:
                return StaticTrouble.LOST
            return self.troubles.popleft() if self.troubles else StaticTrouble.NONE

    def forget(self) -> None:
        """Count requests anew, and mend the link."""
        with self._lock:
            self._came = 0
            self.cut_after = None
            self.asked.clear()
            self.headers.clear()


class _Handler(Misbehaving):
    told: StaticServer

    def do_GET(self) -> None:  # noqa: N802 - http.server's name
        static = self.told
        trouble = static.next_trouble()
        if trouble is StaticTrouble.LOST:
            self.hang_up()
            return
        static.headers.append(dict(self.headers.items()))
        status, body = self._answer(trouble)
        static.asked.append(Asked(self.path, status, len(body)))
        if trouble is StaticTrouble.DRIP_HEADERS:
            self.drip(ENDLESS_HEAD)
            return
        self._send_head(trouble, status, body)
        if trouble is StaticTrouble.DRIP:
            self.drip(body)
        elif trouble is StaticTrouble.ENDLESS:
            self._pour()
        elif trouble is StaticTrouble.LONG:
            self.told.closing.wait()
        elif trouble is StaticTrouble.TRUNCATED:
            self.wfile.write(body[: len(body) // 2])
            self.hang_up()
        else:
            self.wfile.write(body)

    def _answer(self, trouble: StaticTrouble) -> tuple[int, bytes]:
        if trouble in _INSTEAD:
            return _INSTEAD[trouble]
        data = self.told.files.get(self.path)
        if data is None:
            return 404, self.told.missing
        if self.headers.get("If-None-Match") == _etag(data):
            return 304, b""
        return 200, data

    def _send_head(self, trouble: StaticTrouble, status: int, body: bytes) -> None:
        self.send_response(status)
        data = self.told.files.get(self.path)
        if data is not None:
            self.send_header("ETag", self.told.etag or _etag(data))
        for name, value in self.told.more.items():
            self.send_header(name, value)
        if trouble is StaticTrouble.PORTAL_PAGE:
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Set-Cookie", "guest=1; Path=/")
        if trouble is StaticTrouble.COMPRESSED:
            self.send_header("Content-Encoding", "gzip")
        if status == 302:
            self.send_header("Location", "/sign-in")
        if trouble is StaticTrouble.LONG:
            self.send_header("Content-Length", str(1 << 40))
        elif trouble is StaticTrouble.ENDLESS:
            self.send_header("Connection", "close")
        elif status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()

    def _pour(self) -> None:
        """Send until the other side has enough of it."""
        self.close_connection = True
        while not self.told.closing.is_set():
            self.wfile.write(_CHUNK)


_INSTEAD: Final[dict[StaticTrouble, tuple[int, bytes]]] = {
    StaticTrouble.PORTAL_PAGE: (200, PORTAL_PAGE),
    StaticTrouble.PORTAL_REDIRECT: (302, b""),
    StaticTrouble.BUSY: (503, b"busy\n"),
    StaticTrouble.UNASKED_304: (304, b""),
    StaticTrouble.PARTIAL: (206, b"part"),
}


def _etag(data: bytes) -> str:
    return f'"{sha256(data).hexdigest()[:32]}"'
