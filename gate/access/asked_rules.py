"""The rules that a policy asks for by a table of its own; what isn't asked isn't made. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from types import MappingProxyType

from gate.access.catalogue import Catalogue
from gate.access.competence import (
    AreaEndorsement,
    BarredTypes,
    CardLimits,
    DeclaredWork,
    HealthSafety,
    Supervised,
)
from gate.access.decide import Rule
from gate.access.inductions import Induction, InductionPeriod, RamsSigned
from gate.access.persons import PersonRecord, Role
from gate.access.rule_tables import HardMode, Mode, Unknown
from gate.access.site_policy import InductionMode, SitePolicy
from gate.access.site_rules import SitePersons
from gate.access.site_state import FirstAiders, Occupancy, SupervisorOnSite
from gate.access.spellings import accepted_of
from gate.access.visits import Escort, RandomSearch
from gate.access.working_time import (
    REST,
    YOUNG_REST,
    NamedSupervisor,
    Nights,
    Rest,
    WorkingWeek,
    Young,
    YoungHours,
)
from gate.card.model import Code
from gate.errors import Outcome

Records = Mapping[bytes, PersonRecord]


def card_rules(policy: SitePolicy, catalogue: Catalogue, records: Records) -> Iterator[Rule]:
    """Yield rules 6 to 9 and 11, as far as they are asked."""
    unknown = _outcome(policy.people.unknown)
    if policy.work:
        works = _gathered((one.name, one.occupations) for one in policy.work)
        yield DeclaredWork(works=works, unknown=unknown)
    if policy.endorsement:
        yield AreaEndorsement(areas=_gathered((one.area, one.any_of) for one in policy.endorsement))
    if policy.barred:
        areas = {
            area: accepted_of([one for one in policy.barred if one.area == area], catalogue)
            for area in {one.area for one in policy.barred}
        }
        yield BarredTypes(areas=MappingProxyType(areas))
    if policy.limit:
        yield CardLimits(areas=_gathered((one.area, one.limits) for one in policy.limit))
    if policy.supervision.mode is not Mode.OFF:
        yield Supervised(
            supervised=catalogue.supervised(),
            limits=frozenset(policy.supervision.limits),
            qualified=_qualified(records),
            least=policy.supervision.qualified,
            outcome=_outcome(policy.supervision.mode),
            unknown=unknown,
        )
    if policy.health_safety.mode is not HardMode.OFF:
        yield HealthSafety(
            zone=policy.time_zone,
            grace=timedelta(days=policy.health_safety.grace_days),
            outcome=_outcome(policy.health_safety.mode),
            unknown=unknown,
        )


def induction_rules(policy: SitePolicy, persons: SitePersons, records: Records) -> Iterator[Rule]:
    """Yield rules 12 and 13, as far as they are asked; `persons` is what the hub tells."""
    unknown = _outcome(policy.people.unknown)
    asked = policy.induction
    if asked.mode is not InductionMode.OFF:
        known = persons.inducted.union(one for one, record in records.items() if record.inducted)
        yield Induction(site=policy.site, persons=known, outcome=_outcome(asked.mode))
        if policy.asks_inductions:
            yield InductionPeriod(
                site=policy.site,
                zone=policy.time_zone,
                version=asked.version,
                lasts=timedelta(days=asked.valid_days) if asked.valid_days else None,
                outcome=_outcome(asked.mode),
                unknown=unknown,
                told=persons.inductions,
            )
    if policy.rams.mode is not Mode.OFF:
        yield RamsSigned(zone=policy.time_zone, outcome=_outcome(policy.rams.mode), unknown=unknown)


def time_rules(policy: SitePolicy) -> Iterator[Rule]:
    """Yield rules 10 and 17, as far as they are asked."""
    unknown, zone = _outcome(policy.people.unknown), policy.time_zone
    ends_shift = timedelta(hours=policy.rest.ends_shift_h)
    if policy.young.mode is not Mode.OFF:
        mode = _outcome(policy.young.mode)
        asked: tuple[Rule, ...] = (
            Nights(zone=zone, night=policy.young.night, outcome=mode, unknown=unknown),
            YoungHours(zone=zone, outcome=mode, unknown=unknown),
            NamedSupervisor(outcome=mode),
        )
        if policy.exits.are_seen:
            asked += (Rest(least=YOUNG_REST, ends_shift=ends_shift, outcome=mode, unknown=unknown),)
        for rule in asked:
            yield Young(rule=rule, unknown=unknown)
    if policy.rest.mode is not Mode.OFF:
        mode = _outcome(policy.rest.mode)
        yield Rest(least=REST, ends_shift=ends_shift, outcome=mode, unknown=unknown)
    if policy.working_week.mode is not Mode.OFF:
        mode = _outcome(policy.working_week.mode)
        yield WorkingWeek(zone=zone, outcome=mode, unknown=unknown)


def site_rules(policy: SitePolicy, site_key: bytes, records: Records) -> Iterator[Rule]:
    """Yield rules 14 to 16, 19 and 20, as far as they are asked."""
    if policy.site_supervisor.mode is not Mode.OFF:
        yield SupervisorOnSite(
            supervisors=_with(records, Role.SITE_SUPERVISOR),
            outcome=_outcome(policy.site_supervisor.mode),
        )
    if policy.first_aid.mode is not Mode.OFF:
        first_aiders = _with(records, Role.FIRST_AIDER)
        emergency = first_aiders | _with(records, Role.EMERGENCY_FIRST_AIDER)
        yield FirstAiders(
            first_aiders=first_aiders,
            emergency=emergency,
            appointed=emergency | _with(records, Role.APPOINTED_PERSON),
            outcome=policy.exits.at_most(_outcome(policy.first_aid.mode)),
        )
    if policy.occupancy:
        yield Occupancy(
            most=MappingProxyType({one.area: one.most for one in policy.occupancy}),
            outcome=policy.exits.at_most(Outcome.REFUSE),
        )
    if policy.search.percent:
        yield RandomSearch(
            site_key=site_key,
            percent=policy.search.percent,
            outcome=_outcome(policy.search.mode),
        )
    if policy.visitors.mode is not Mode.OFF:
        yield Escort(
            outcome=_outcome(policy.visitors.mode), unknown=_outcome(policy.people.unknown)
        )


def _outcome(mode: Mode | HardMode | Unknown | InductionMode) -> Outcome:
    return Outcome(mode.value)


def _gathered(rows: Iterable[tuple[str, tuple[Code, ...]]]) -> Mapping[str, frozenset[Code]]:
    gathered: dict[str, frozenset[Code]] = {}
    for name, codes in rows:
        gathered[name] = gathered.get(name, frozenset()).union(codes)
    return MappingProxyType(gathered)


def _with(records: Records, role: Role) -> frozenset[bytes]:
    return frozenset(person for person, record in records.items() if role in record.roles)


def _qualified(records: Records) -> Mapping[Code, frozenset[bytes]]:
    gathered: dict[Code, set[bytes]] = {}
    for person, record in records.items():
        for code in record.qualified:
            gathered.setdefault(code, set()).add(person)
    return MappingProxyType({code: frozenset(persons) for code, persons in gathered.items()})
