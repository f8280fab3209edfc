"""Signed files of the hub: asked for by name and by what is held; the unit's own by a token.

What is held is told by an ETag that the unit makes of it by itself, as its hub does: so a process
that starts anew asks for nothing that it has, and one whose files were taken away gets them again.
Another server has ETags of its own; they count for as long as what came with them is held.

An answer that says nothing changed, or that there is no such file, is None. A hub that finds only
the token's time wrong says what time it has; the request is made once more by that, and nothing
else goes by it: it came unsigned.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

from gate.errors import UplinkError
from gate.signing.keys import SigningKey
from gate.trust.manifest import SiteManifest
from gate.trust.status_token import MAX_TIME_S, MIN_TIME_S
from gate.trust.unit_token import sign_request
from gate.uplink.fetch import Fetched, Fetching

PRESENCE_ETAG_CHARS: Final = 32
"""Of its hash, in hexadecimal (docs/reference/site-files.md)."""


def list_etag(digest: bytes) -> str:
    """Return the ETag of the status list whose token has this SHA-256."""
    return f'"{digest.hex()}"'


def manifest_etag(manifest: SiteManifest) -> str:
    """Return a manifest's ETag, from which a hub learns which one a unit has."""
    return f'"{manifest.version}-{int(manifest.issued_at.timestamp())}"'


def presence_etag(message: bytes) -> str:
    """Return the ETag of a presence."""
    return f'"{sha256(message).hexdigest()[:PRESENCE_ETAG_CHARS]}"'


class HubFiles:
    """What one unit may fetch."""

    def __init__(
        self,
        fetcher: Fetching,
        *,
        url: str,
        uid: str,
        key: SigningKey | None,
        now: Callable[[], datetime],
    ) -> None:
        """Ask at `url` as the unit `uid`, whose `key` is None where nobody wants a token."""
        self._fetcher = fetcher
        self._url = url
        self._uid = uid
        self._key = key
        self._now = now
        self._came: dict[str, str | None] = {}
        self._etags: dict[tuple[str, str], str | None] = {}

    def of_all(
        self, name: str, max_bytes: int, deadline_s: float, held: str | None = None
    ) -> bytes | None:
        """Return a file that anybody may have; None if nothing is new.

        Args:
            name: of the file.
            max_bytes: of it.
            deadline_s: for the answer, on the fetcher's steady line.
            held: our ETag of the one that is held; None if none is.

        Raises:
            UplinkError: no answer in time, or none that a hub gives.
        """
        answer = self._fetcher.get(
            f"{self._url}/{name}",
            max_bytes=max_bytes,
            deadline_s=deadline_s,
            etag=self._etag(name, held),
        )
        return self._taken(name, answer)

    def of_unit(
        self, name: str, max_bytes: int, deadline_s: float, held: str | None = None
    ) -> bytes | None:
        """Return a file of the unit's site as `of_all` does; None if the hub has none, too.

        Raises:
            UplinkError: no answer in time, or none that a hub gives.
        """
        path = f"/api/units/{self._uid}/{name}"
        at = self._now()
        for _ in range(2):
            answer = self._fetcher.get(
                f"{self._url}{path}",
                max_bytes=max_bytes,
                deadline_s=deadline_s,
                etag=self._etag(name, held),
                headers=self._signed(path, at),
            )
            hub_at = _hub_time(answer)
            if hub_at is None:
                return self._taken(name, answer)
            at = hub_at
        raise UplinkError(f"{name}: the hub finds the time wrong that it told us itself")

    def keep(self, name: str, held: str) -> None:
        """Remember what the server calls that which came last, and which we call `held`."""
        for known in [key for key in self._etags if key[0] == name]:
            del self._etags[known]
        self._etags[name, held] = self._came.get(name)

    def _etag(self, name: str, held: str | None) -> str | None:
        return None if held is None else self._etags.get((name, held)) or held

    def _signed(self, path: str, at: datetime) -> dict[str, str]:
        if self._key is None:
            return {}
        return {"Authorization": sign_request(self._uid, path, at, self._key)}

    def _taken(self, name: str, answer: Fetched) -> bytes | None:
        if answer.status == 200:
            self._came[name] = answer.etag
            return answer.body
        if answer.status in {304, 404}:
            return None
        raise UplinkError(f"{name}: the hub says {answer.status}")


def _hub_time(answer: Fetched) -> datetime | None:
    """Return the hub's time if it says that ours is wrong."""
    if answer.status != 401:
        return None
    try:
        said: Any = json.loads(answer.body)
    except (ValueError, RecursionError):
        return None
    match said:
        case {"code": "clock", "now_s": int(now_s)} if MIN_TIME_S <= now_s < MAX_TIME_S:
            return datetime.fromtimestamp(now_s, UTC)
        case _:
            return None
