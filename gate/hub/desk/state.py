"""How a desk stands: its cards by status, each list's room, age and whether units can fetch it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count

from gate.errors import TrustError
from gate.hub.desk.models import Desk, DeskList, IssuedCard
from gate.hub.desk.publishing import SIGN_AGAIN, is_written
from gate.hub.manifest.words import age_words
from gate.trust.freshness import Freshness, Tier, freshness
from gate.trust.status_list import Status

LATE: Final = SIGN_AGAIN + timedelta(hours=2)
"""A list that is older was not signed anew in time: the timer has failed twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListState:
    """One list: `fault` says why units don't have the latest, empty if they can."""

    uri: str
    name: str
    size: int
    taken: int
    issued_at: datetime
    fresh: Freshness
    fault: str

    @property
    def is_well(self) -> bool:
        """Whether it was signed in time and can be fetched."""
        return not self.fault and self.fresh.age < LATE

    @property
    def words(self) -> str:
        """Say how old it is, and what that means at a gate."""
        told = f"signed {age_words(self.fresh.age)} ago"
        if self.fresh.tier is Tier.RED:
            return f"{told}; gates are red and send everybody to the guard"
        following = "amber" if self.fresh.tier is Tier.GREEN else "red"
        return f"{told}; gates turn {following} in {age_words(self.fresh.left)} if it stays so"


def lists_of(desk: Desk, now: datetime) -> tuple[ListState, ...]:
    """Return the state of each list of a desk."""
    return tuple(
        ListState(
            uri=held.uri,
            name=held.name,
            size=held.size,
            taken=held.taken,
            issued_at=held.issued_at,
            fresh=freshness(held.issued_at, now),
            fault=_fault(held),
        )
        for held in DeskList.objects.defer("packed", "token").filter(desk=desk)
    )


def counts_of(desk: Desk) -> Mapping[Status, int]:
    """Return how many cards of a desk have each status."""
    rows = IssuedCard.objects.filter(desk=desk).order_by().values_list("status")
    counted = dict(rows.annotate(count=Count("pk")))
    return {status: counted.get(status.value, 0) for status in Status}


def _fault(held: DeskList) -> str:
    try:
        return "" if is_written(held) else "what was signed last is not published"
    except TrustError as error:
        return str(error)
