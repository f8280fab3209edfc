"""From a policy file to rules: read it whole, then make the rules that `decide` takes. Pure.

`parse_policy` names every fault at once. A policy that exists accepts at least one kind of card,
so its rules are never empty.
"""

from collections.abc import Iterable
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from gate.access.catalogue import NO_CATALOGUE, Catalogue
from gate.access.decide import Rule
from gate.access.hours import OpeningHours
from gate.access.rules import (
    ANY,
    SITE_SCHEME,
    Accepted,
    AcceptedCards,
    AntiPassback,
    AreaCards,
    BlockedPersons,
    ExpiringSoon,
    ListFreshness,
    SitePass,
    WithdrawnTypes,
)
from gate.access.site_policy import (
    AcceptedScheme,
    AreaScheme,
    InductionMode,
    PassbackMode,
    SitePolicy,
)
from gate.access.site_rules import Induction, SitePersons
from gate.access.tables import read_toml
from gate.card.model import Code
from gate.errors import Outcome
from gate.trust.person import person_key

NOBODY: Final = SitePersons()


def parse_policy(text: str, source: str) -> SitePolicy:
    """Return the policy that `text` spells; `source` is the name people know it by.

    Raises:
        ConfigError: with every fault: key, value, what is allowed.
    """
    return read_toml(SitePolicy, text, source)


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
        persons: whom the site's hub named, beside those the policy blocks.
    """
    areas = {
        area.name: _accepted([one for one in policy.area if one.name == area.name], catalogue)
        for area in policy.area
    }
    rules: list[Rule] = [
        AcceptedCards(accepted=_accepted(policy.accept, catalogue)),
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
    if policy.induction.mode is not InductionMode.OFF:
        outcome = Outcome(policy.induction.mode.value)
        rules.append(Induction(site=policy.site, persons=persons.inducted, outcome=outcome))
    if policy.passback.mode is not PassbackMode.OFF:
        rules.append(AntiPassback(outcome=Outcome(policy.passback.mode.value)))
    return tuple(rules)


def unknown_codes(policy: SitePolicy, catalogue: Catalogue) -> tuple[str, ...]:
    """Name every scheme and card type of a policy that the catalogue doesn't know.

    A misspelt type accepts nobody, which is safe and baffling; this finds it at the desk.
    """
    faults: list[str] = []
    numbered: list[tuple[str, AcceptedScheme | AreaScheme]] = [
        *((f"accept[{place}]", row) for place, row in enumerate(policy.accept, start=1)),
        *((f"area[{place}]", row) for place, row in enumerate(policy.area, start=1)),
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


def _accepted(rows: Iterable[AcceptedScheme | AreaScheme], catalogue: Catalogue) -> Accepted:
    accepted: dict[Code, frozenset[Code]] = {}
    for row in rows:
        types = frozenset(
            spelling
            for code in row.types
            for spelling in catalogue.type_spellings(row.scheme, code)
        )
        for scheme in catalogue.scheme_spellings(row.scheme):
            accepted[scheme] = accepted.get(scheme, frozenset()) | types
    return MappingProxyType(accepted)
