"""The last checks of a site's cards, as its page lists them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from gate.events.codec import to_ms
from gate.events.plain_words import headline
from gate.hub.check.models import CardCheck
from gate.hub.log.day import Day, day_of
from gate.hub.people.models import Person
from gate.hub.people.register import of_keys
from gate.hub.sites.models import Site

LAST: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One check in words; `is_stricter` if the phone called a card good and the hub does not."""

    time: str
    by: str
    who: str
    said: str
    is_good: bool
    is_stricter: bool


def last_checks(site: Site, now: datetime) -> list[Checked]:
    """Return the last checks, the latest first."""
    day = day_of(now, ZoneInfo(site.time_zone))
    found = list(CardCheck.objects.filter(site=site).order_by("-id")[:LAST])
    numbers = of_keys(site, [bytes(one.person) for one in found if one.person is not None])
    names = dict(Person.objects.filter(pk__in=numbers.values()).values_list("pk", "name"))
    return [_told(one, numbers, names, day) for one in found]


def _told(one: CardCheck, numbers: dict[bytes, int], names: dict[int, str], day: Day) -> Checked:
    who = "A card that no issuer signed"
    if one.person is not None:
        number = numbers.get(bytes(one.person))
        who = "Somebody not in this site's list" if number is None else names[number]
    return Checked(
        time=day.moment_words(to_ms(one.at)),
        by=one.by_name or "somebody, erased",
        who=who or "Person erased",
        said=", ".join(map(headline, one.said.split())) or "Good card",
        is_good=not one.said,
        is_stricter=one.told == "" and one.said != "",
    )
