"""`[[person]]`: what a site's manager writes of a person, and the record it makes. Pure.

For sites of a few people without a hub; a hub tells of everybody (docs/adr/0020). A person is named
by a card of theirs; only the keyed hash is kept.
"""

# ruff: noqa: RUF009 - setting() makes a dataclasses.field

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from gate.access.kinds import CatalogueCode, Choice, Flag, ListOf, Text, Whole, Word
from gate.access.persons import Inducted, PersonRecord, Role, SignedRams
from gate.access.settings import setting
from gate.card.model import Code

MAX_PERSONS: Final = 500
"""A site of that many has a hub; their tables fill half of the rules that a hub may send."""

_OTHER: Final = re.compile(r"(\S+) (\S+)")
_CODES: Final = ListOf(item=CatalogueCode(), most=32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A date as TOML has it."""

    @property
    def allowed(self) -> str:
        """Say what may be written."""
        return "a date without quotes, such as 2026-11-23"

    def read(self, value: object) -> date | None:
        """Return the value if it fits."""
        return value if isinstance(value, date) and not isinstance(value, datetime) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherPerson:
    """Somebody else, by a card of theirs."""

    @property
    def allowed(self) -> str:
        """Say what may be written."""
        return 'a card: its issuer, a space, its number, such as "ecs.example 12345678"'

    def read(self, value: object) -> tuple[str, str] | None:
        """Return issuer and number if the value fits."""
        match = _OTHER.fullmatch(value) if isinstance(value, str) else None
        return None if match is None or not match[0].isprintable() else (match[1], match[2])


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonTable:
    """One person; what is left out isn't known."""

    issuer: str = setting(Text(), "who issued the card, as the trust directory spells it")
    card: str = setting(Text(max_chars=32), "the card's number")
    inducted_on: date | None = setting(Day(), "the day of the site's induction", default=None)
    induction_version: int | None = setting(
        Whole(low=1, high=1_000), "which version of it", default=None
    )
    work: str | None = setting(Word(), "what they are to do here", default=None)
    rams_until: date | None = setting(
        Day(), "the last day of the method statement they signed", default=None
    )
    rams_work: str | None = setting(Word(), "the work it is for; any if left out", default=None)
    under_18: bool | None = setting(Flag(), "whether they are under 18", default=None)
    supervisor: tuple[str, str] | None = setting(
        OtherPerson(), "who looks after somebody under 18", default=None
    )
    opted_out: bool | None = setting(Flag(), "of the 48-hour week", default=None)
    visitor: bool | None = setting(Flag(), "comes with a host", default=None)
    host: tuple[str, str] | None = setting(OtherPerson(), "who escorts a visitor", default=None)
    roles: tuple[Role, ...] = setting(
        ListOf(item=Choice(options=Role), most=len(Role)), "what they are to others", default=()
    )
    qualified: tuple[Code, ...] = setting(
        _CODES, "disciplines and occupations in which they may supervise", default=()
    )


def check_person(values: Mapping[str, object]) -> Iterable[tuple[str, str]]:
    """Name what is told without what it belongs to."""
    if values.get("induction_version") is not None and values.get("inducted_on") is None:
        yield "induction_version", "only beside inducted_on"
    if values.get("rams_work") is not None and values.get("rams_until") is None:
        yield "rams_work", "only beside rams_until"
    if values.get("host") is not None and values.get("visitor") is not True:
        yield "host", "only beside visitor = true"
    if values.get("supervisor") is not None and values.get("under_18") is not True:
        yield "supervisor", "only beside under_18 = true"


def record_of(table: PersonTable, person: Callable[[str, str], bytes]) -> PersonRecord:
    """Return what a table tells; `person` makes a keyed hash of issuer and number."""
    inducted = rams = None
    if table.inducted_on is not None:
        inducted = Inducted(on=table.inducted_on, version=table.induction_version)
    if table.rams_until is not None:
        rams = SignedRams(last_day=table.rams_until, work=table.rams_work)
    return PersonRecord(
        inducted=inducted,
        work=table.work,
        rams=rams,
        under_18=table.under_18,
        supervisor=None if table.supervisor is None else person(*table.supervisor),
        opted_out=table.opted_out,
        visitor=table.visitor,
        host=None if table.host is None else person(*table.host),
        roles=frozenset(table.roles),
        qualified=frozenset(table.qualified),
    )
