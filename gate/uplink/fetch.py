"""What is fetched: one GET, one bounded answer or none, by a deadline; for files that are signed.

What comes back is bytes that somebody sent: whoever asked verifies them. Here is only decided
whether they are an answer at all. No redirect is followed, nothing is decompressed, no cookie is
kept; a page where a file should be, or an answer that ends early, is no answer. The size is bounded
while it streams, and the deadline cuts whatever is under way (`gate.uplink.line`).
"""

import math
import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from requests import Response

from gate.errors import UplinkError
from gate.trust.support_ask import HEADER as SUPPORT
from gate.trust.support_ask import MAX_ASK_CHARS
from gate.uplink.line import CONNECT_S, IDENTITY, READ_S, Line, new_session

MAX_REFUSAL_BYTES: Final = 8 << 10
"""Of what comes with a 4xx: a server's page about it, or {"code", "detail"}, in less than 1 kB."""

MAX_ETAG_CHARS: Final = 200
"""A hash in hex takes 66; a longer one is not sent back, which costs a whole answer."""

WATCHED: Final = "Gate-Watched-S"
"""The header by which a hub says that somebody waits for what is recorded, for how many seconds."""

MAX_WATCHED_S: Final = 120
"""Believed of it; whoever answers can have a unit send at once, not more, and not for longer."""

_SECONDS: Final = re.compile(r"[0-9]{1,4}", re.ASCII)
_PAGES: Final = frozenset({"text/html", "application/xhtml+xml"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """An answer.

    Attributes:
        status: 200; 304 if an ETag was sent; or 400 to 499, other than 429.
        body: whole; empty for 304.
        etag: what to send the next time; None if there is none to be used.
    """

    status: int
    body: bytes
    etag: str | None = None


class Fetching(Protocol):
    """What files are got by: the network, or a file that was carried here (gate.uplink.carried)."""

    def get(
        self,
        url: str,
        *,
        max_bytes: int,
        deadline_s: float,
        etag: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Fetched:
        """Return what `url` answers; raises UplinkError if nothing whole does."""


class Fetcher(AbstractContextManager["Fetcher"]):
    """Fetches, one file at a time, in one thread; only `cut` may be called from another."""

    def __init__(
        self, *, ca: Path | None, proxy: str | None = None, monotonic: Callable[[], float]
    ) -> None:
        """Prepare; nothing is sent yet.

        Args:
            ca: file of the authorities to believe; None: those that come with certifi.
            proxy: HOST:PORT of what lets out of the network; None: nothing has to.
            monotonic: seconds on a steady line, on which deadlines stand.
        """
        self._monotonic = monotonic
        self._line = Line()
        self._session = new_session(self._line, ca, proxy)
        self._watched_until_s = -math.inf
        self._support = ""

    def get(
        self,
        url: str,
        *,
        max_bytes: int,
        deadline_s: float,
        etag: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Fetched:
        """Return what `url` answered before `deadline_s`.

        Args:
            url: of the file.
            max_bytes: of a file; a longer one is refused as soon as it says so or gets there.
            deadline_s: on the steady line; for all of it, from the connection to the last byte.
            etag: of the file that is held; the answer may then be 304.
            headers: more to send.

        Raises:
            UplinkError: no whole answer came, or none that a server of ours gives.
        """
        left_s = deadline_s - self._monotonic()
        if left_s <= 0:
            raise UplinkError("out of time before the request")
        sent = dict(headers or {})
        if etag is not None:
            sent["If-None-Match"] = etag
        with (
            self._line.bounded(left_s),
            self._session.get(
                url,
                headers=sent,
                timeout=(min(CONNECT_S, left_s), min(READ_S, left_s)),
                allow_redirects=False,
                stream=True,
            ) as response,
        ):
            self._session.cookies.clear()
            self._hear(response)
            return self._answer(response, max_bytes, may_be_unchanged=etag is not None)

    def is_watched(self) -> bool:
        """Tell whether somebody waits for what is recorded, by the last answer that said so."""
        return self._monotonic() < self._watched_until_s

    def support(self) -> str:
        """Return what the hub says of a support bundle, not verified; empty for nothing."""
        return self._support

    def cut(self) -> None:
        """End what is under way, and refuse what would follow; callable from any thread."""
        self._line.cut(for_good=True)

    def close(self) -> None:
        """Let go of the connection."""
        self._session.close()

    def __exit__(self, *_: object) -> None:
        self.close()

    def _hear(self, response: Response) -> None:
        told = response.headers.get(WATCHED, "")
        if _SECONDS.fullmatch(told):
            self._watched_until_s = self._monotonic() + min(int(told), MAX_WATCHED_S)
            self._support = response.headers.get(SUPPORT, "")[: MAX_ASK_CHARS + 1]

    def _answer(self, response: Response, max_bytes: int, *, may_be_unchanged: bool) -> Fetched:
        status = response.status_code
        if status == 304 and may_be_unchanged:
            return Fetched(status=status, body=b"", etag=_etag(response))
        if status == 429 or status >= 500:
            raise UplinkError(f"the server says {status}")
        if status != 200 and not 400 <= status < 500:
            raise UplinkError(f"captive portal? it answers {status}")
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if status == 200 and kind in _PAGES:
            raise UplinkError("captive portal? it answers with a page")
        if response.headers.get("Content-Encoding", "").lower() not in IDENTITY:
            raise UplinkError("captive portal? its answer is compressed, which was not asked for")
        body = self._body(response, max_bytes if status == 200 else MAX_REFUSAL_BYTES)
        return Fetched(status=status, body=body, etag=_etag(response))

    def _body(self, response: Response, max_bytes: int) -> bytes:
        raw = response.raw
        too_long = UplinkError(f"an answer of over {max_bytes} bytes, which is the most for it")
        if (raw.length_remaining or 0) > max_bytes:
            raise too_long
        body: bytes = raw.read(max_bytes + 1, decode_content=False)
        if len(body) > max_bytes:
            raise too_long
        self._line.check()
        if raw.length_remaining:
            raise UplinkError("cut short: the answer ends before its end")
        return body


def _etag(response: Response) -> str | None:
    etag = response.headers.get("ETag", "")
    return etag if 0 < len(etag) <= MAX_ETAG_CHARS and etag.isprintable() else None
