"""How a desk stands: its cards by status, each list's room, age and whether units can fetch it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from gate.errors import TrustError
from gate.hub.desk.lists import BITS, PER_BYTE
from gate.hub.desk.models import Desk, DeskList
from gate.hub.desk.publishing import SIGN_AGAIN, is_written
from gate.hub.manifest.words import age_words
from gate.trust.freshness import Freshness, Tier, freshness
from gate.trust.status_list import Status, lookup

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
    """Return how many cards of a desk have each status, counted in the bits of its lists."""
    counted = Counter[int]()
    taken = 0
    for held in DeskList.objects.defer("token").filter(desk=desk):
        taken += held.taken
        for value, times in Counter(bytes(held.packed)).items():
            for index in range(PER_BYTE):
                counted[lookup(bytes((value,)), BITS, index)] += times
    of_others = sum(counted[status] for status in Status if status is not Status.VALID)
    return {
        status: taken - of_others if status is Status.VALID else counted[status]
        for status in Status
    }


def _fault(held: DeskList) -> str:
    try:
        return "" if is_written(held) else "what was signed last is not published"
    except TrustError as error:
        return str(error)
