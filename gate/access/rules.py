"""The first rules of a site, each one question with one answer. Pure, frozen, without memory.

Opening hours have their own file. What the card itself is (signature, dates, status) is judged
before, by `gate.card.verify`, and comes with the request. Rules about what a card is answer on both
sides of a gate, so that the record of an exit keeps them; what only entry can break, on entry only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final

from gate.access.knowledge import unheard
from gate.access.model import AccessRequest, Direction, Finding
from gate.access.presence import How, Presence
from gate.card.model import Card, Code
from gate.errors import Outcome, Reason

SITE_SCHEME: Final = "site:"
"""Scheme ids that begin so belong to one site's own passes."""

ANY: Final = "any"
"""Written instead of a list of card types: every type of the scheme."""

Accepted = Mapping[Code, frozenset[Code]]
"""Scheme to card types; a scheme whose types hold ANY is accepted whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedCards:
    """Only the schemes and card types that the site accepts come in; accepting none admits none."""

    name: ClassVar[str] = "accepted cards"
    accepted: Accepted

    def judge(self, request: AccessRequest, _presence: Presence) -> Finding | None:
        """Refuse a card of another scheme or type."""
        if request.card is None or is_among(request.card, self.accepted):
            return None
        return Finding(outcome=Outcome.REFUSE, reason=Reason.CARD_TYPE)


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaCards:
    """Some areas take only some of the accepted cards; an area not named takes them all."""

    name: ClassVar[str] = "area"
    areas: Mapping[str, Accepted]

    def judge(self, request: AccessRequest, _presence: Presence) -> Finding | None:
        """Refuse a card that the area does not take."""
        accepted = self.areas.get(request.access_point.area)
        if accepted is None or request.card is None or is_among(request.card, accepted):
            return None
        return Finding(outcome=Outcome.REFUSE, reason=Reason.AREA)


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawnTypes:
    """Card types that their scheme has withdrawn, whatever date stands on them."""

    name: ClassVar[str] = "withdrawn card types"
    withdrawn: Accepted

    def judge(self, request: AccessRequest, _presence: Presence) -> Finding | None:
        """Refuse a card of a withdrawn type."""
        if request.card is None or not is_among(request.card, self.withdrawn):
            return None
        return Finding(outcome=Outcome.REFUSE, reason=Reason.WITHDRAWN_TYPE)


@dataclass(frozen=True, slots=True, kw_only=True)
class SitePass:
    """A pass that a site issued is good at that site and nowhere else."""

    name: ClassVar[str] = "site pass"
    site: str

    def judge(self, request: AccessRequest, _presence: Presence) -> Finding | None:
        """Refuse another site's pass."""
        if request.card is None or self._is_at_home(request.card):
            return None
        return Finding(outcome=Outcome.REFUSE, reason=Reason.SCHEME_NOT_TRUSTED)

    def _is_at_home(self, card: Card) -> bool:
        scheme = card.competence.scheme
        is_pass = isinstance(scheme, str) and scheme.startswith(SITE_SCHEME)
        if is_pass and scheme != SITE_SCHEME + self.site:
            return False
        return card.audience is None or card.audience == self.site


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockedPersons:
    """Persons the site has blocked, as keyed hashes (gate.trust.person).

    A pass comes in neither if it is blocked itself nor if the scheme card beneath it is.
    """

    name: ClassVar[str] = "blocked persons"
    persons: frozenset[bytes]

    def judge(self, request: AccessRequest, _presence: Presence) -> Finding | None:
        """Refuse a blocked person."""
        if request.person not in self.persons and request.stands_on not in self.persons:
            return None
        return Finding(outcome=Outcome.REFUSE, reason=Reason.BLOCKED)


@dataclass(frozen=True, slots=True, kw_only=True)
class AntiPassback:
    """Rule 18. Nobody comes in twice without going out; `outcome` is the site's: note or refuse.

    Where other gates count too, nobody is refused by what is old: they may have left elsewhere. Nor
    by a grant of which nobody knows whether it was taken: they may never have come in. What other
    gates may have seen since they were heard is said as a doubt, whatever the answer.
    Timed, a second entry is refused up to `within` the first and noted afterwards. Where nobody is
    seen to leave (`gate.access.exits`) it is asked to note, or timed.
    """

    name: ClassVar[str] = "anti-passback"
    outcome: Outcome
    within: timedelta | None = None

    def judge(self, request: AccessRequest, presence: Presence) -> Finding | None:
        """Answer an entry by somebody who is inside, or may be."""
        if request.person is None or not request.is_entry:
            return None
        last, unsure = presence.last_of(request.person), unheard(request, presence)
        if last is None or last.direction != Direction.IN:
            doubt = f"passback: may be inside; {unsure}"
            found = Finding(outcome=Outcome.ADMIT, reason=Reason.PASSBACK, doubt=doubt)
            return found if unsure else None
        is_late = self.within is not None and (
            not request.clock_trusted or request.at - last.at > self.within
        )
        is_hard = last.how != How.NOT_KNOWN and not unsure and not is_late
        outcome = self.outcome if is_hard else Outcome.NOTE
        doubt = f"passback: may have left; {unsure}" if unsure else ""
        return Finding(outcome=outcome, reason=Reason.PASSBACK, doubt=doubt)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpiringSoon:
    """A card in its last days still admits, and its holder is told."""

    name: ClassVar[str] = "expiring soon"
    warn: timedelta

    def judge(self, request: AccessRequest, _presence: Presence) -> Finding | None:
        """Note a card that expires within the time of warning."""
        if request.card is None:
            return None
        left = request.card.expires_at - request.at
        if not timedelta(0) < left <= self.warn:
            return None
        return Finding(outcome=Outcome.NOTE, reason=Reason.EXPIRING_SOON)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFreshness:
    """How old the card's status list and the site's manifest may be: green, amber (a note), red.

    A list that was never had is not old but unknown: `gate.card.verify` finds that.
    """

    name: ClassVar[str] = "list freshness"
    amber: timedelta
    red: timedelta
    when_red: Outcome

    def judge(self, request: AccessRequest, _presence: Presence) -> Finding | None:
        """Answer a list or a manifest past amber or red, by the older of them."""
        ages = [
            age_s for age_s in (request.list_age_s, request.manifest_age_s) if age_s is not None
        ]
        if not ages:
            return None
        age = timedelta(seconds=max(ages))
        if age > self.red:
            return Finding(outcome=self.when_red, reason=Reason.LIST_TOO_OLD)
        if age > self.amber:
            return Finding(outcome=Outcome.NOTE, reason=Reason.LIST_AGEING)
        return None


def is_among(card: Card, accepted: Accepted) -> bool:
    """Tell whether a card's type stands under its scheme."""
    types = accepted.get(card.competence.scheme)
    return types is not None and (ANY in types or card.competence.card_type in types)
