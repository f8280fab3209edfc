"""How often a host may ask to join in vain, in the memory of one process.

A token of 128 bits is not found by trying. What this bounds is the work that a host which tries can
make; behind a proxy all units are one host, so the bound is far above forty units in a workshop.
"""

from dataclasses import dataclass, field
from typing import Final

WINDOW_S: Final = 60
MAX_FAILURES: Final = 120
"""Forty units that are held the wrong sheet, three times each."""

MAX_HOSTS: Final = 10_000
"""Remembered in a window; beyond it nobody new is counted, for a minute."""


@dataclass(slots=True)
class FailureBudget:
    """How many requests of each host failed in the window that it is."""

    window: int = 0
    failed: dict[str, int] = field(default_factory=dict)

    def wait_s(self, host: str, now_s: float) -> int:
        """Return 0 if the host may ask, else after how many seconds it may."""
        if self._counts(now_s).get(host, 0) < MAX_FAILURES:
            return 0
        return WINDOW_S - int(now_s) % WINDOW_S

    def spend(self, host: str, now_s: float) -> None:
        """Count a request that failed."""
        counts = self._counts(now_s)
        if host in counts or len(counts) < MAX_HOSTS:
            counts[host] = counts.get(host, 0) + 1

    def _counts(self, now_s: float) -> dict[str, int]:
        window = int(now_s) // WINDOW_S
        if window != self.window:
            self.window, self.failed = window, {}
        return self.failed
