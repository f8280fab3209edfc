"""The only place that speaks HTTP: one request out, one bounded answer back, by a deadline.

A socket's timeout bounds the wait for the next byte, not for the last: somebody who sends a byte a
second holds a reader for ever. So each request has an end, at which its connection is cut from
outside, whether it stands in the headers or in the body. `cut` does the same at once, from another
thread or a signal's handler. Only the look-up of the hub's name can't be cut; the system's resolver
bounds it (resolv.conf(5), about 30 s).

No redirect is followed, no cookie or proxy taken from the environment, nothing decompressed.
"""

import socket
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from threading import Timer
from typing import Final

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from gate import __version__
from gate.errors import UplinkError
from gate.uplink.answer import OCTETS, Reply
from gate.uplink.backoff import retry_after_s

CONNECT_S: Final = 10.0
"""A mobile link that wakes takes a few seconds; a hub that is off answers never."""

READ_S: Final = 30.0
"""Between two bytes; a hub that waits for its database for longer has failed."""

REQUEST_S: Final = 120.0
"""For one request, first to last byte: a batch of 1 MB on a link of 64 kbit/s."""

MAX_ANSWER_BYTES: Final = 64 << 10
"""A receipt takes 300 bytes, an error's words less than 1,000."""

_IDENTITY: Final = frozenset({"", "identity"})


class HubClient(AbstractContextManager["HubClient"]):
    """A session with one hub, used by one thread; only `cut` may be called from another."""

    def __init__(
        self,
        url: str,
        *,
        ca: Path | None,
        now: Callable[[], datetime],
        monotonic: Callable[[], float],
    ) -> None:
        """Prepare; nothing is sent yet.

        Args:
            url: of the hub, without a slash at its end.
            ca: file of the authorities to believe; None: those that come with certifi.
            now: the time of day, against which a Retry-After's date is read.
            monotonic: seconds on a steady line, on which deadlines stand.
        """
        self.url = url
        self._now = now
        self._monotonic = monotonic
        self._line = _Line()
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.verify = True if ca is None else str(ca)
        self._session.headers.update(
            {"User-Agent": f"site-gate/{__version__}", "Accept-Encoding": "identity"}
        )
        self._session.mount(url, _adapter(self._line))

    def post(
        self, path: str, body: bytes, *, deadline_s: float, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Send `body` to `path` and return what came back before `deadline_s`.

        Raises:
            UplinkError: no whole answer came, or it is longer than `MAX_ANSWER_BYTES`.
        """
        left_s = min(deadline_s - self._monotonic(), REQUEST_S)
        if left_s <= 0:
            raise UplinkError("out of time before the request")
        timer = Timer(left_s, self._line.cut)
        timer.daemon = True
        timer.start()
        try:
            return self._post(path, body, left_s, headers or {})
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            if self._line.is_cut_for_good:
                raise UplinkError("told to stop") from error
            if self._line.is_cut:
                raise UplinkError(f"cut off: no whole answer within {left_s:.0f} s") from error
            raise UplinkError(_words(error)) from error
        finally:
            timer.cancel()
            self._line.mend()

    def cut(self) -> None:
        """End what is under way, and refuse what would follow; callable from any thread."""
        self._line.cut(for_good=True)

    def close(self) -> None:
        """Let go of the connection."""
        self._session.close()

    def __exit__(self, *_: object) -> None:
        self.close()

    def _post(self, path: str, body: bytes, left_s: float, headers: Mapping[str, str]) -> Reply:
        self._line.check()
        with self._session.post(
            f"{self.url}{path}",
            data=body,
            headers={"Content-Type": OCTETS, **headers},
            timeout=(min(CONNECT_S, left_s), min(READ_S, left_s)),
            allow_redirects=False,
            stream=True,
        ) as response:
            self._session.cookies.clear()
            if response.headers.get("Content-Encoding", "").lower() not in _IDENTITY:
                raise UplinkError(
                    "captive portal? its answer is compressed, which was not asked for"
                )
            answer = response.raw.read(MAX_ANSWER_BYTES + 1, decode_content=False)
            if len(answer) > MAX_ANSWER_BYTES:
                raise UplinkError(f"captive portal? an answer of over {MAX_ANSWER_BYTES} bytes")
            self._line.check()
            if response.raw.length_remaining:
                raise UplinkError("cut short: the answer ends before its end")
            return Reply(
                status=response.status_code,
                content_type=response.headers.get("Content-Type", ""),
                body=answer,
                retry_after_s=retry_after_s(response.headers.get("Retry-After"), self._now()),
            )


class _Line:
    """The socket in use, and whether it was cut.

    Without a lock, which a signal's handler could wait for in vain: `use` sets the socket and then
    looks whether it was cut, `cut` the other way round, so one of them sees what the other did.
    """

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        self.is_cut = False
        self.is_cut_for_good = False

    def use(self, connected: socket.socket | None) -> None:
        self._socket = connected
        if self.is_cut:
            self._shut()

    def cut(self, *, for_good: bool = False) -> None:
        self.is_cut_for_good = self.is_cut_for_good or for_good
        self.is_cut = True
        self._shut()

    def check(self) -> None:
        if self.is_cut:
            raise OSError("the line is cut")

    def mend(self) -> None:
        self.is_cut = self.is_cut_for_good

    def _shut(self) -> None:
        """Shut the socket under TLS too, without TLS's own farewell: it would change its reader."""
        if self._socket is None:
            return
        try:
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
        except OSError:
            return  # it was closed already


def _adapter(line: _Line) -> HTTPAdapter:
    """Return an adapter whose connections tell `line` which socket they use."""

    class Plain(HTTPConnection):
        def connect(self) -> None:
            super().connect()
            line.use(self.sock)

    class Secure(HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            line.use(self.sock)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    adapter = HTTPAdapter(pool_connections=1, pool_maxsize=1, max_retries=0)
    pools = {"http": PlainPool, "https": SecurePool}
    adapter.poolmanager.pool_classes_by_scheme = pools
    return adapter


def _words(error: BaseException) -> str:
    """Say what failed, by its innermost cause: the outer ones repeat the address at length."""
    while (inner := error.__cause__ or error.__context__) is not None:
        error = inner
    said = getattr(error, "verify_message", None) or getattr(error, "strerror", None) or ""
    return f"{type(error).__name__} {said}".strip()
