"""What a site's hub says (gate.trust.manifest) of all who come in. Pure, frozen, without memory."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from gate.access.model import AccessRequest, Direction, Finding
from gate.access.persons import Inducted, PersonRecord
from gate.access.presence import Presence
from gate.errors import Outcome, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class SitePersons:
    """Whom a site's hub named, as keyed hashes (gate.trust.person), and what it told of them."""

    inducted: frozenset[bytes] = frozenset()
    blocked: frozenset[bytes] = frozenset()
    records: Mapping[bytes, PersonRecord] = field(default_factory=dict)
    inductions: Mapping[bytes, Inducted] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lockdown:
    """The site is locked down: nobody comes in. Who is inside leaves as ever."""

    name: ClassVar[str] = "lockdown"

    def judge(self, request: AccessRequest, _presence: Presence) -> Finding | None:
        """Refuse an entry."""
        if request.access_point.direction is Direction.OUT:
            return None
        return Finding(outcome=Outcome.REFUSE, reason=Reason.LOCKDOWN)
