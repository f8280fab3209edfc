"""Rules 6 to 9 and 11: what a card proves, held against the work and the area. Pure.

Codes are compared as the card spells them; the policy spells out both spellings where the schemes
catalogue knows them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta, tzinfo
from typing import ClassVar

from gate.access.knowledge import as_known, not_on_record, time_not_known
from gate.access.model import AccessRequest, Finding
from gate.access.presence import Presence
from gate.access.rules import Accepted, is_among
from gate.card.model import Card, Code
from gate.errors import Outcome, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredWork:
    """Rule 6. The card holds an occupation of the work its holder was declared for.

    CDM Regulations 2015, regulation 8(3): who appoints a worker sees that they have the skills.
    """

    name: ClassVar[str] = "declared work"
    works: Mapping[str, frozenset[Code]]
    unknown: Outcome

    def judge(self, request: AccessRequest, _presence: Presence) -> Finding | None:
        """Refuse an entry for other work than the card is for."""
        if not request.is_entry or request.card is None:
            return None
        work = None if request.record is None else request.record.work
        occupations = None if work is None else self.works.get(work)
        if occupations is None:
            return not_on_record(self.unknown)
        if occupations.intersection(request.card.competence.occupations):
            return None
        return Finding(outcome=Outcome.REFUSE, reason=Reason.OCCUPATION)


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaEndorsement:
    """Rule 7. Some areas ask for an occupation or an endorsement; each table adds a way in."""

    name: ClassVar[str] = "area endorsement"
    areas: Mapping[str, frozenset[Code]]

    def judge(self, request: AccessRequest, _presence: Presence) -> Finding | None:
        """Refuse a card without any that the area asks for."""
        asked = self.areas.get(request.access_point.area)
        if asked is None or request.card is None or not asked.isdisjoint(_proven(request.card)):
            return None
        return Finding(outcome=Outcome.REFUSE, reason=Reason.AREA)


@dataclass(frozen=True, slots=True, kw_only=True)
class BarredTypes:
    """Rule 8. Labourer, PQP and site-support cards don't come into craft areas.

    ECS: a PQP card does no electrical installation work.
    """

    name: ClassVar[str] = "barred from the area"
    areas: Mapping[str, Accepted]

    def judge(self, request: AccessRequest, _presence: Presence) -> Finding | None:
        """Refuse a card type that the area bars."""
        barred = self.areas.get(request.access_point.area)
        if barred is None or request.card is None or not is_among(request.card, barred):
            return None
        return Finding(outcome=Outcome.REFUSE, reason=Reason.LIMIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class CardLimits:
    """Rule 8. A limit that stands on the card keeps it out of an area."""

    name: ClassVar[str] = "card limits"
    areas: Mapping[str, frozenset[Code]]

    def judge(self, request: AccessRequest, _presence: Presence) -> Finding | None:
        """Refuse a card with a limit that the area bars."""
        barred = self.areas.get(request.access_point.area)
        if barred is None or request.card is None:
            return None
        if barred.isdisjoint(request.card.competence.limits):
            return None
        return Finding(outcome=Outcome.REFUSE, reason=Reason.LIMIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Supervised:
    """Rule 9. A card that works under supervision needs qualified people of its discipline inside.

    ECS: apprentices and trainees are supervised. The discipline is any that stands on the card, or
    an occupation; nobody supervises themselves.

    Attributes:
        supervised: card types that are, by their scheme.
        limits: what stands on other cards that are.
        qualified: by discipline or occupation, who may supervise.
        least: how many of them are to be inside.
    """

    name: ClassVar[str] = "supervised cards"
    supervised: Accepted
    limits: frozenset[Code]
    qualified: Mapping[Code, frozenset[bytes]]
    least: int
    outcome: Outcome
    unknown: Outcome

    def judge(self, request: AccessRequest, presence: Presence) -> Finding | None:
        """Answer an entry while too few are inside who could supervise."""
        card, person = request.card, request.person
        if not request.is_entry or card is None or person is None or not self._asks(card):
            return None
        disciplines = (*card.competence.disciplines, *card.competence.occupations)
        if not disciplines:
            return not_on_record(self.unknown)
        persons = frozenset[bytes]().union(
            *(self.qualified.get(one, frozenset()) for one in disciplines)
        ) - {person}
        found = None
        if not presence.are_inside(persons, self.least):
            found = Finding(outcome=self.outcome, reason=Reason.SUPERVISION)
        return as_known(found, request, presence)

    def _asks(self, card: Card) -> bool:
        return is_among(card, self.supervised) or not self.limits.isdisjoint(card.competence.limits)


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthSafety:
    """Rule 11. Health and safety evidence no older than the site asks; only if it asks.

    A scheme checks it when it issues a card: the pass lasts 2 years and the card 3, so a valid card
    may well bear an older pass. `grace` is how long after its last day it still counts.
    """

    name: ClassVar[str] = "health and safety evidence"
    zone: tzinfo
    grace: timedelta
    outcome: Outcome
    unknown: Outcome

    def judge(self, request: AccessRequest, _presence: Presence) -> Finding | None:
        """Answer an entry with evidence that is too old."""
        if not request.is_entry or request.card is None:
            return None
        evidence = request.card.competence.health_safety
        if evidence is None:
            return not_on_record(self.unknown)
        _, last_day = evidence
        if request.at.astimezone(self.zone).date() - last_day > self.grace:
            return Finding(outcome=self.outcome, reason=Reason.HEALTH_SAFETY)
        return None if request.clock_trusted else time_not_known(self.unknown)


def _proven(card: Card) -> tuple[Code, ...]:
    proven = card.competence
    return (
        *proven.occupations,
        *proven.qualifications,
        *proven.experience,
        *proven.disciplines,
    )
