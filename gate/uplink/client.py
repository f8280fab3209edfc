"""What is sent to the hub: one request out, one bounded answer back, by a deadline.

Each request has an end, at which its connection is cut from outside (`gate.uplink.line`). `cut`
does the same at once, from another thread or a signal's handler.

No redirect is followed, no cookie or proxy taken from the environment, nothing decompressed.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Final

from gate.errors import UplinkError
from gate.uplink.answer import OCTETS, Reply
from gate.uplink.backoff import retry_after_s
from gate.uplink.line import CONNECT_S, IDENTITY, READ_S, Line, new_session

REQUEST_S: Final = 120.0
"""For one request, first to last byte: a batch of 1 MB on a link of 64 kbit/s."""

MAX_ANSWER_BYTES: Final = 64 << 10
"""A receipt takes 300 bytes, an error's words less than 1,000."""


class HubClient(AbstractContextManager["HubClient"]):
    """A session with one hub, used by one thread; only `cut` may be called from another."""

    def __init__(
        self,
        url: str,
        *,
        ca: Path | None,
        proxy: str | None = None,
        now: Callable[[], datetime],
        monotonic: Callable[[], float],
    ) -> None:
        """Prepare; nothing is sent yet.

        Args:
            url: of the hub, without a slash at its end.
            ca: file of the authorities to believe; None: those that come with certifi.
            proxy: HOST:PORT of what lets out of the network; None: nothing has to.
            now: the time of day, against which a Retry-After's date is read.
            monotonic: seconds on a steady line, on which deadlines stand.
        """
        self.url = url
        self._now = now
        self._monotonic = monotonic
        self._line = Line()
        self._session = new_session(self._line, ca, proxy)

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
        with self._line.bounded(left_s):
            return self._post(path, body, left_s, headers or {})

    def cut(self) -> None:
        """End what is under way, and refuse what would follow; callable from any thread."""
        self._line.cut(for_good=True)

    def close(self) -> None:
        """Let go of the connection."""
        self._session.close()

    def __exit__(self, *_: object) -> None:
        self.close()

    def _post(self, path: str, body: bytes, left_s: float, headers: Mapping[str, str]) -> Reply:
        with self._session.post(
            f"{self.url}{path}",
            data=body,
            headers={"Content-Type": OCTETS, **headers},
            timeout=(min(CONNECT_S, left_s), min(READ_S, left_s)),
            allow_redirects=False,
            stream=True,
        ) as response:
            self._session.cookies.clear()
            if response.headers.get("Content-Encoding", "").lower() not in IDENTITY:
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
