"""Giving passes to people: to one, or to all who have none; and another for one that was lost.

A pass stands on the scheme card that was checked at the induction, and ends with whichever of the
two ends first.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction

from gate.access.kinds import Text
from gate.card.model import Competence, StandsOn
from gate.errors import ConfigError
from gate.hub.desk.selection import Selection
from gate.hub.desk.statuses import set_status
from gate.hub.manifest.authors import Author
from gate.hub.manifest.inductions import Inducting, change_inducted
from gate.hub.manifest.models import MAX_REASON_CHARS
from gate.hub.manifest.versions import changing
from gate.hub.passes.beneath import earlier_pass
from gate.hub.passes.issuing import Wish, issue_pass
from gate.hub.passes.scheme_card import SchemeCard, code_of, end_of
from gate.hub.people.inducting import told
from gate.hub.people.models import LostPass, Person, PersonCard, PersonPass
from gate.hub.people.photos import photo_of
from gate.hub.people.register import people_of, write_words
from gate.hub.people.standings import Standing, Step, standing, standings
from gate.hub.sites.models import Site
from gate.trust.status_list import Status

AT_ONCE: Final = 25
"""Passes issued in one transaction: SQLite's other writers, gates' uploads, wait for a second."""

_REASON: Final = Text(max_chars=MAX_REASON_CHARS)


def without_pass(site: Site, now: datetime) -> list[Standing]:
    """Return everybody who could have a pass now and has none, by name."""
    people = list(people_of(site).filter(is_visitor=False).select_related("company"))
    return [one for one in standings(site, people, now) if one.step is Step.PASS]


def give_passes(
    site: Site, site_key: bytes, people: Sequence[Person], *, by: Author, now: datetime
) -> list[PersonPass]:
    """Issue a pass to each of some people; by `AT_ONCE`, those all or nothing.

    Raises:
        ConfigError: every one of them who can have none; nothing was issued.
        TrustError: the desk's key or the disk refuses.
    """
    found = standings(site, people, now)
    faults = [words for one in found if (words := _objection(one))]
    if faults:
        raise ConfigError("pass", faults)
    given: list[PersonPass] = []
    for start in range(0, len(found), AT_ONCE):
        with transaction.atomic():
            some = found[start : start + AT_ONCE]
            given += [_give(site, site_key, one, by, now) for one in some]
            _tell_ends(site, some, given[start:], now)
    return given


def replace_lost(
    person: Person, site_key: bytes, *, reason: str, by: Author, now: datetime
) -> PersonPass:
    """Issue another pass for one that was lost; the old one opens no gate any more.

    1. The gates are told to refuse it, which reaches them within one poll.  2. It is cancelled in
    its list, for gates of other ways.  3. The new one. What fails leaves the old one refused.

    Raises:
        ConfigError: the reason doesn't fit, there is no good pass, or no new one can be.
        TrustError: the desk's key or the disk refuses.
    """
    if _REASON.read(reason) is None:
        raise ConfigError("lost", [f"reason: {reason[:40]!r}; allowed: {_REASON.allowed}"])
    before = standing(person, now)
    if before.good is None:
        raise ConfigError("lost", ["reason: there is no good pass; next: issue one"])
    if before.blocks:
        raise ConfigError("lost", [f"reason: {person.name} is blocked; next: unblock first"])
    site, old = person.site, before.good.one
    # 1.
    with changing(site, now) as version:
        change_inducted(site, drop=[bytes(old.person)], now=now)
        LostPass.objects.create(
            site=site,
            at=now,
            by=by.user,
            by_name=by.name,
            version=version,
            one=old,
            reason=reason,
        )
    # 2.
    chosen = Selection(cards=(old.card_id,))
    set_status(old.card.desk, chosen, Status.INVALID, reason=reason, by=by, now=now)
    # 3.
    return give_passes(site, site_key, [person], by=by, now=now)[0]


def _give(site: Site, site_key: bytes, one: Standing, by: Author, now: datetime) -> PersonPass:
    card, induction = one.card, one.induction
    assert card is not None  # noqa: S101 - _objection has looked
    assert induction is not None  # noqa: S101 - as above
    shown = _shown(site, card, induction.checked_by)
    wish = Wish(
        name=one.person.name,
        company="" if one.person.company is None else one.person.company.name,
        until=induction.last_day if induction.last_day < card.last_day else None,
        photo=photo_of(one.person),
        language=one.person.language,
    )
    made = issue_pass(site, site_key, shown, wish, by=by, now=now)
    given = PersonPass.objects.create(person=one.person, one=made)
    write_words(one.person)
    return given


def _shown(site: Site, card: PersonCard, checked_by: str) -> SchemeCard:
    """Return the card that was checked, with all that its code said if it ever was read."""
    ends_at, scheme = end_of(card.last_day, ZoneInfo(site.time_zone)), code_of(card.scheme)
    earlier = earlier_pass(site, bytes(card.key), card.last_day)
    proofs, beneath = Competence(scheme=scheme, card_type=code_of(card.card_type)), None
    if earlier is not None:
        proofs = replace(
            earlier.competence, scheme=proofs.scheme, card_type=proofs.card_type, language=None
        )
        beneath = earlier.competence.stands_on
    return SchemeCard(
        beneath=beneath or StandsOn(issuer=card.issuer, number=card.number, expires_at=ends_at),
        scheme=scheme,
        proofs=proofs,
        name=None,
        checked_by=checked_by,
    )


def _tell_ends(
    site: Site, some: Sequence[Standing], given: Sequence[PersonPass], now: datetime
) -> None:
    """Have holders of passes count as inducted until their inductions end, and no longer."""
    keys: dict[Inducting, set[bytes]] = {}
    for one, held in zip(some, given, strict=True):
        assert one.induction is not None  # noqa: S101 - _objection has looked
        pair = {bytes(held.one.person), bytes(held.one.beneath)}
        keys.setdefault(told(site, one.induction, one.induction.at), set()).update(pair)
    for of, persons in keys.items():
        change_inducted(site, add=persons, of=of, now=now)


def _objection(one: Standing) -> str:
    name = one.person.name
    match one.step:
        case Step.PASS:
            return ""
        case Step.NONE:
            return f"{name} has a good pass; next: print that one, or report it lost"
        case Step.BLOCKED:
            return f"{name} is blocked; next: unblock first"
        case Step.VISITOR:
            return f"{name} is a visitor, who is escorted and gets no pass"
        case Step.CARD:
            return f"{name} has no card that is good; next: write the renewed card"
        case Step.INDUCT:
            return f"{name} is not inducted; next: record the induction"
