"""Rules 14 to 16: who must be inside, and how many may be. Pure.

They ask who is inside at every gate of the site, as far as that is known (`gate.access.knowledge`).
People with a role are let in without being told that one of them is missing: somebody has to be
the first.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from gate.access.knowledge import as_known
from gate.access.model import AccessRequest, Finding
from gate.access.presence import Presence
from gate.errors import Outcome, Reason

WHOLE_SITE: Final = ""
"""Stands for all areas together where an area is named."""

UNKNOWN_AREA: Final = ""
"""Stands where a gate told that somebody passed, and not into which area."""

ONE_AIDER_FROM: Final = 5
AIDER_EACH: Final = 50
"""HSE L74, appendix 3, higher hazards such as construction: fewer than 5 people need an appointed
person, up to 50 somebody trained in (emergency) first aid, more a first aider for every 50 or part
of 50."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisorOnSite:
    """Rule 14. A site supervisor (SMSTS or SSSTS) is inside.

    CDM Regulations 2015, regulation 15(8): the work of people on a site is supervised.
    """

    name: ClassVar[str] = "site supervisor"
    supervisors: frozenset[bytes]
    outcome: Outcome

    def judge(self, request: AccessRequest, presence: Presence) -> Finding | None:
        """Answer an entry by somebody else while no supervisor is inside."""
        if not request.is_entry or request.person in self.supervisors:
            return None
        found = None
        if not presence.are_inside(self.supervisors, 1):
            found = Finding(outcome=self.outcome, reason=Reason.SUPERVISOR_MISSING)
        return as_known(found, request, presence)


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstAiders:
    """Rule 15. First aiders for as many as are inside once this person is.

    Health and Safety (First-Aid) Regulations 1981, regulation 3; HSE L74 for the numbers.

    Attributes:
        first_aiders: first aid at work.
        emergency: these and who is trained in emergency first aid.
        appointed: these and who is appointed to take charge.
    """

    name: ClassVar[str] = "first aiders"
    first_aiders: frozenset[bytes]
    emergency: frozenset[bytes]
    appointed: frozenset[bytes]
    outcome: Outcome

    def judge(self, request: AccessRequest, presence: Presence) -> Finding | None:
        """Answer an entry that leaves too few first aiders for the head count."""
        person = request.person
        if not request.is_entry or person is None:
            return None
        heads = presence.head_count() + (not presence.is_inside(person))
        enough, least = self.needed(heads)
        found = None
        if person not in enough and not presence.are_inside(enough, least):
            found = Finding(outcome=self.outcome, reason=Reason.FIRST_AID)
        return as_known(found, request, presence)

    def needed(self, heads: int) -> tuple[frozenset[bytes], int]:
        """Return who counts where so many people are, and how many of them it takes."""
        if heads > AIDER_EACH:
            return self.first_aiders, -(-heads // AIDER_EACH)
        return (self.emergency if heads >= ONE_AIDER_FROM else self.appointed), 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Occupancy:
    """Rule 16. No more people than an area, or the whole site, may hold.

    Who is in there already takes no place; whether they may come in twice is rule 18's. People of
    whom nobody knows in which area they are may be in this one: an area that is full with them is
    noted, not refused.
    """

    name: ClassVar[str] = "occupancy"
    most: Mapping[str, int]
    outcome: Outcome = Outcome.REFUSE

    def judge(self, request: AccessRequest, presence: Presence) -> Finding | None:
        """Answer an entry into what is full."""
        person, area = request.person, request.access_point.area
        if not request.is_entry or person is None:
            return None
        last = presence.last_of(person) if presence.is_inside(person) else None
        comes = last is None or last.area != area
        heads = presence.head_count(area)
        somewhere = presence.head_count(UNKNOWN_AREA) - (last is not None and not last.area)
        found = None
        if (last is None and self._is_full(WHOLE_SITE, presence.head_count())) or (
            comes and self._is_full(area, heads)
        ):
            found = Finding(outcome=self.outcome, reason=Reason.OCCUPANCY)
        elif comes and somewhere and self._is_full(area, heads + somewhere):
            found = Finding(outcome=Outcome.NOTE, reason=Reason.OCCUPANCY)
        return as_known(found, request, presence)

    def _is_full(self, area: str, heads: int) -> bool:
        most = self.most.get(area)
        return most is not None and heads >= most
