"""What the hub takes at most from a unit, judged before anything is read or computed.

The budget of requests lies in the memory of one process: a hub of N processes allows a unit up to
N times as much, and a restart forgets. It stops a unit that has gone wild, not an attacker: only
requests that the unit itself signed are counted, so that nobody can use up a unit's budget for it.
Against floods of other requests a proxy stands before the hub (docs/how-to).
"""

from dataclasses import dataclass, field
from typing import Final

from gate.events.batch import MAX_BATCH_BYTES

MAX_BODY_BYTES: Final = MAX_BATCH_BYTES + 4096
"""zlib adds 5 bytes to every 16 KB that it can't make smaller (RFC 1951, section 3.2.4)."""

WINDOW_S: Final = 10
MAX_REQUESTS_A_WINDOW: Final = 1000
"""A unit sends a batch when the last is answered; on a quiet hub that is 60 to 100 a second."""

RETRY_AFTER_S: Final = 5
"""Told to a unit when the database is away; a standby takes over in less than a minute."""


@dataclass(slots=True)
class Budget:
    """How many requests of each unit were served in the window that it is.

    Threads share it without a lock: one that loses a race miscounts by a request.
    """

    window: int = 0
    used: dict[str, int] = field(default_factory=dict)

    def wait_s(self, uid: str, now_s: float) -> int:
        """Return 0 if the unit may ask, else after how many seconds it may."""
        if self._counts(now_s).get(uid, 0) < MAX_REQUESTS_A_WINDOW:
            return 0
        return WINDOW_S - int(now_s) % WINDOW_S

    def spend(self, uid: str, now_s: float) -> None:
        """Count a request that the unit signed."""
        counts = self._counts(now_s)
        counts[uid] = counts.get(uid, 0) + 1

    def _counts(self, now_s: float) -> dict[str, int]:
        """Return the counts of this window; those of the last are forgotten."""
        window = int(now_s) // WINDOW_S
        if window != self.window:
            self.window, self.used = window, {}
        return self.used
