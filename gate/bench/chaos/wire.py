"""The wire between uplink and hub: real sockets on loopback, and what may go wrong on the way.

Each request draws its trouble from the seed. The wire knows of HTTP what it needs to find the end
of a message; bits are turned over in bodies only, because a length that was turned over would only
make somebody wait.
"""

import socket
from collections import Counter, deque
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from io import BufferedReader
from random import Random
from threading import Condition, Thread
from typing import Final, Self

HUB_ANSWERS_S: Final = 30
"""As long as an uplink waits for the next byte."""

MAX_HEAD_LINES: Final = 100
MAX_LINE_BYTES: Final = 8192
MAX_REMEMBERED: Final = 50
"""Requests that may come again much later."""

_BUSY: Final = b'{"code":"busy","detail":"come again"}'
_HANG_UP: Final = (b"", False)
_PORTAL: Final = b"<html><title>Free Wi-Fi</title><form>Accept the terms</form></html>"


class Trouble(StrEnum):
    """What may go wrong with one request."""

    LOST_REQUEST = "lost request"
    LOST_ANSWER = "lost answer"
    BUSY = "503"
    FLIPPED_REQUEST = "flipped request"
    FLIPPED_ANSWER = "flipped answer"
    DUPLICATE = "duplicate"
    OLD_REQUEST = "old request again"
    OVERTAKEN = "overtaken"
    """It is held back, and arrives after one that was sent later."""
    OLD_ANSWER = "old answer"
    TRUNCATED = "truncated answer"
    PORTAL_PAGE = "captive portal"
    PORTAL_REDIRECT = "captive redirect"


@dataclass(frozen=True, slots=True)
class _Message:
    head: bytes
    body: bytes

    @property
    def whole(self) -> bytes:
        return self.head + self.body


class Wire(AbstractContextManager["Wire"]):
    """A proxy before the hub at `hub_port`; units are told `url`.

    Attributes:
        counts: how often it did what.
        answers: how often the hub itself answered with which status.
        url: what units are told.
    """

    def __init__(self, hub_port: int, seed: int, odds: float) -> None:
        """Bind a free port; requests are taken once it is entered."""
        self.counts: Counter[Trouble] = Counter()
        self.answers: Counter[str] = Counter()
        self._hub = ("127.0.0.1", hub_port)
        self._random = Random(f"wire {seed}")  # noqa: S311 - to be drawn again, not to be secret
        self._odds = odds
        self._seen = Condition()
        self._requests = 0
        self._old_requests: deque[_Message] = deque(maxlen=MAX_REMEMBERED)
        self._held: list[_Message] = []
        self._old_answer: _Message | None = None
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    @property
    def requests(self) -> int:
        """How many requests came in."""
        return self._requests

    def calm(self) -> None:
        """Spoil nothing from now on; what was held back is gone."""
        with self._seen:
            self._odds = 0.0
            self._held.clear()

    def wait_for(self, requests: int, wait_s: float) -> bool:
        """Return whether `requests` had come in before `wait_s` were over."""
        with self._seen:
            return self._seen.wait_for(lambda: self._requests >= requests, wait_s)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return  # closed: the campaign is over
            Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as stream:
            try:
                while (request := _read(stream)) is not None:
                    answer, goes_on = self._carry(request)
                    connection.sendall(answer)
                    if not goes_on:
                        return
            except OSError:
                return  # whoever asked has been killed

    def _carry(self, request: _Message) -> tuple[bytes, bool]:
        """Return the bytes to answer with, and whether the connection goes on after them."""
        trouble, place = self._draw()
        match trouble:
            case Trouble.LOST_REQUEST:
                return _HANG_UP
            case Trouble.OVERTAKEN:
                self._held.append(request)
                return _HANG_UP
            case Trouble.BUSY:
                return _response(b"503 Busy", b"application/json", _BUSY), True
            case Trouble.PORTAL_PAGE:
                return _response(b"200 OK", b"text/html", _PORTAL), True
            case Trouble.PORTAL_REDIRECT:
                return _response(b"302 Found\r\nLocation: /sign-in", b"text/html", b""), True
            case Trouble.FLIPPED_REQUEST:
                request = _flipped(request, place)
            case Trouble.DUPLICATE:
                self._ask(request)
            case Trouble.OLD_REQUEST:
                self._ask(self._old_requests[int(place * len(self._old_requests))])
            case _:
                pass
        return self._spoiled(trouble, place, self._delivered(request))

    def _delivered(self, request: _Message) -> _Message | None:
        """Bring a request to the hub, and after it what it overtook; return its answer."""
        answer = self._ask(request)
        with self._seen:
            overtaken, self._held = self._held, []
        for late in overtaken:
            self._ask(late)
        return answer

    def _spoiled(
        self, trouble: Trouble | None, place: float, answer: _Message | None
    ) -> tuple[bytes, bool]:
        if answer is None or trouble is Trouble.LOST_ANSWER:
            return _HANG_UP
        old, self._old_answer = self._old_answer, answer
        match trouble:
            case Trouble.TRUNCATED:
                return answer.whole[: int(place * len(answer.whole))], False
            case Trouble.FLIPPED_ANSWER:
                return _flipped(answer, place).whole, True
            case Trouble.OLD_ANSWER if old is not None:
                return old.whole, True
            case _:
                return answer.whole, True

    def _draw(self) -> tuple[Trouble | None, float]:
        with self._seen:
            self._requests += 1
            self._seen.notify_all()
            trouble = None
            if self._random.random() < self._odds:
                trouble = self._random.choice(list(Trouble))
            if trouble is Trouble.OLD_REQUEST and not self._old_requests:
                trouble = Trouble.LOST_REQUEST
            if trouble is not None:
                self.counts[trouble] += 1
            return trouble, self._random.random()

    def _ask(self, request: _Message) -> _Message | None:
        """Bring a request to the hub; return its answer, None if there is none."""
        with self._seen:
            self._old_requests.append(request)
        try:
            with socket.create_connection(self._hub, HUB_ANSWERS_S) as hub:
                hub.sendall(request.whole)
                with hub.makefile("rb") as stream:
                    answer = _read(stream)
        except OSError:
            answer = None
        self.answers["none" if answer is None else answer.head[9:12].decode("latin-1")] += 1
        return answer


def _read(stream: BufferedReader) -> _Message | None:
    """Return the next message; None if the stream ends before it does."""
    head, length = b"", 0
    for _ in range(MAX_HEAD_LINES):
        line = stream.readline(MAX_LINE_BYTES)
        if not line.endswith(b"\n"):
            return None
        head += line
        if line == b"\r\n":
            break
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    body = stream.read(length)
    return _Message(head, body) if len(body) == length else None


def _response(status: bytes, kind: bytes, body: bytes) -> bytes:
    head = b"HTTP/1.1 %b\r\nContent-Type: %b\r\nContent-Length: %d\r\n\r\n"
    return head % (status, kind, len(body)) + body


def _flipped(message: _Message, place: float) -> _Message:
    """Return the message with one bit of its body turned over, at `place` of its length."""
    if not message.body:
        return message
    bit = int(place * 8 * len(message.body))
    body = bytearray(message.body)
    body[bit // 8] ^= 1 << bit % 8
    return _Message(message.head, bytes(body))
