"""When each process looked at what gates send in bulk (`gate.hub.manifest.bulk`)."""

from datetime import datetime, timedelta
from typing import Final

LOOK_AGAIN: Final = timedelta(seconds=1)


class BulkLooks:
    """When a process looked at each site's bulk last; threads share it."""

    def __init__(self) -> None:
        self._at: Final[dict[int, datetime]] = {}

    def begin(self, site: int, now: datetime) -> bool:
        """Tell whether it is time to look again, and take it as looked at; a clock may go back."""
        last = self._at.get(site)
        if last is not None and timedelta(0) <= now - last < LOOK_AGAIN:
            return False
        self._at[site] = now
        return True
