"""Rules that rest on what a site's hub says (gate.trust.manifest). Pure, frozen, without memory."""

from dataclasses import dataclass
from typing import ClassVar

from gate.access.model import AccessRequest, Direction, Finding
from gate.access.presence import Presence
from gate.access.rules import SITE_SCHEME
from gate.errors import Outcome, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class SitePersons:
    """Whom a site's hub named, as keyed hashes (gate.trust.person)."""

    inducted: frozenset[bytes] = frozenset()
    blocked: frozenset[bytes] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Induction:
    """Who was not inducted on this site does not just walk in.

    A pass of the site is issued at induction, so its holder was inducted.
    """

    name: ClassVar[str] = "induction"
    site: str
    persons: frozenset[bytes]
    outcome: Outcome

    def judge(self, request: AccessRequest, _presence: Presence) -> Finding | None:
        """Answer an entry by somebody who was not inducted."""
        if request.access_point.direction is Direction.OUT or request.card is None:
            return None
        is_pass = request.card.competence.scheme == SITE_SCHEME + self.site
        if is_pass or request.person in self.persons:
            return None
        return Finding(outcome=self.outcome, reason=Reason.NOT_INDUCTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lockdown:
    """The site is locked down: nobody comes in. Who is inside leaves as ever."""

    name: ClassVar[str] = "lockdown"

    def judge(self, request: AccessRequest, _presence: Presence) -> Finding | None:
        """Refuse an entry."""
        if request.access_point.direction is Direction.OUT:
            return None
        return Finding(outcome=Outcome.REFUSE, reason=Reason.LOCKDOWN)
