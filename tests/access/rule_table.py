"""The words of the rule table: what a row is made of, and the people, cards and crowds in it.

A row says in a sentence what is given, when and where; the table's policy is the rule that it is
decided by. docs/reference/rules.md is made of the same rows (scripts/reference).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

from gate.access.catalogue import Catalogue, parse_catalogue
from gate.access.decide import decide
from gate.access.model import AccessPoint, AccessRequest, Direction
from gate.access.persons import PersonRecord
from gate.access.policy import parse_policy, rules_of
from gate.access.presence import How, Passage, Presence, SiteWide, fold_passages
from gate.access.site_rules import SitePersons
from gate.card.model import Card, Competence, StatusRef
from gate.trust.site_presence import LastPassage

BASE: Final = """\
version = 1
site = "riverside"
time_zone = "Europe/London"
[[accept]]
scheme = "ecs-jib"
types = "any"
[[accept]]
scheme = "site:riverside"
types = "any"
"""
QUIET: Final = '[passback]\nmode = "off"\n'
"""Stands where a table isn't about passback."""

NOW: Final = datetime(2026, 11, 23, 7, tzinfo=UTC)
"""A Monday, 07:00 in London too."""

ANNA, BEN, CARA = b"A" * 16, b"B" * 16, b"C" * 16
SITE_KEY: Final = bytes(range(32))
SECOND, MINUTE, HOUR, DAY = (
    timedelta(seconds=1),
    timedelta(minutes=1),
    timedelta(hours=1),
    timedelta(days=1),
)
PERSON: Final = PersonRecord()
"""Somebody the site knows of, and knows nothing of."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One sentence: what is given, the answer, and the same for the machine."""

    given: str
    at: str
    answer: str
    request: AccessRequest
    presence: Presence = field(default_factory=Presence)


@dataclass(frozen=True, kw_only=True)
class RuleTable:
    """One rule as a site asks for it: its number in the list of twenty, and its rows."""

    number: int
    asks: str
    policy: str
    rows: tuple[Row, ...]
    records: Mapping[bytes, PersonRecord] = field(default_factory=dict)
    persons: SitePersons = field(default_factory=SitePersons)

    def answer(self, row: Row) -> str:
        """Return what the gate answers to a row."""
        quiet = "" if "[passback]" in self.policy else QUIET
        policy = parse_policy(f"{BASE}{self.policy}\n{quiet}", "policy")
        persons = replace(self.persons, records=self.records)
        rules = rules_of(policy, SITE_KEY, catalogue(), persons)
        presence = policy.exits.about(row.presence, row.request.at)
        decision = decide(row.request, rules, presence)
        return f"{decision.outcome} {decision.reason or ''}".rstrip()


@cache
def catalogue() -> Catalogue:
    """Return the shipped schemes catalogue."""
    path = Path(__file__).parents[2] / "config" / "schemes.toml"
    return parse_catalogue(path.read_text("utf-8"), path.name)


def card(**competence: Any) -> Card:  # noqa: ANN401 - fields of Competence, by name
    """Return an electrician's card with 400 days to go."""
    proven: dict[str, Any] = {"scheme": "ecs-jib", "card_type": "installation-electrician"}
    return Card(
        issuer="ecs.example",
        number="10000001",
        holder_id="h-1",
        name="Anna Smith",
        not_before=NOW - 100 * DAY,
        issued_at=NOW - 100 * DAY,
        expires_at=NOW + 400 * DAY,
        competence=Competence(**(proven | competence)),
        status=StatusRef(uri="https://ecs.example/lists/1", index=7),
    )


CARD: Final = card()
PASS: Final = card(scheme="site:riverside", card_type="worker")


def entry(**changed: Any) -> AccessRequest:  # noqa: ANN401 - fields of AccessRequest, by name
    """Return Anna's request to come in with a good card; `area` changes where."""
    point = AccessPoint(
        name="Gate A", direction=Direction.IN, area=str(changed.pop("area", "site"))
    )
    request = AccessRequest(
        access_point=point, at=NOW, card=CARD, person=ANNA, list_age_s=3600, manifest_age_s=60
    )
    return replace(request, **changed)


def way_out(**changed: Any) -> AccessRequest:  # noqa: ANN401 - as entry
    """Return Anna's request to go out."""
    request = entry(**changed)
    return replace(request, access_point=replace(request.access_point, direction=Direction.OUT))


def passed(person: bytes, direction: Direction, ago: timedelta, area: str = "site") -> Passage:
    """Return a passage that was `ago`."""
    return Passage(
        person=person, direction=direction, at=NOW - ago, access_point="Gate A", area=area
    )


def inside(*persons: bytes, ago: timedelta = HOUR, area: str = "site") -> Presence:
    """Return a site with these people in it."""
    return fold_passages([passed(person, Direction.IN, ago, area) for person in persons])


def let_through(person: bytes, ago: timedelta = HOUR) -> Presence:
    """Return a site which somebody was let into; nobody knows whether they turned."""
    return fold_passages([passed(person, Direction.IN, ago)._replace(how=How.NOT_KNOWN)])


def left(person: bytes, ago: timedelta) -> Presence:
    """Return a site which somebody left `ago`."""
    return fold_passages([passed(person, Direction.OUT, ago)])


def crowd(heads: int) -> tuple[bytes, ...]:
    """Return so many people, none of whom has a name here."""
    return tuple(f"{number:016}".encode() for number in range(heads))


def cut_off(presence: Presence, since: timedelta) -> Presence:
    """Return a presence whose gate last heard of the others so long ago."""
    return presence.with_site(SiteWide(as_of=NOW - since))


def elsewhere(*persons: bytes, area: str, ago: timedelta = HOUR) -> Presence:
    """Return a site which these people came into by another gate, which was heard just now."""
    rows = [LastPassage(one, "in", NOW - ago, "Gate B", area, "", "") for one in persons]
    site = SiteWide(as_of=NOW, passages={one.person: one for one in rows})
    return Presence().with_site(site)


def row(given: str, at: str, answer: str, request: AccessRequest, presence: Presence) -> Row:
    """Return a row."""
    return Row(given=given, at=at, answer=answer, request=request, presence=presence)
