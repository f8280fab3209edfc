"""Rules 12 and 13: what somebody was told and signed on this site. Pure.

Last days are in the site's own time and belong to what they end.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta, tzinfo
from typing import ClassVar

from gate.access.knowledge import not_on_record, time_not_known
from gate.access.model import AccessRequest, Finding
from gate.access.persons import Inducted
from gate.access.presence import Presence
from gate.access.rules import SITE_SCHEME
from gate.card.model import Card
from gate.errors import Outcome, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Induction:
    """Rule 12. Who was not inducted on this site does not just walk in.

    CDM Regulations 2015, regulation 13(4)(a): the principal contractor gives a site induction.
    A pass of the site is issued at induction, so its holder was inducted.
    """

    name: ClassVar[str] = "induction"
    site: str
    persons: frozenset[bytes]
    outcome: Outcome

    def judge(self, request: AccessRequest, _presence: Presence) -> Finding | None:
        """Answer an entry by somebody who was not inducted."""
        if not request.is_entry or request.card is None:
            return None
        if is_pass_of(self.site, request.card) or request.person in self.persons:
            return None
        return Finding(outcome=self.outcome, reason=Reason.NOT_INDUCTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class InductionPeriod:
    """Rule 12. The induction is of the current version and in its period.

    Attributes:
        version: the oldest that counts; 0 if any does.
        lasts: from the day of the induction, which belongs to it; None if for ever.
        told: inductions by the site's hub, whose word counts.
    """

    name: ClassVar[str] = "induction period"
    site: str
    zone: tzinfo
    version: int
    lasts: timedelta | None
    outcome: Outcome
    unknown: Outcome
    told: Mapping[bytes, Inducted] = field(default_factory=dict)

    def judge(self, request: AccessRequest, _presence: Presence) -> Finding | None:
        """Answer an entry on an induction that no longer counts."""
        if not request.is_entry or request.card is None:
            return None
        inducted = self._induction_of(request, request.card)
        if inducted is None:
            return not_on_record(self.unknown)
        today = request.at.astimezone(self.zone).date()
        is_over = self.lasts is not None and today - inducted.on >= self.lasts
        if is_over or (inducted.version is not None and inducted.version < self.version):
            return Finding(outcome=self.outcome, reason=Reason.INDUCTION_EXPIRED)
        if inducted.version is None and self.version:
            return not_on_record(self.unknown)
        if self.lasts is None or request.clock_trusted:
            return None
        return time_not_known(self.unknown)

    def _induction_of(self, request: AccessRequest, card: Card) -> Inducted | None:
        for person in (request.person, request.stands_on):
            if person is not None and person in self.told:
                return self.told[person]
        record = request.record
        if record is not None and record.inducted is not None:
            return record.inducted
        if not is_pass_of(self.site, card):
            return None
        return Inducted(on=card.issued_at.astimezone(self.zone).date())


@dataclass(frozen=True, slots=True, kw_only=True)
class RamsSigned:
    """Rule 13. The method statement of today's work was signed.

    CDM Regulations 2015, regulation 15(8): who is at work was told how it is done safely.
    """

    name: ClassVar[str] = "method statement"
    zone: tzinfo
    outcome: Outcome
    unknown: Outcome

    def judge(self, request: AccessRequest, _presence: Presence) -> Finding | None:
        """Answer an entry without a method statement for today and for this work."""
        if not request.is_entry:
            return None
        if request.record is None:
            return not_on_record(self.unknown)
        rams, work = request.record.rams, request.record.work
        today = request.at.astimezone(self.zone).date()
        if rams is None or rams.last_day < today or rams.work not in {None, work}:
            return Finding(outcome=self.outcome, reason=Reason.RAMS)
        return None if request.clock_trusted else time_not_known(self.unknown)


def is_pass_of(site: str, card: Card) -> bool:
    """Tell whether a card is a pass that this site issued."""
    return card.competence.scheme == SITE_SCHEME + site
