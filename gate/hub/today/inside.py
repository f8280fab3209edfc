"""Who is on site now, by company, and how far that can be relied upon.

It is by everybody's last passage anywhere, as gate.hub.manifest.whereabouts has it. A gate whose
record is not here whole makes it wrong either way, and then nothing is called live.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from gate.access.exits import Exits, hours
from gate.access.roll_call import RollCall
from gate.events.codec import to_ms
from gate.hub.log.day import Day
from gate.hub.manifest.presence import gates_heard
from gate.hub.manifest.rules import exits_of
from gate.hub.manifest.still_inside import still_inside
from gate.hub.people.models import Person
from gate.hub.people.register import of_keys
from gate.hub.sites.models import Site
from gate.trust.gates_heard import GateHeard

NO_COMPANY: Final = "Company not known"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """Who is on site: by person (in hexadecimal) when they last passed, and by company.

    `numbers` are of those whom the site's register knows. Where `exits` are free they came in, and
    may have left.
    """

    at: datetime
    exits: Exits
    passed_ms: dict[str, int] = field(repr=False)
    companies: tuple[tuple[str, int], ...]
    numbers: dict[str, int] = field(repr=False)

    @property
    def count(self) -> int:
        """How many."""
        return len(self.passed_ms)

    @property
    def title(self) -> str:
        """What the number is of."""
        return "On site now" if self.exits.are_seen else "Came in, may have left"

    @property
    def stay_words(self) -> str:
        """How long ago who is counted may have come in, where exits are free."""
        return "" if self.exits.stay is None else f"{hours(self.exits.stay)} hours"

    @property
    def nobody(self) -> str:
        """What stands where there is nobody."""
        return "Nobody is on site." if self.exits.are_seen else "Nobody is known to have come in."


def inside_now(site: Site, now: datetime) -> Inside:
    """Return who is on site, as far as the gates have told."""
    passed_ms = {key.hex(): at_ms for key, at_ms in still_inside(site, now).items()}
    keys = [bytes.fromhex(key) for key in passed_ms]
    numbers = {key.hex(): number for key, number in of_keys(site, keys).items()}
    numbers = {key: number for key, number in numbers.items() if key in passed_ms}
    return Inside(
        at=now,
        exits=exits_of(site),
        passed_ms=passed_ms,
        companies=_by_company(site, passed_ms, numbers),
        numbers=numbers,
    )


def unheard(site: Site, now: datetime, day: Day) -> list[str]:
    """Return the gates whose record is not whole here, each with since when."""
    known = tuple(gates_heard(site, now))
    return unheard_of(RollCall(at=now, known=known).unheard, day)


def unheard_of(late: Iterable[GateHeard], day: Day) -> list[str]:
    """Return these gates in words."""
    return [
        f"{gate.name} unheard since {day.minute_words(to_ms(gate.whole_at))}"
        if gate.was_heard
        else f"{gate.name} never heard"
        for gate in late
    ]


def company_names(site: Site, numbers: set[int]) -> dict[int, str]:
    """Return the company of each of these people who has one."""
    people = Person.objects.filter(site=site, pk__in=numbers, company__isnull=False)
    return dict(people.values_list("pk", "company__name"))


def _by_company(
    site: Site, passed_ms: dict[str, int], numbers: dict[str, int]
) -> tuple[tuple[str, int], ...]:
    names = company_names(site, set(numbers.values()))
    counts = Counter(names.get(numbers.get(key, 0), "") for key in passed_ms)
    unknown = counts.pop("", 0)
    found = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return (*found, (NO_COMPANY, unknown)) if unknown else tuple(found)
