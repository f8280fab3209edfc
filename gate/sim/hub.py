"""A hub that can be told to misbehave: a real HTTP server on loopback, in a thread of its own.

Left alone it answers as the real one does (`gate.sim.hub_books`; the same conformance suite runs
against both). Of the troubles in `troubles` each request takes the first, until there are none
left. It serves tests, and nobody else.
"""

from collections import deque
from enum import Enum, auto
from ssl import SSLContext
from threading import Condition, Lock
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gate.devices.ports import Clock
from gate.signing.keys import SigningKey
from gate.sim.hub_books import OCTETS, Answer, HubBooks, error
from gate.sim.loopback import ENDLESS_HEAD, PORTAL_PAGE, LoopbackServer, Misbehaving

MAX_BODY_BYTES: Final = 8 << 20
RETRY_AFTER_S: Final = 7


class Trouble(Enum):
    """What may go wrong with one request."""

    NONE = auto()
    LOST_REQUEST = auto()
    """The connection ends before the hub has read anything."""
    LOST_ANSWER = auto()
    """The hub stores, commits, and the answer never arrives."""
    TWICE = auto()
    """The request arrives twice; the second answer is the one sent."""
    BUSY = auto()
    """503 with Retry-After."""
    FULL = auto()
    """507: the hub's disk is full."""
    TOO_LARGE = auto()
    """413, whatever its size."""
    TRUNCATED = auto()
    """Half of the answer arrives."""
    FLIPPED_ANSWER = auto()
    """One bit of the answer arrives wrong."""
    FLIPPED_REQUEST = auto()
    """One bit of the request arrives wrong."""
    PORTAL_PAGE = auto()
    """200 with a page to sign in, or what else `SimulatedHub.portal` is."""
    PORTAL_REDIRECT = auto()
    """302 to a page to sign in."""
    COMPRESSED = auto()
    """Something on the way says that it compressed the answer, which was not asked for."""
    STRANGER = auto()
    """A receipt by another key."""
    OLD_RECEIPT = auto()
    """The receipt of an earlier batch."""
    DRIP = auto()
    """The answer comes a byte at a time."""
    DRIP_HEADERS = auto()
    """As DRIP, and the headers never end."""
    FORGETFUL = auto()
    """The hub comes back from a backup without the newest half of the journal."""


class SimulatedHub(LoopbackServer):
    """The server; `url` once it is entered."""

    def __init__(self, clock: Clock, *, tls: SSLContext | None = None) -> None:
        """Bind a free port; requests are answered once it is entered."""
        super().__init__(_Handler, tls=tls)
        self.books = HubBooks(SigningKey(Ed25519PrivateKey.generate()))
        self.stranger = SigningKey(Ed25519PrivateKey.generate())
        self.troubles: deque[Trouble] = deque()
        self.requests = 0
        self.portal: Answer = (200, "text/html; charset=utf-8", PORTAL_PAGE)
        self.old_receipt = b""
        self._clock = clock
        self._lock = Lock()
        self._came = Condition(self._lock)

    def next_trouble(self) -> Trouble:
        """Return what goes wrong with the request that is coming in."""
        with self._lock:
            self.requests += 1
            self._came.notify_all()
            return self.troubles.popleft() if self.troubles else Trouble.NONE

    def wait_for_requests(self, count: int, wait_s: float) -> None:
        """Return once `count` requests have come in, or after `wait_s`."""
        with self._came:
            self._came.wait_for(lambda: self.requests >= count, wait_s)

    def answer(self, path: str, body: bytes, encoding: str) -> Answer:
        """Return what a hub answers to a request; one at a time, as the unit's row is locked."""
        with self._lock:
            match path.split("/"):
                case ["", "api", "units", uid, "batches"]:
                    return self.books.take_batch(uid, body, encoding, self._clock.now())
                case ["", "api", "units", uid, "heartbeats"]:
                    return self.books.take_heartbeat(uid, body)
                case ["", "api", "units", uid, "support"]:
                    return self.books.take_support(uid, body)
                case _:
                    return error(404, "not_found", "no such address")

    def forget(self) -> None:
        """Come back from a backup that lacks the newer half of every journal."""
        with self._lock:
            for ledger in self.books.ledgers.values():
                del ledger.rows[len(ledger.rows) // 2 :]


class _Handler(Misbehaving):
    told: SimulatedHub

    def do_POST(self) -> None:  # noqa: N802 - http.server's name
        hub = self.told
        trouble = hub.next_trouble()
        if trouble is Trouble.LOST_REQUEST:
            self.hang_up()
            return
        body = self.rfile.read(min(int(self.headers.get("Content-Length", "0")), MAX_BODY_BYTES))
        encoding = self.headers.get("Content-Encoding", "")
        if trouble is Trouble.FLIPPED_REQUEST:
            body = _flipped(body)
        if trouble is Trouble.FORGETFUL:
            hub.forget()
        if trouble is Trouble.TWICE:
            hub.answer(self.path, body, encoding)
        answer = _INSTEAD.get(trouble)
        if trouble is Trouble.PORTAL_PAGE:
            answer = hub.portal
        if answer is None:
            answer = hub.answer(self.path, body, encoding)
        self._send(trouble, self._spoiled(trouble, answer))

    def _spoiled(self, trouble: Trouble, answer: Answer) -> Answer:
        hub = self.told
        status, kind, body = answer
        if trouble is Trouble.FLIPPED_ANSWER and body:
            return status, kind, _flipped(body)
        if kind != OCTETS:
            return answer
        if trouble is Trouble.STRANGER:
            return status, kind, body[:-64] + hub.stranger.sign(body)
        if trouble is Trouble.OLD_RECEIPT and hub.old_receipt:
            return status, kind, hub.old_receipt
        hub.old_receipt = hub.old_receipt or body
        return answer

    def _send(self, trouble: Trouble, answer: Answer) -> None:
        status, kind, body = answer
        if trouble is Trouble.LOST_ANSWER:
            self.hang_up()
            return
        if trouble is Trouble.DRIP_HEADERS:
            self.drip(ENDLESS_HEAD)
            return
        self.send_response(status)
        if kind:
            self.send_header("Content-Type", kind)
        if trouble is Trouble.COMPRESSED:
            self.send_header("Content-Encoding", "gzip")
        if status == 302:
            self.send_header("Location", "/sign-in")
        if status == 503:
            self.send_header("Retry-After", str(RETRY_AFTER_S))
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if trouble is Trouble.DRIP:
            self.drip(body)
        elif trouble is Trouble.TRUNCATED:
            self.wfile.write(body[: len(body) // 2])
            self.hang_up()
        else:
            self.wfile.write(body)


_INSTEAD: Final[dict[Trouble, Answer]] = {
    Trouble.BUSY: error(503, "busy", "the database is restarting"),
    Trouble.FULL: error(507, "full", "the disk is full"),
    Trouble.TOO_LARGE: error(413, "too_large", "send fewer"),
    Trouble.PORTAL_REDIRECT: (302, "text/html", b""),
}


def _flipped(data: bytes) -> bytes:
    """Return `data` with one bit in its middle turned over."""
    place = len(data) // 2
    return data[:place] + bytes((data[place] ^ 0x10,)) + data[place + 1 :]
