"""What holds for any rules, any request and any state of a site."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from gate.access.decide import Rule, decide
from gate.access.model import AccessRequest, Override, OverrideKind
from gate.access.persons import Inducted, PersonRecord, Role, SignedRams, WorkedTime
from gate.access.policy import parse_policy, rules_of
from gate.access.presence import Presence
from gate.access.site_rules import Lockdown, SitePersons
from gate.access.visits import is_drawn, search_key
from gate.errors import Outcome, Reason
from tests.access.rule_table import (
    ANNA,
    BASE,
    BEN,
    CARD,
    DAY,
    NOW,
    PASS,
    SITE_KEY,
    card,
    catalogue,
    crowd,
    cut_off,
    entry,
    inside,
    left,
    way_out,
)

EVERY_RULE = (
    BASE
    + """
[hours]
mon = "06:30-18:00"
[passback]
mode = "refuse"
[induction]
mode = "refer"
version = 3
valid_days = 365
[[work]]
name = "electrical"
occupations = ["electrician"]
[[endorsement]]
area = "switchroom"
any_of = ["high-voltage"]
[[barred]]
area = "switchroom"
scheme = "ecs-jib"
types = ["pqp"]
[[limit]]
area = "switchroom"
limits = ["provisional"]
[[occupancy]]
most = 2
[supervision]
mode = "refer"
[young]
mode = "refer"
[health_safety]
mode = "refuse"
[rams]
mode = "refer"
[site_supervisor]
mode = "refer"
[first_aid]
mode = "refer"
[rest]
mode = "refer"
[working_week]
mode = "refer"
[search]
percent = 50
mode = "refer"
[visitors]
mode = "refer"
"""
)
RECORDS = {BEN: PersonRecord(roles=frozenset(Role), qualified=frozenset({"electrician"}))}
RULES: tuple[Rule, ...] = (
    *rules_of(
        parse_policy(EVERY_RULE, "policy"), SITE_KEY, catalogue(), SitePersons(records=RECORDS)
    ),
    Lockdown(),
)

CARD_RULES = {
    *("accepted cards", "site pass", "withdrawn card types", "area", "blocked persons"),
    *("expiring soon", "list freshness", "area endorsement", "barred from the area"),
    "card limits",
}
"""What a card is, is kept in the record of an exit too."""

ENTRY_RULES = [rule for rule in RULES if rule.name not in CARD_RULES]

days = st.integers(-400, 400).map(lambda number: (NOW + number * DAY).date())
minutes = st.integers(0, 5_000)
records = st.none() | st.builds(
    PersonRecord,
    inducted=st.none() | st.builds(Inducted, on=days, version=st.none() | st.integers(1, 5)),
    work=st.sampled_from([None, "electrical", "roofing"]),
    rams=st.none() | st.builds(SignedRams, last_day=days),
    under_18=st.sampled_from([None, True, False]),
    supervisor=st.sampled_from([None, BEN]),
    worked=st.none()
    | st.builds(WorkedTime, day=days, day_min=minutes, week_min=minutes, average_week_min=minutes),
    visitor=st.sampled_from([None, True, False]),
    host=st.sampled_from([None, BEN]),
)
cards = st.sampled_from(
    [
        None,
        CARD,
        PASS,
        card(card_type="pqp", occupations=("electrician",)),
        card(card_type="electrical-apprentice", limits=("provisional",)),
        replace(CARD, expires_at=NOW + DAY),
    ]
)
overrides = st.none() | st.builds(
    Override, kind=st.sampled_from(OverrideKind), by=st.just("J. Okafor"), why=st.just("fire")
)
presences = st.sampled_from(
    [
        Presence(),
        inside(ANNA),
        inside(BEN),
        inside(*crowd(3)),
        left(ANNA, timedelta(hours=8)),
        cut_off(inside(ANNA, BEN), timedelta(hours=1)),
    ]
)
changes = st.fixed_dictionaries(
    {
        "area": st.sampled_from(["site", "switchroom"]),
        "at": st.integers(0, 14 * 24 * 60).map(lambda number: NOW + timedelta(minutes=number)),
        "card": cards,
        "person": st.sampled_from([None, ANNA, BEN]),
        "findings": st.lists(st.sampled_from(Reason), max_size=3).map(tuple),
        "list_age_s": st.none() | st.integers(0, 1_000_000),
        "clock_trusted": st.booleans(),
        "record": records,
        "override": overrides,
    }
)
rule_sets = st.lists(st.sampled_from(RULES), unique_by=id).map(tuple)
entries = changes.map(lambda changed: entry(**changed))
STRICTNESS = list(Outcome)


# Nobody is held on the way out, whatever the rules, the request and the site.
@given(changed=changes, rules=rule_sets, presence=presences)
def test_nobody_is_refused_the_way_out(
    changed: dict[str, object], rules: tuple[Rule, ...], presence: Presence
) -> None:
    decision = decide(way_out(**changed), rules, presence)
    assert decision.admits
    assert decision.reason is None


# What only coming in can break says nothing of going out, not even in the record.
@given(changed=changes, presence=presences)
def test_a_rule_about_coming_in_finds_nothing_on_the_way_out(
    changed: dict[str, object], presence: Presence
) -> None:
    found = [rule.judge(way_out(**changed), presence) for rule in ENTRY_RULES]
    assert found == [None] * len(ENTRY_RULES)


@given(request=entries, presence=presences)
def test_a_site_without_rules_admits_nobody_but_an_emergency_crew(
    request: AccessRequest, presence: Presence
) -> None:
    decision = decide(request, (), presence)
    assert decision.outcome is (Outcome.NOTE if request.is_emergency else Outcome.REFUSE)
    assert Reason.NO_RULES in decision.reasons


@given(request=entries, rules=rule_sets, more=st.sampled_from(RULES), presence=presences)
def test_another_rule_never_makes_an_answer_milder(
    request: AccessRequest, rules: tuple[Rule, ...], more: Rule, presence: Presence
) -> None:
    if not rules:  # none refuse: the first rule is what lets anybody in
        return
    request = replace(request, override=None)
    before = decide(request, rules, presence).outcome
    after = decide(request, (*rules, more), presence).outcome
    assert STRICTNESS.index(after) >= STRICTNESS.index(before)


@given(request=entries, rules=rule_sets, presence=presences)
def test_a_guard_changes_nothing_but_a_referral(
    request: AccessRequest, rules: tuple[Rule, ...], presence: Presence
) -> None:
    guard = Override(kind=OverrideKind.GUARD, by="J. Okafor", why="known to me")
    alone = decide(replace(request, override=None), rules, presence)
    by_hand = decide(replace(request, override=guard), rules, presence)
    if alone.outcome is Outcome.REFER:
        assert (by_hand.outcome, by_hand.reason) == (Outcome.NOTE, Reason.OVERRIDE)
        assert by_hand.reasons == (Reason.OVERRIDE, *alone.reasons)
    else:
        assert by_hand == alone


# What a rule asks and nobody told is never a plain admit; what was told well is.
@given(rule=st.sampled_from(RULES), presence=presences)
def test_somebody_of_whom_nothing_is_known_never_fares_better(
    rule: Rule, presence: Presence
) -> None:
    unknown = rule.judge(entry(person=ANNA, record=None), presence)
    told = rule.judge(entry(person=ANNA, record=PersonRecord()), presence)
    if told is not None and told.reason is Reason.NOT_ON_RECORD:
        assert unknown is not None


@given(day=st.integers(0, 3_000), person=st.binary(min_size=16, max_size=16))
def test_who_was_drawn_can_be_shown_with_the_key_of_that_day_alone(day: int, person: bytes) -> None:
    at = NOW + day * DAY
    key = search_key(SITE_KEY, at.date())
    drawn = partial(is_drawn, key, person, at)
    assert not drawn(0)
    assert drawn(100)
    assert [drawn(percent) for percent in range(101)] == sorted(
        drawn(percent) for percent in range(101)
    )
    assert key != search_key(SITE_KEY, (at + DAY).date())


def test_the_lot_is_fair() -> None:
    key = search_key(SITE_KEY, NOW.date())
    drawn = sum(is_drawn(key, person, NOW, 10) for person in crowd(5_000))
    assert 400 < drawn < 600
    again = sum(
        is_drawn(key, person, NOW, 10) and is_drawn(key, person, NOW + timedelta(hours=1), 10)
        for person in crowd(5_000)
    )
    assert 20 < again < 90
