"""From a payload to the request that is decided on, and from a decision to its record: pure.

Nothing of a payload is kept: a text that is no card leaves its reason and nothing else, a card
that is refused leaves its holder, so that the record names whom it refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from gate.access.decide import Rule
from gate.access.model import AccessDecision, AccessPoint, AccessRequest, Override
from gate.access.persons import PersonRecord
from gate.card.model import Card
from gate.card.verify import authenticate, lists_of, standing
from gate.errors import CardError, Reason
from gate.events.model import Event, EventKind, Holder
from gate.trust.bundle import TrustBundle
from gate.trust.freshness import Tier
from gate.trust.person import person_key
from gate.unit.stamp import Stamp

_UNTRUSTED: Final = {Reason.NOT_YET_VALID: Reason.CLOCK_UNTRUSTED}
"""What is said by a lower bound of the present may since have changed; expiry can't."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """Whom one access point believes, and by which rules it decides.

    `manifest_at` is when the site's manifest was signed; None if there is none.
    `records` is what the site knows of people, by a card of theirs: the one shown, or the scheme
    card beneath it.
    """

    access_point: AccessPoint
    trust: TrustBundle
    rules: Sequence[Rule]
    site_key: bytes
    manifest_at: datetime | None = None
    records: Mapping[bytes, PersonRecord] = field(default_factory=dict, repr=False)

    def request(self, payload: str, stamp: Stamp) -> AccessRequest:
        """Return the request that presenting `payload` makes."""
        try:
            card = authenticate(payload, self.trust)
        except CardError as error:
            return self.nobody(error.reason, stamp)
        return self.bearer(card, stamp)

    def bearer(self, card: Card, stamp: Stamp) -> AccessRequest:
        """Return the request of who holds a card that was found to be genuine."""
        against = standing(card, self.trust, stamp.at)
        if not stamp.trusted:
            against = tuple(_UNTRUSTED.get(reason, reason) for reason in against)
        person = person_key(self.site_key, card.issuer, card.number)
        stands_on = self._stands_on(card)
        return AccessRequest(
            access_point=self.access_point,
            at=stamp.at,
            card=card,
            person=person,
            findings=_clock_finding(stamp) + against,
            list_age_s=_list_age_s(card, self.trust, stamp),
            manifest_age_s=self._manifest_age_s(stamp),
            clock_trusted=stamp.trusted,
            stands_on=stands_on,
            record=self.records.get(person) or self.records.get(stands_on or b""),
        )

    def nobody(self, reason: Reason, stamp: Stamp) -> AccessRequest:
        """Return the request of something that is no card to be believed."""
        return AccessRequest(
            access_point=self.access_point,
            at=stamp.at,
            card=None,
            person=None,
            findings=(reason, *_clock_finding(stamp)),
            manifest_age_s=self._manifest_age_s(stamp),
            clock_trusted=stamp.trusted,
        )

    def emergency(self, override: Override, stamp: Stamp) -> AccessRequest:
        """Return the request of somebody who shows nothing, for whom the guard speaks."""
        return AccessRequest(
            access_point=self.access_point,
            at=stamp.at,
            card=None,
            person=None,
            findings=_clock_finding(stamp),
            manifest_age_s=self._manifest_age_s(stamp),
            clock_trusted=stamp.trusted,
            override=override,
        )

    def _stands_on(self, card: Card) -> bytes | None:
        beneath = card.competence.stands_on
        return (
            None if beneath is None else person_key(self.site_key, beneath.issuer, beneath.number)
        )

    def _manifest_age_s(self, stamp: Stamp) -> int | None:
        return None if self.manifest_at is None else _age_s(self.manifest_at, stamp)


def record_of(request: AccessRequest, decision: AccessDecision) -> tuple[Event, Holder | None]:
    """Return what the journal keeps of an answer."""
    event = Event(
        at=request.at,
        clock_trusted=request.clock_trusted,
        kind=EventKind.ACCESS,
        access_point=request.access_point.name,
        direction=request.access_point.direction.value,
        outcome=decision.outcome.value,
        reasons=tuple(reason.value for reason in decision.reasons),
        list_age_s=request.list_age_s,
        detail=(_let_in_by(request.override) or decision.doubt) if decision.admits else "",
    )
    if request.card is None or request.person is None:
        return event, None
    return event, _holder(request.card, request.person)


def _let_in_by(override: Override | None) -> str:
    return "" if override is None else f"{override.by}: {override.why}"


def _holder(card: Card, person: bytes) -> Holder:
    return Holder(
        person=person,
        issuer=card.issuer,
        number=card.number,
        name=card.name,
        card_type=str(card.competence.card_type),
    )


def _clock_finding(stamp: Stamp) -> tuple[Reason, ...]:
    return (Reason.CLOCK_UNTRUSTED,) if stamp.clock_tier is Tier.RED else ()


def _list_age_s(card: Card, trust: TrustBundle, stamp: Stamp) -> int | None:
    """Return the age of the list that tells of a card, of the older one of a pass's two."""
    return max((_age_s(held.issued_at, stamp) for held in lists_of(card, trust)), default=None)


def _age_s(signed_at: datetime, stamp: Stamp) -> int:
    return max(0, int((stamp.at - signed_at).total_seconds()))
