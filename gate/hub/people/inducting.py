"""Recording inductions: of an edition, until a day, after the scheme card was checked.

Whoever is inducted is told to the gates by keyed hash, until the end of the last day: the hub drops
them within the hour after it (`gate.hub.manifest.signed`), and a pass ends by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction

from gate.access.kinds import Text
from gate.errors import ConfigError
from gate.hub.manifest.authors import Author
from gate.hub.manifest.inductions import Inducting, change_inducted
from gate.hub.manifest.versions import held
from gate.hub.passes.models import MAX_PERSON_CHARS
from gate.hub.passes.scheme_card import end_of
from gate.hub.people.models import MAX_EDITION, Checked, InductionRecord, Person
from gate.hub.people.standings import Standing, standings
from gate.hub.sites.models import Site

MAX_LASTS: Final = timedelta(days=3 * 366)
"""Longer than any scheme card holds."""

USUAL_LASTS: Final = timedelta(days=365)

CHECKER: Final = Text(max_chars=MAX_PERSON_CHARS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One induction, held for some people: its edition, its last day, who checked their cards."""

    edition: int
    last_day: date
    checked: Checked
    checked_by: str


def induct(
    site: Site, people: Sequence[Person], session: Session, *, by: Author, now: datetime
) -> list[InductionRecord]:
    """Record that people were inducted, and have the gates told.

    Raises:
        ConfigError: every fault in the session and in who is meant; nothing was recorded.
    """
    with transaction.atomic():
        held(site)
        found = standings(site, people, now)
        _refuse(site, session, found, now)
        keys = [bytes(one.card.key) for one in found if one.card is not None]
        keys += [bytes(one.good.one.person) for one in found if one.good is not None]
        change_inducted(site, add=keys, of=told(site, session, now), now=now)
        version = held(site).version
        return [_record(site, one, session, by, now, version) for one in found]


def told(site: Site, what: Session | InductionRecord, at: datetime) -> Inducting:
    """Return what gates are told of an induction that was held at `at`."""
    zone = ZoneInfo(site.time_zone)
    return Inducting(
        edition=what.edition,
        on=at.astimezone(zone).date(),
        ends_at=end_of(what.last_day, zone),
    )


def last_session(site: Site) -> InductionRecord | None:
    """Return the record that was written last: the next induction is mostly like it."""
    return InductionRecord.objects.filter(site=site).order_by("-pk").first()


def _record(
    site: Site, one: Standing, session: Session, by: Author, now: datetime, version: int
) -> InductionRecord:
    assert one.card is not None  # noqa: S101 - _refuse has looked
    return InductionRecord.objects.create(
        site=site,
        at=now,
        by=by.user,
        by_name=by.name,
        version=version,
        person=one.person,
        edition=session.edition,
        last_day=session.last_day,
        checked=session.checked,
        checked_by=session.checked_by,
        scheme=one.card.scheme,
        card_last_day=one.card.last_day,
    )


def _refuse(site: Site, session: Session, found: list[Standing], now: datetime) -> None:
    today = now.astimezone(ZoneInfo(site.time_zone)).date()
    faults = []
    if not found:
        faults.append("people: nobody is chosen; next: tick who was there")
    if not 1 <= session.edition <= MAX_EDITION:
        faults.append(f"edition: {session.edition}; allowed: 1 to {MAX_EDITION}")
    if not today <= session.last_day <= today + MAX_LASTS:
        faults.append(f"last_day: {session.last_day}; allowed: from today to {today + MAX_LASTS}")
    if CHECKER.read(session.checked_by) is None:
        faults.append(f"checked_by: {session.checked_by[:40]!r}; allowed: {CHECKER.allowed}")
    faults += [f"people: {words}" for one in found if (words := _objection(one))]
    if faults:
        raise ConfigError("induction", faults)


def _objection(one: Standing) -> str:
    name = one.person.name
    if one.person.is_visitor:
        return f"{name} is a visitor, who is escorted and not inducted"
    if one.card is None:
        return f"{name} has no scheme card; next: write it on the person's page"
    if not one.has_card:
        step = "next: write the renewed card on the person's page"
        return f"{name}'s card ended on {one.card.last_day}; {step}"
    return f"{name} is blocked; next: unblock first" if one.blocks else ""
