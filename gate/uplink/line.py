"""The socket under a request, and the hand that can cut it.

A socket's timeout bounds the wait for the next byte, not for the last: somebody who sends a byte a
second holds a reader for ever. So each request has an end, at which its connection is cut from
outside, whether it stands in the headers or in the body. A TLS handshake needs no cutting: there
Python bounds the whole by the timeout (_ssl.c, do_handshake). Only the look-up of a name can't be
cut; the system's resolver bounds it (resolv.conf(5), about 30 s).

What is built here follows no proxy of the environment but the one that it is given, and tries
nothing twice. Through a proxy TLS is spoken with the hub: the proxy sees its name and nothing else.
"""

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import Any, Final

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.poolmanager import ProxyManager

from gate import __version__
from gate.errors import UplinkError

CONNECT_S: Final = 10.0
"""A mobile link that wakes takes a few seconds; a hub that is off answers never."""

READ_S: Final = 30.0
"""Between two bytes; a hub that waits for its database for longer has failed."""

IDENTITY: Final = frozenset({"", "identity"})
"""The Content-Encodings of an answer that is as it was asked for."""


class Line:
    """The socket in use, and whether it was cut.

    Without a lock, which a signal's handler could wait for in vain: `use` sets the socket and then
    looks whether it was cut, `cut` the other way round, so one of them sees what the other did.
    """

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        self.is_cut = False
        self.is_cut_for_good = False

    def use(self, connected: socket.socket | None) -> None:
        """Say which socket is in use from now on."""
        self._socket = connected
        if self.is_cut:
            self._shut()

    def cut(self, *, for_good: bool = False) -> None:
        """End what is under way; callable from any thread. `for_good` refuses what would follow."""
        self.is_cut_for_good = self.is_cut_for_good or for_good
        self.is_cut = True
        self._shut()

    def check(self) -> None:
        """Raise OSError if the line is cut."""
        if self.is_cut:
            raise OSError("the line is cut")

    @contextmanager
    def bounded(self, left_s: float) -> Iterator[None]:
        """Cut the line after `left_s`; tell what fails within the block as an UplinkError."""
        handled = sys.exception()
        timer = Timer(left_s, self.cut)
        timer.daemon = True
        timer.start()
        try:
            self.check()
            yield
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            if self.is_cut_for_good:
                raise UplinkError("told to stop") from error
            if self.is_cut:
                raise UplinkError(f"cut off: no whole answer within {left_s:.0f} s") from error
            raise UplinkError(_words(error, handled)) from error
        finally:
            timer.cancel()
            self.is_cut = self.is_cut_for_good

    def _shut(self) -> None:
        """Shut the socket under TLS too, without TLS's own farewell: it would change its reader."""
        if self._socket is None:
            return
        try:
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
        except OSError:
            return  # it was closed already


def new_session(line: Line, ca: Path | None, proxy: str | None = None) -> requests.Session:
    """Return a session of one connection at a time, which `line` can cut.

    Args:
        line: learns which socket is in use.
        ca: file of the authorities to believe; None: those that come with certifi.
        proxy: HOST:PORT of what lets out of the network; None: nothing has to.
    """
    session = requests.Session()
    session.trust_env = False
    if proxy is not None:
        session.proxies = dict.fromkeys(("http", "https"), f"http://{proxy}")
    session.verify = True if ca is None else str(ca)
    session.headers.update(
        {"User-Agent": f"site-gate/{__version__}", "Accept-Encoding": "identity"}
    )
    adapter = _adapter(line)
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return session


def _adapter(line: Line) -> HTTPAdapter:
    """Return an adapter whose connections tell `line` which socket they use."""

    class Plain(HTTPConnection):
        def connect(self) -> None:
            super().connect()
            line.use(self.sock)

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            connected = super()._new_conn()
            line.use(connected)  # a proxy's answer comes before there is any TLS
            return connected

        def connect(self) -> None:
            super().connect()
            line.use(self.sock)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    pools = {"http": PlainPool, "https": SecurePool}

    class Adapter(HTTPAdapter):
        def proxy_manager_for(self, proxy: str, **words: Any) -> ProxyManager:  # noqa: ANN401 - its own
            manager: ProxyManager = super().proxy_manager_for(proxy, **words)
            manager.pool_classes_by_scheme = pools
            return manager

    adapter = Adapter(pool_connections=1, pool_maxsize=1, max_retries=0)
    adapter.poolmanager.pool_classes_by_scheme = pools
    return adapter


def _words(error: BaseException, handled: BaseException | None) -> str:
    """Say what failed, by its innermost cause: the outer ones repeat the address at length.

    What was being `handled` when the request began is no cause of it.
    """
    while (inner := _inner(error)) not in {None, handled}:
        error = inner
    said = getattr(error, "verify_message", None) or getattr(error, "strerror", None) or ""
    if type(error) is OSError:
        said = said or str(error)[:100]  # http.client's, of a proxy that refuses
    return f"{type(error).__name__} {said}".strip()


def _inner(error: BaseException) -> BaseException | None:
    """Return what an error was made of; what urllib3 met behind a proxy it hands on as a word."""
    [first] = error.args[:1] or [None]
    told = first if isinstance(first, BaseException) else None
    return error.__cause__ or error.__context__ or told
