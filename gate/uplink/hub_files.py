"""Signed files of the hub: asked for by name, with what was had before; the unit's own by a token.

An answer that says nothing changed, or that there is no such file, is None. A hub that finds only
the token's time wrong says what time it has; the request is made once more by that, and nothing
else goes by it: it came unsigned.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from gate.errors import UplinkError
from gate.signing.keys import SigningKey
from gate.trust.status_token import MAX_TIME_S, MIN_TIME_S
from gate.trust.unit_token import sign_request
from gate.uplink.fetch import Fetched, Fetcher


class HubFiles:
    """What one unit may fetch; remembers the ETags of what it had."""

    def __init__(
        self,
        fetcher: Fetcher,
        *,
        url: str,
        uid: str,
        key: SigningKey,
        now: Callable[[], datetime],
    ) -> None:
        self._fetcher = fetcher
        self._url = url
        self._uid = uid
        self._key = key
        self._now = now
        self._etags: dict[str, str | None] = {}

    def of_all(self, name: str, max_bytes: int, deadline_s: float) -> bytes | None:
        """Return a file that anybody may have; None if nothing is new.

        Raises:
            UplinkError: no answer in time, or none that a hub gives.
        """
        answer = self._fetcher.get(
            f"{self._url}/{name}",
            max_bytes=max_bytes,
            deadline_s=deadline_s,
            etag=self._etags.get(name),
        )
        return self._taken(name, answer)

    def of_unit(self, name: str, max_bytes: int, deadline_s: float) -> bytes | None:
        """Return a file of the unit's site; None if nothing is new, or the hub has none.

        Raises:
            UplinkError: no answer in time, or none that a hub gives.
        """
        path = f"/api/units/{self._uid}/{name}"
        at = self._now()
        for _ in range(2):
            token = sign_request(self._uid, path, at, self._key)
            answer = self._fetcher.get(
                f"{self._url}{path}",
                max_bytes=max_bytes,
                deadline_s=deadline_s,
                etag=self._etags.get(name),
                headers={"Authorization": token},
            )
            hub_at = _hub_time(answer)
            if hub_at is None:
                return self._taken(name, answer)
            at = hub_at
        raise UplinkError(f"{name}: the hub finds the time wrong that it told us itself")

    def forget(self, name: str) -> None:
        """Ask for the whole file the next time: what came did not count."""
        self._etags.pop(name, None)

    def _taken(self, name: str, answer: Fetched) -> bytes | None:
        if answer.status == 200:
            self._etags[name] = answer.etag
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
