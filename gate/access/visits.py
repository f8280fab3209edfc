"""Rules 19 and 20: searches by lot, and visitors. Pure.

Overrides, by a guard or for the emergency services, are no rule: see `gate.access.decide`.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import ClassVar, Final

from gate.access.knowledge import as_known, not_on_record
from gate.access.model import AccessRequest, Finding
from gate.access.presence import Presence
from gate.errors import Outcome, Reason

_LOTS: Final = 1 << 64
_HOUR: Final = 3600


def search_key(site_key: bytes, day: date) -> bytes:
    """Return the key of a day's lots, which tells nothing of another day's or of the site's.

    Shown once the day is over, it proves who was drawn: anybody can draw again.
    """
    return hmac.digest(site_key, b"search\0" + day.isoformat().encode(), hashlib.sha256)


def is_drawn(key: bytes, person: bytes, at: datetime, percent: int) -> bool:
    """Tell whether the lot falls on a person in the hour of `at`.

    Everybody's chance is the same, each hour anew; showing a card again in the same hour draws the
    same lot. `key` is the day's, by UTC, as the hour is.
    """
    hour = int(at.timestamp()) // _HOUR
    lot = hmac.digest(key, person + hour.to_bytes(8, "big"), hashlib.sha256)
    return int.from_bytes(lot[:8], "big") * 100 < percent * _LOTS


@dataclass(frozen=True, slots=True, kw_only=True)
class RandomSearch:
    """Rule 19. Some are drawn for a search: fairly, unpredictably, provably."""

    name: ClassVar[str] = "random search"
    site_key: bytes
    percent: int
    outcome: Outcome

    def judge(self, request: AccessRequest, _presence: Presence) -> Finding | None:
        """Answer an entry by somebody who is drawn."""
        if not request.is_entry or request.person is None:
            return None
        key = search_key(self.site_key, request.at.astimezone(UTC).date())
        if not is_drawn(key, request.person, request.at, self.percent):
            return None
        return Finding(outcome=self.outcome, reason=Reason.RANDOM_SEARCH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Escort:
    """Rule 20. A visitor has a host, and the host is inside."""

    name: ClassVar[str] = "escort"
    outcome: Outcome
    unknown: Outcome

    def judge(self, request: AccessRequest, presence: Presence) -> Finding | None:
        """Answer an entry by a visitor whose host is not there."""
        if not request.is_entry:
            return None
        if request.record is None or request.record.visitor is None:
            return not_on_record(self.unknown)
        if not request.record.visitor:
            return None
        host = request.record.host
        missing = Finding(outcome=self.outcome, reason=Reason.ESCORT)
        if host is None or host == request.person:
            return missing
        return as_known(None if presence.is_inside(host) else missing, request, presence)
