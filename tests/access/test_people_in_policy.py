"""People and rules as a site's manager writes them: records, faults that only show together."""

from datetime import date
from typing import Final

import pytest

from gate.access.person_tables import OtherPerson
from gate.access.persons import Inducted, PersonRecord, Role, SignedRams
from gate.access.policy import parse_policy, records_of, rules_of, unknown_codes
from gate.access.site_rules import SitePersons
from gate.errors import ConfigError
from gate.trust.person import person_key
from tests.access.rule_table import BASE, SITE_KEY, catalogue

ANNA: Final = person_key(SITE_KEY, "ecs.example", "1")
BEN: Final = person_key(SITE_KEY, "ecs.example", "2")
TWO: Final = """
[[person]]
issuer = "ecs.example"
card = "1"
inducted_on = 2026-11-02
induction_version = 3
work = "electrical"
rams_until = 2026-11-27
rams_work = "electrical"
opted_out = true
roles = ["first-aider", "site-supervisor"]
qualified = ["electrical", 21]
[[person]]
issuer = "ecs.example"
card = "2"
under_18 = true
supervisor = "ecs.example 1"
visitor = true
host = "ecs.example 1"
"""


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("ecs.example 12", ("ecs.example", "12")),
        ("ecs.exa\u0007mple 12", None),
        ("ecs.example 1\u00072", None),
        ("ecs.example", None),
    ],
)
def test_another_person_is_named_by_a_card_that_can_be_printed(
    written: str, read: tuple[str, str] | None
) -> None:
    assert OtherPerson().read(written) == read


def test_a_person_is_known_by_a_card_of_theirs() -> None:
    records = records_of(parse_policy(BASE + TWO, "policy"), SITE_KEY)
    assert records == {
        ANNA: PersonRecord(
            inducted=Inducted(on=date(2026, 11, 2), version=3),
            work="electrical",
            rams=SignedRams(last_day=date(2026, 11, 27), work="electrical"),
            opted_out=True,
            roles=frozenset({Role.FIRST_AIDER, Role.SITE_SUPERVISOR}),
            qualified=frozenset({"electrical", 21}),
        ),
        BEN: PersonRecord(under_18=True, supervisor=ANNA, visitor=True, host=ANNA),
    }


def test_of_somebody_whom_both_tell_of_the_hub_s_word_counts() -> None:
    told = SitePersons(records={ANNA: PersonRecord(work="roofing")})
    records = records_of(parse_policy(BASE + TWO, "policy"), SITE_KEY, told)
    assert records[ANNA] == PersonRecord(work="roofing")
    assert records[BEN].under_18


def person(*lines: str) -> str:
    return "\n".join(["[[person]]", 'issuer = "ecs.example"', 'card = "1"', *lines, ""])


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            person("induction_version = 3"),
            "person[1].induction_version = 3; allowed: only beside inducted_on",
        ),
        (
            person('rams_work = "roofing"'),
            'person[1].rams_work = "roofing"; allowed: only beside rams_until',
        ),
        (
            person('host = "ecs.example 2"'),
            'person[1].host = "ecs.example 2"; allowed: only beside visitor = true',
        ),
        (
            person("under_18 = false", 'supervisor = "ecs.example 2"'),
            'person[1].supervisor = "ecs.example 2"; allowed: only beside under_18 = true',
        ),
        (
            person('inducted_on = "2026-11-02"'),
            (
                'person[1].inducted_on = "2026-11-02"; '
                "allowed: a date without quotes, such as 2026-11-23"
            ),
        ),
        (
            person("inducted_on = 2026-11-02T08:00:00Z"),
            (
                "person[1].inducted_on = 2026-11-02 08:00:00+00:00; "
                "allowed: a date without quotes, such as 2026-11-23"
            ),
        ),
        (
            person("visitor = true", 'host = "ecs.example"'),
            (
                'person[1].host = "ecs.example"; allowed: a card: its issuer, a space, its number, '
                'such as "ecs.example 12345678"'
            ),
        ),
        (person() + person(), 'person[2].card = "1"; allowed: each person once'),
        (
            person('work = "roofing"') + '[[work]]\nname = "electrical"\noccupations = [12]\n',
            'person[1].work = "roofing"; allowed: the name of a [[work]]',
        ),
        (
            person("rams_until = 2026-11-27", 'rams_work = "roofing"')
            + '[[work]]\nname = "electrical"\noccupations = [12]\n',
            'person[1].rams_work = "roofing"; allowed: the name of a [[work]]',
        ),
        (
            "[[occupancy]]\nmost = 10\n[[occupancy]]\nmost = 20\n",
            'occupancy[2].area = ""; allowed: each area once',
        ),
        (
            "[induction]\nversion = 3\n",
            'induction.version = 3; allowed: only with mode = "refer" or "note"',
        ),
        (
            "[induction]\nvalid_days = 3\n",
            'induction.valid_days = 3; allowed: only with mode = "refer" or "note"',
        ),
        (
            '[young]\nnight = "21:00-05:00"\n',
            'young.night = "21:00-05:00"; allowed: "22:00-06:00" or "23:00-07:00"',
        ),
    ],
)
def test_what_does_not_fit_together_is_named(text: str, fault: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_policy(BASE + text, "policy")
    assert caught.value.faults == (fault,)


def test_what_fits_together_is_no_fault() -> None:
    good = person("inducted_on = 2026-11-02", 'work = "electrical"')
    works = '[[work]]\nname = "electrical"\noccupations = [12]\n'
    late = '[young]\nnight = "23:00-07:00"\n[induction]\nmode = "note"\nversion = 3\n'
    rooms = '[[occupancy]]\nmost = 10\n[[occupancy]]\narea = "roof"\nmost = 20\n'
    assert parse_policy(BASE + good + works + late + rooms, "policy").person[0].card == "1"


def test_barred_types_that_the_catalogue_does_not_know_are_named() -> None:
    text = '[[barred]]\narea = "roof"\nscheme = "ecs-jib"\ntypes = ["pqb"]\n'
    assert unknown_codes(parse_policy(BASE + text, "policy"), catalogue()) == (
        'barred[1].types = "pqb"; not a card type of ecs-jib in the catalogue',
    )


def names(text: str) -> list[str]:
    return [rule.name for rule in rules_of(parse_policy(BASE + text, "policy"), SITE_KEY)]


ALWAYS: Final = [
    "accepted cards",
    "site pass",
    "withdrawn card types",
    "area",
    "blocked persons",
    "expiring soon",
    "list freshness",
]


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("", ["anti-passback"]),
        ('[passback]\nmode = "off"', []),
        ('[induction]\nmode = "note"', ["induction", "anti-passback"]),
        (
            '[induction]\nmode = "note"\nvalid_days = 9',
            ["induction", "induction period", "anti-passback"],
        ),
        ("[search]\npercent = 1", ["random search", "anti-passback"]),
        ("[search]\npercent = 0", ["anti-passback"]),
        ('[young]\nmode = "note"', ["under 18"] * 4 + ["anti-passback"]),
        ('[rest]\nmode = "note"', ["rest between shifts", "anti-passback"]),
    ],
)
def test_only_the_rules_that_are_asked_for_are_made(text: str, made: list[str]) -> None:
    assert names(text) == ALWAYS + made
