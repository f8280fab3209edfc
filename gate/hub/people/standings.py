"""Where people stand: their card, their last induction, their pass, and whether they are blocked.

Asked for many at once, and always told as of a moment: nothing of it is stored.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

from gate.hub.manifest.blocks import blocks_of
from gate.hub.manifest.models import Block
from gate.hub.people.models import InductionRecord, Person, PersonCard, PersonPass
from gate.hub.sites.models import Site
from gate.trust.status_list import Status

_RowT = TypeVar("_RowT", PersonCard, InductionRecord)

_FEW: Final = 200
"""Of more people than these, all that is known at the site is read: that is one short question."""


class Step(StrEnum):
    """What comes next for somebody; also what a list can be narrowed to."""

    CARD = "card"
    """Their scheme card is over: they bring a renewed one."""
    INDUCT = "induct"
    PASS = "pass"  # noqa: S105 - of a site, not of a user
    NONE = "none"
    BLOCKED = "blocked"
    VISITOR = "visitor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One person as of a moment; `today` by the site's calendar."""

    person: Person
    today: date
    card: PersonCard | None = None
    induction: InductionRecord | None = None
    good: PersonPass | None = None
    """The pass that opens gates now."""
    blocks: tuple[Block, ...] = field(default=())

    @property
    def is_inducted(self) -> bool:
        """Whether an induction is in its period."""
        return self.induction is not None and self.induction.last_day >= self.today

    @property
    def has_card(self) -> bool:
        """Whether there is a scheme card that is not over."""
        return self.card is not None and self.card.last_day >= self.today

    @property
    def step(self) -> Step:
        """What comes next."""
        if self.blocks:
            return Step.BLOCKED
        if self.person.is_visitor:
            return Step.VISITOR
        if not self.has_card:
            return Step.CARD
        if not self.is_inducted:
            return Step.INDUCT
        return Step.NONE if self.good else Step.PASS


def standings(site: Site, people: Sequence[Person], now: datetime) -> list[Standing]:
    """Return where each of some people of a site stands, in their order."""
    numbers = [person.pk for person in people]
    today = now.astimezone(ZoneInfo(site.time_zone)).date()
    whose: dict[str, Any] = {} if len(numbers) > _FEW else {"person_id__in": numbers}
    cards = _latest(PersonCard.objects.filter(site=site, **whose).order_by("pk"))
    inductions = _latest(InductionRecord.objects.filter(site=site, **whose).order_by("pk"))
    blocks = _blocks_by_key(site)
    passes = _passes(site, whose)
    return [
        Standing(
            person=person,
            today=today,
            card=cards.get(person.pk),
            induction=inductions.get(person.pk),
            good=_good(passes.get(person.pk, ()), now),
            blocks=_hit(blocks, cards.get(person.pk), passes.get(person.pk, ())),
        )
        for person in people
    ]


def standing(person: Person, now: datetime) -> Standing:
    """Return where one person stands."""
    return standings(person.site, [person], now)[0]


def _latest(rows: Iterable[_RowT]) -> dict[int, _RowT]:
    return {row.person_id: row for row in rows}


def _blocks_by_key(site: Site) -> dict[bytes, Block]:
    return {bytes(one.person): one for one in blocks_of(site)}


def _passes(site: Site, whose: dict[str, Any]) -> dict[int, list[PersonPass]]:
    found = PersonPass.objects.filter(person__site=site, **whose).order_by("pk")
    by_person: dict[int, list[PersonPass]] = {}
    for one in found.select_related("one__card", "one__site").defer("one__photo", "one__text"):
        by_person.setdefault(one.person_id, []).append(one)
    return by_person


def _good(passes: Sequence[PersonPass], now: datetime) -> PersonPass | None:
    good = [
        one
        for one in passes
        if one.one.card.status == Status.VALID
        and one.one.card.expires_at is not None
        and one.one.card.expires_at > now
    ]
    return good[-1] if good else None


def _hit(
    blocks: dict[bytes, Block], card: PersonCard | None, passes: Sequence[PersonPass]
) -> tuple[Block, ...]:
    keys = [] if card is None else [bytes(card.key)]
    keys += [bytes(key) for one in passes for key in (one.one.person, one.one.beneath)]
    return tuple(blocks[key] for key in dict.fromkeys(keys) if key in blocks)
