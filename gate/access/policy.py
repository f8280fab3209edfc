"""From a policy file to rules: read it whole, then make the rules that `decide` takes. Pure.

`parse_policy` names every fault at once. A policy that exists accepts at least one kind of card,
so its rules are never empty.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from types import MappingProxyType
from typing import Final, assert_never

from gate.access.asked_rules import card_rules, induction_rules, site_rules, time_rules
from gate.access.catalogue import NO_CATALOGUE, Catalogue
from gate.access.decide import Rule
from gate.access.exits import Exits
from gate.access.hours import OpeningHours
from gate.access.person_tables import record_of
from gate.access.persons import PersonRecord
from gate.access.rule_tables import Mode
from gate.access.rules import (
    ANY,
    SITE_SCHEME,
    AcceptedCards,
    AntiPassback,
    AreaCards,
    BlockedPersons,
    ExpiringSoon,
    ListFreshness,
    SitePass,
    WithdrawnTypes,
)
from gate.access.settings import shown
from gate.access.site_policy import Passback, PassbackMode, SitePolicy
from gate.access.site_rules import SitePersons
from gate.access.spellings import SchemeRow, accepted_of
from gate.access.tables import parse_document, read_document
from gate.errors import ConfigError, Outcome
from gate.trust.person import person_key

NOBODY: Final = SitePersons()

_NEEDED: Final = MappingProxyType(
    {"version": 1, "site": "s", "time_zone": "UTC", "accept": [{"scheme": "s", "types": "any"}]}
)
"""Stands for what every policy must have, where that is what has faults."""


def parse_policy(text: str, source: str) -> SitePolicy:
    """Return the policy that `text` spells; `source` is the name people know it by.

    Raises:
        ConfigError: with every fault: key, value, what is allowed.
    """
    document = parse_document(text, source)
    try:
        policy = read_document(SitePolicy, document, source)
    except ConfigError as error:
        raise ConfigError(source, (*error.faults, *_beside(document, error.faults))) from error
    if faults := tuple(_together(policy)):
        raise ConfigError(source, faults)
    return policy


def rules_of(
    policy: SitePolicy,
    site_key: bytes,
    catalogue: Catalogue = NO_CATALOGUE,
    persons: SitePersons = NOBODY,
) -> tuple[Rule, ...]:
    """Return the rules of a policy.

    Args:
        policy: the site's own choices.
        site_key: turns the blocked cards into persons (gate.trust.person).
        catalogue: tells which number of a card means which code, and which types are withdrawn.
        persons: whom the site's hub named, beside those the policy names.
    """
    records = records_of(policy, site_key, persons)
    areas = {
        area.name: accepted_of([one for one in policy.area if one.name == area.name], catalogue)
        for area in policy.area
    }
    rules: list[Rule] = [
        AcceptedCards(accepted=accepted_of(policy.accept, catalogue)),
        SitePass(site=policy.site),
        WithdrawnTypes(withdrawn=catalogue.withdrawn()),
        AreaCards(areas=MappingProxyType(areas)),
        BlockedPersons(
            persons=persons.blocked.union(
                person_key(site_key, one.issuer, one.card) for one in policy.blocked
            )
        ),
        ExpiringSoon(warn=timedelta(days=policy.expiry.warn_days)),
        ListFreshness(
            amber=timedelta(hours=policy.freshness.amber_h),
            red=timedelta(hours=policy.freshness.red_h),
            when_red=Outcome(policy.freshness.when_red.value),
        ),
    ]
    if policy.hours is not None:
        rules.append(OpeningHours(zone=policy.time_zone, week=policy.hours.week))
    rules.extend(card_rules(policy, catalogue, records))
    rules.extend(induction_rules(policy, persons, records))
    rules.extend(time_rules(policy))
    rules.extend(site_rules(policy, site_key, records))
    rules.extend(_passback(policy.passback, policy.exits))
    return tuple(rules)


def records_of(
    policy: SitePolicy, site_key: bytes, persons: SitePersons = NOBODY
) -> Mapping[bytes, PersonRecord]:
    """Return what is known of each person: by the policy, or by the site's hub, whose word counts.

    Requests are to carry them (`gate.access.model`); the rules know of others by them.
    """

    def person(issuer: str, number: str) -> bytes:
        return person_key(site_key, issuer, number)

    told = {person(one.issuer, one.card): record_of(one, person) for one in policy.person}
    return MappingProxyType(told | dict(persons.records))


def unknown_codes(policy: SitePolicy, catalogue: Catalogue) -> tuple[str, ...]:
    """Name every scheme and card type of a policy that the catalogue doesn't know.

    A misspelt type accepts nobody, which is safe and baffling; this finds it at the desk.
    """
    faults: list[str] = []
    numbered: list[tuple[str, SchemeRow]] = [
        *((f"accept[{place}]", row) for place, row in enumerate(policy.accept, start=1)),
        *((f"area[{place}]", row) for place, row in enumerate(policy.area, start=1)),
        *((f"barred[{place}]", row) for place, row in enumerate(policy.barred, start=1)),
    ]
    for where, row in numbered:
        if isinstance(row.scheme, str) and row.scheme.startswith(SITE_SCHEME):
            continue
        if catalogue.scheme(row.scheme) is None:
            faults.append(f'{where}.scheme = "{row.scheme}"; not in the schemes catalogue')
            continue
        faults.extend(
            f'{where}.types = "{code}"; not a card type of {row.scheme} in the catalogue'
            for code in row.types
            if code != ANY and catalogue.card_type(row.scheme, code) is None
        )
    return tuple(faults)


def exit_warnings(policy: SitePolicy) -> tuple[str, ...]:
    """Say of each rule that rests on seen exits what it comes to where they are free."""
    if policy.exits.are_seen:
        return ()
    warnings = []
    if policy.passback.mode is PassbackMode.REFUSE:
        step = 'next: mode = "timed" refuses for a while, "note" says so'
        warnings.append(
            'passback.mode = "refuse"; with exit.free a second entry is noted, never refused:'
            f" they may have left; {step}"
        )
    if policy.young.mode is not Mode.OFF:
        warnings.append(
            "young: with exit.free the 12 hours of rest aren't judged: nobody sees when they leave"
        )
    if policy.occupancy:
        warnings.append(
            "occupancy: with exit.free a full place is noted, never refused: some may have left"
        )
    if policy.first_aid.mode is Mode.REFER:
        warnings.append(
            'first_aid.mode = "refer"; with exit.free too few are noted, never referred: some of'
            " those who count may have left"
        )
    return tuple(warnings)


def _passback(asked: Passback, exits: Exits) -> Iterator[Rule]:
    match asked.mode:
        case PassbackMode.OFF:
            return
        case PassbackMode.NOTE:
            yield AntiPassback(outcome=Outcome.NOTE)
        case PassbackMode.REFUSE:
            yield AntiPassback(outcome=exits.at_most(Outcome.REFUSE))
        case PassbackMode.TIMED:
            within = timedelta(minutes=asked.timed_min)
            yield AntiPassback(outcome=Outcome.REFUSE, within=within)
        case _ as never:
            assert_never(never)


def _beside(document: Mapping[str, object], faults: Sequence[str]) -> Iterator[str]:
    """Name what tables without a fault of their own make a fault of, beside `faults` of others."""
    faulty = {fault.partition(" ")[0].partition(".")[0].partition("[")[0] for fault in faults}
    sound = {key: value for key, value in document.items() if key not in faulty}
    with suppress(ConfigError):
        yield from _together(read_document(SitePolicy, _NEEDED | sound, ""))


def _together(policy: SitePolicy) -> Iterator[str]:
    """Name what is a fault of several tables together."""
    yield from _strangers(policy)
    yield from _unseen(policy)


def _unseen(policy: SitePolicy) -> Iterator[str]:
    """Name what can't be judged where nobody is seen to leave."""
    if not policy.exits.are_seen and policy.rest.mode is not Mode.OFF:
        yield (
            f"rest.mode = {shown(policy.rest.mode.value)}; allowed with exit.free: "
            '"off", for nobody sees when a shift ends'
        )


def _strangers(policy: SitePolicy) -> Iterator[str]:
    """Name what stands twice, or means a work that isn't there."""
    works = {one.name for one in policy.work}
    seen: set[tuple[str, str]] = set()
    for place, one in enumerate(policy.person, start=1):
        if (one.issuer, one.card) in seen:
            yield f"person[{place}].card = {shown(one.card)}; allowed: each person once"
        seen.add((one.issuer, one.card))
        for key, work in (("work", one.work), ("rams_work", one.rams_work)):
            if works and work is not None and work not in works:
                yield f"person[{place}].{key} = {shown(work)}; allowed: the name of a [[work]]"
    areas: set[str] = set()
    for place, room in enumerate(policy.occupancy, start=1):
        if room.area in areas:
            yield f"occupancy[{place}].area = {shown(room.area)}; allowed: each area once"
        areas.add(room.area)
