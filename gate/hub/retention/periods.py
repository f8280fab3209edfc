"""How long each purpose is kept at a site: what is in force, and setting another number of days.

A longer period counts at once. A shorter one counts a week after it was set: what it would take
can't be brought back, and a week is time to see it and to take the word back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from gate.errors import ConfigError
from gate.hub.manifest.authors import Author
from gate.hub.retention.models import Period
from gate.hub.retention.purposes import BY_NAME, PEOPLE, PURPOSES, RECORD, Purpose
from gate.hub.sites.models import Site

WAITS: Final = timedelta(days=7)
"""A week: whoever manages the site sees its pages in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """For how long a purpose is kept as of a moment.

    Attributes:
        days: in force.
        asked: what was set last; the usual number if nothing was.
        by: what was set last, with its author; None if nothing was.
        begins: when `asked` comes into force; None if it is.
    """

    purpose: Purpose
    days: int
    asked: int
    by: Period | None
    begins: datetime | None


def kept(site: Site, now: datetime) -> Mapping[str, Kept]:
    """Return for how long everything is kept, by the name of its purpose, in the table's order."""
    told: dict[str, list[Period]] = {}
    for one in Period.objects.filter(site=site):
        told.setdefault(one.purpose, []).append(one)
    return {one.name: _kept(one, told.get(one.name, ()), now) for one in PURPOSES}


def set_days(site: Site, name: str, days: int, *, by: Author, now: datetime) -> Period:
    """Keep what serves a purpose for another number of days.

    Raises:
        ConfigError: there is no such purpose, or the number can't be; nothing was changed.
    """
    purpose = BY_NAME.get(name)
    if purpose is None:
        raise ConfigError("retention", [f"purpose: {name[:40]!r}; allowed: {', '.join(BY_NAME)}"])
    with transaction.atomic(durable=True):
        Site.objects.select_for_update().get(pk=site.pk)
        fault = objection(purpose, days, kept(site, now))
        if fault:
            raise ConfigError("retention", [f"days: {fault}"])
        return Period.objects.create(
            site=site, purpose=name, days=days, at=now, by=by.user, by_name=by.name
        )


def objection(purpose: Purpose, days: int, there: Mapping[str, Kept]) -> str:
    """Say why a purpose can't be kept for so many days; nothing if it can."""
    if days < purpose.least:
        return f"{days:,} is too few; allowed: {purpose.least:,} or more, for {purpose.least_why}"
    if days > purpose.most:
        return f"{days:,} is too many; allowed: {purpose.most:,} or fewer"
    if days == there[purpose.name].asked:
        return f"it is {days:,} already"
    record, people = there[RECORD.name].asked, there[PEOPLE.name].asked
    if purpose is RECORD and days > people:
        return f"{days:,} is longer than people are kept, {people:,}; next: keep people as long"
    if purpose is PEOPLE and days < record:
        return f"{days:,} is shorter than the record names them, {record:,}; next: shorten that"
    return ""


def _kept(purpose: Purpose, told: Sequence[Period], now: datetime) -> Kept:
    settled = [one.days for one in told if one.at <= now - WAITS]
    waiting = [one.days for one in told if one.at > now - WAITS]
    days = max([settled[-1] if settled else purpose.days, *waiting])
    last = told[-1] if told else None
    asked = purpose.days if last is None else last.days
    begins = last.at + WAITS if last is not None and asked < days else None
    return Kept(purpose=purpose, days=days, asked=asked, by=last, begins=begins)
