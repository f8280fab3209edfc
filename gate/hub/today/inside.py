"""Who is on site now, by company, and how far that can be relied upon.

It is by everybody's last passage anywhere, as gate.hub.manifest.whereabouts has it. A gate whose
record is not here whole makes it wrong either way, and then nothing is called live.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.apps import apps
from django.db import connection

from gate.access.exits import Exits, hours
from gate.access.model import Direction
from gate.access.roll_call import RollCall
from gate.events.codec import to_ms
from gate.hub.gates.state import beat_of
from gate.hub.log.day import Day
from gate.hub.manifest.bulk import look
from gate.hub.manifest.looks import BulkLooks
from gate.hub.manifest.presence import LOOK_BACK, gate_heard
from gate.hub.manifest.still_inside import seen_inside
from gate.hub.sites.models import Site, Unit
from gate.trust.gates_heard import GateHeard

NO_COMPANY: Final = "Company not known"
_NOBODY: Final = (0, "")

_WHO: Final = f"""
    SELECT seen.person, person.id, company.name
    FROM manifest_whereabouts seen
    LEFT JOIN people_personcard card ON card.site_id = seen.site_id AND card.key = seen.person
    LEFT JOIN passes_pass pass ON pass.site_id = seen.site_id AND pass.person = seen.person
    LEFT JOIN passes_pass above ON above.site_id = seen.site_id AND above.beneath = seen.person
    LEFT JOIN people_personpass held ON held.one_id = COALESCE(pass.id, above.id)
    JOIN people_person person ON person.id = COALESCE(held.person_id, card.person_id)
    LEFT JOIN people_company company ON company.id = person.company_id
    WHERE seen.site_id = %s AND seen.direction = '{Direction.IN}' AND seen.at_ms >= %s
"""  # noqa: S608 - constants only


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """Who is on site: by person (in hexadecimal) when they last passed, and by company.

    `known` are those whom the site's register knows: number and company, empty if they have none.
    Where `exits` are free they came in, and may have left. `uncounted` entries have arrived that
    were not looked at yet, because gates send many.
    """

    at: datetime
    exits: Exits
    passed_ms: dict[str, int] = field(repr=False)
    companies: tuple[tuple[str, int], ...]
    known: dict[str, tuple[int, str]] = field(repr=False)
    uncounted: int = 0

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


def inside_now(site: Site, now: datetime, exits: Exits) -> Inside:
    """Return who is on site, as far as the gates have told."""
    looks: BulkLooks = apps.get_app_config("today").looks  # type: ignore[attr-defined]  # see apps.py
    uncounted = look(site, now, looks)
    passed_ms = {key.hex(): at_ms for key, at_ms in seen_inside(site, now, exits).items()}
    found = _who(site, now)
    known = {key.hex(): who for key, who in found if key.hex() in passed_ms}
    return Inside(
        at=now,
        exits=exits,
        passed_ms=passed_ms,
        companies=_by_company(known.get(key, _NOBODY)[1] for key in passed_ms),
        known=known,
        uncounted=uncounted,
    )


def unheard(units: Iterable[Unit], now: datetime, day: Day) -> list[str]:
    """Return the gates whose record is not whole here, each with since when."""
    known = tuple(gate_heard(unit, beat_of(unit), now) for unit in units)
    return unheard_of(RollCall(at=now, known=known).unheard, day)


def unheard_of(late: Iterable[GateHeard], day: Day) -> list[str]:
    """Return these gates in words."""
    return [
        f"{gate.name} unheard since {day.minute_words(to_ms(gate.whole_at))}"
        if gate.was_heard
        else f"{gate.name} never heard"
        for gate in late
    ]


def _who(site: Site, now: datetime) -> Iterator[tuple[bytes, tuple[int, str]]]:
    """Yield whom the site knows of those who passed: key, number and company, if they have one.

    A person is known by a scheme card, by a pass, or by the card that a pass stands on
    (gate.hub.people.register.of_keys).
    """
    with connection.cursor() as cursor:
        cursor.execute(_WHO, (site.pk, to_ms(now - LOOK_BACK)))
        for key, number, company in cursor.fetchall():
            yield bytes(key), (number, company or "")


def _by_company(companies: Iterable[str]) -> tuple[tuple[str, int], ...]:
    counts = Counter(companies)
    unknown = counts.pop("", 0)
    found = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return (*found, (NO_COMPANY, unknown)) if unknown else tuple(found)
