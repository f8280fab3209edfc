"""A site's rules from the file its manager writes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.access.catalogue import parse_catalogue
from gate.access.decide import decide
from gate.access.model import AccessDecision, AccessPoint, AccessRequest, Direction
from gate.access.policy import parse_policy, rules_of, unknown_codes
from gate.access.presence import Passage, Presence, fold_passages
from gate.access.settings import describe_keys
from gate.access.site_policy import PassbackMode, RedTier, SitePolicy
from gate.card.model import Card, Code, Competence, StatusRef
from gate.errors import ConfigError, Outcome, Reason
from gate.trust.person import person_key

EXAMPLES = Path(__file__).parents[2] / "config"
SITE_KEY = bytes(range(32))
MONDAY_7AM = datetime(2026, 11, 23, 7, tzinfo=UTC)
MINIMAL = """
version = 1
site = "riverside"
time_zone = "Europe/London"
[[accept]]
scheme = "ecs-jib"
types = "any"
"""


def policy_of(more: str = "") -> SitePolicy:
    return parse_policy(MINIMAL + more, "site-policy.toml")


def a_card(scheme: Code = "ecs-jib", card_type: Code = "installation-electrician") -> Card:
    return Card(
        issuer="jib.example",
        number="10000001",
        holder_id="h-1",
        name="Anna Smith",
        not_before=MONDAY_7AM - timedelta(days=9),
        issued_at=MONDAY_7AM - timedelta(days=9),
        expires_at=MONDAY_7AM + timedelta(days=400),
        competence=Competence(scheme=scheme, card_type=card_type),
        status=StatusRef(uri="https://jib.example/lists/1", index=7),
    )


def an_entry(card: Card, at: datetime = MONDAY_7AM, area: str = "site") -> AccessRequest:
    return AccessRequest(
        access_point=AccessPoint(name="Gate A in", direction=Direction.IN, area=area),
        at=at,
        card=card,
        person=person_key(SITE_KEY, card.issuer, card.number),
        list_age_s=3600,
    )


def decided(
    policy: SitePolicy, request: AccessRequest, presence: Presence | None = None
) -> AccessDecision:
    return decide(request, rules_of(policy, SITE_KEY), presence or Presence())


def test_the_least_policy_admits_what_it_accepts() -> None:
    assert decided(policy_of(), an_entry(a_card())) == AccessDecision(
        outcome=Outcome.ADMIT, reason=None
    )
    assert decided(policy_of(), an_entry(a_card("cscs"))).reason is Reason.CARD_TYPE


def test_the_least_policy_has_the_defaults_of_its_pages() -> None:
    policy = policy_of()
    assert (policy.hours, policy.blocked, policy.area) == (None, (), ())
    assert policy.passback.mode is PassbackMode.NOTE
    assert policy.expiry.warn_days == 28
    assert (policy.freshness.amber_h, policy.freshness.red_h) == (24, 96)
    assert policy.freshness.when_red is RedTier.REFER


BLOCKED = '[[blocked]]\nissuer = "jib.example"\ncard = "10000001"\nwhy = "Site ban"\n'
SWITCHROOM = '[[area]]\nname = "switchroom"\nscheme = "ecs-jib"\ntypes = ["panel-builder"]\n'
ALSO_JOINTERS = SWITCHROOM.replace("panel-builder", "lv-jointer")
ENTRY = an_entry(a_card())

DECISIONS = {
    "a blocked card": (BLOCKED, ENTRY, Outcome.REFUSE, Reason.BLOCKED),
    "the same number by another issuer": (
        BLOCKED.replace("jib.example", "sjib.example"),
        ENTRY,
        Outcome.ADMIT,
        None,
    ),
    "outside the hours": (
        '[hours]\ntue = "06:30-18:00"\n',
        ENTRY,
        Outcome.REFER,
        Reason.OUT_OF_HOURS,
    ),
    "within the hours": ('[hours]\nmon = "06:30-18:00"\n', ENTRY, Outcome.ADMIT, None),
    "another site's pass": (
        '[[accept]]\nscheme = "site:hilltop"\ntypes = "any"\n',
        an_entry(a_card("site:hilltop", "visitor")),
        Outcome.REFUSE,
        Reason.SCHEME_NOT_TRUSTED,
    ),
    "an area that does not take the card": (
        SWITCHROOM,
        an_entry(a_card(), area="switchroom"),
        Outcome.REFUSE,
        Reason.AREA,
    ),
    "an area whose tables add up": (
        SWITCHROOM + ALSO_JOINTERS,
        an_entry(a_card(card_type="panel-builder"), area="switchroom"),
        Outcome.ADMIT,
        None,
    ),
    "an ageing list by the site's own tiers": (
        "[freshness]\namber_h = 1\nred_h = 2\n",
        replace(ENTRY, list_age_s=3601),
        Outcome.NOTE,
        Reason.LIST_AGEING,
    ),
    "a list too old where that refuses": (
        '[freshness]\namber_h = 1\nred_h = 2\nwhen_red = "refuse"\n',
        replace(ENTRY, list_age_s=7201),
        Outcome.REFUSE,
        Reason.LIST_TOO_OLD,
    ),
    "a card in the site's own last days": (
        "[expiry]\nwarn_days = 365\n",
        replace(ENTRY, at=MONDAY_7AM + timedelta(days=36)),
        Outcome.NOTE,
        Reason.EXPIRING_SOON,
    ),
    "two accept tables of one scheme add up": (
        '[[accept]]\nscheme = "cscs"\ntypes = ["a"]\n[[accept]]\nscheme = "cscs"\ntypes = ["b"]\n',
        an_entry(a_card("cscs", "a")),
        Outcome.ADMIT,
        None,
    ),
}


@pytest.mark.parametrize(
    ("more", "request_", "outcome", "reason"), DECISIONS.values(), ids=DECISIONS.keys()
)
def test_a_policy_decides(
    more: str, request_: AccessRequest, outcome: Outcome, reason: Reason | None
) -> None:
    decision = decided(policy_of(more), request_)
    assert (decision.outcome, decision.reason) == (outcome, reason)


@pytest.mark.parametrize(
    ("mode", "outcome"),
    [("refuse", Outcome.REFUSE), ("note", Outcome.NOTE), ("off", Outcome.ADMIT)],
)
def test_a_site_chooses_what_a_second_entry_means(mode: str, outcome: Outcome) -> None:
    came_in = Passage(
        person=person_key(SITE_KEY, "jib.example", "10000001"),
        direction=Direction.IN,
        at=MONDAY_7AM,
        access_point="Gate A in",
        area="site",
    )
    policy = policy_of(f'[passback]\nmode = "{mode}"\n')
    assert decided(policy, ENTRY, fold_passages([came_in])).outcome is outcome


def test_the_catalogue_joins_codes_and_numbers_and_knows_what_was_withdrawn() -> None:
    catalogue = parse_catalogue((EXAMPLES / "schemes.toml").read_text(), "schemes.toml")
    rules = rules_of(policy_of(), SITE_KEY, catalogue)
    by_number = an_entry(a_card(2, 1))
    withdrawn = an_entry(a_card("ecs-jib", "datacomms-legacy"))
    assert decide(by_number, rules, Presence()).outcome is Outcome.ADMIT
    assert decide(withdrawn, rules, Presence()).reason is Reason.WITHDRAWN_TYPE


REST_UNSEEN = 'rest.mode = "note"; allowed with exit.free: "off", for nobody sees when a shift ends'


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        (MINIMAL.replace("version = 1", "version = 0"), ["version = 0", REST_UNSEEN]),
        (MINIMAL.replace('site = "riverside"', ""), ["site is missing", REST_UNSEEN]),
        (MINIMAL.replace('"any"', "7"), ["accept[1].types = 7", REST_UNSEEN]),
        (MINIMAL + "[plant]\n[screen]\nlanguage = 1\n", ["plant", "screen.lang", REST_UNSEEN]),
        (MINIMAL + "[[occupancy]]\nmost = 0\n" * 2, ["occupancy[1]", "occupancy[2]", REST_UNSEEN]),
    ],
    ids=["its version", "a key it must have", "whom it accepts", "two others", "what is twice"],
)
def test_what_two_tables_make_a_fault_of_is_named_beside_the_faults_of_others(
    text: str, faults: list[str]
) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_policy(f'{text}[exit]\nfree = true\n[rest]\nmode = "note"\n', "site-policy.toml")
    assert [
        said.startswith(fault) for said, fault in zip(caught.value.faults, faults, strict=True)
    ] == [True] * len(faults)


@pytest.mark.parametrize("broken", ['free = "yes"', "free = true\nstay_h = 99"])
def test_what_a_faulty_table_would_have_meant_makes_no_other_faults(broken: str) -> None:
    with pytest.raises(ConfigError) as caught:
        policy_of(f'[exit]\n{broken}\n[rest]\nmode = "note"\n')
    assert len(caught.value.faults) == 1


def test_every_fault_of_a_policy_is_named_at_once() -> None:
    text = """
version = 0
site = "River Side"
time_zone = "Europe/Londn"
colour = "red"
[[accept]]
scheme = "ecs-jib"
types = "all"
[[blocked]]
issuer = "jib.example"
card = "1"
[hours]
mon = "06:30-26:00"
[passback]
mode = "hard"
[freshness]
amber_h = 96
"""
    with pytest.raises(ConfigError) as caught:
        parse_policy(text, "site-policy.toml")
    keys = [fault.split(" ", 1)[0] for fault in caught.value.faults]
    assert keys == [
        *("colour", "version", "site", "time_zone", "accept[1].types", "blocked[1].why"),
        *("hours.mon", "passback.mode", "freshness.red_h"),
    ]
    assert (
        caught.value.faults[-1] == "freshness.red_h = 96; allowed: more than amber_h, which is 96"
    )


def test_a_policy_that_accepts_nothing_is_no_policy() -> None:
    with pytest.raises(ConfigError, match="accept is missing"):
        parse_policy(MINIMAL.partition("[[accept]]")[0], "site-policy.toml")


def test_a_misspelt_code_is_found_in_the_catalogue() -> None:
    catalogue = parse_catalogue((EXAMPLES / "schemes.toml").read_text(), "schemes.toml")
    policy = policy_of(
        '[[accept]]\nscheme = "esc-jib"\ntypes = "any"\n'
        '[[accept]]\nscheme = "site:riverside"\ntypes = "any"\n'
        + SWITCHROOM
        + '[[area]]\nname = "switchroom"\nscheme = "ecs-sjib"\ntypes = ["pqp", "pqb"]\n'
    )
    assert unknown_codes(policy, catalogue) == (
        'accept[2].scheme = "esc-jib"; not in the schemes catalogue',
        'area[2].types = "pqb"; not a card type of ecs-sjib in the catalogue',
    )


def test_the_shipped_example_is_sound() -> None:
    policy = parse_policy((EXAMPLES / "site-policy.toml").read_text(), "site-policy.toml")
    catalogue = parse_catalogue((EXAMPLES / "schemes.toml").read_text(), "schemes.toml")
    assert unknown_codes(policy, catalogue) == ()
    assert decided(policy, an_entry(a_card())).outcome is Outcome.ADMIT


def test_the_shipped_example_mentions_every_key() -> None:
    example = (EXAMPLES / "site-policy.toml").read_text()
    for key in describe_keys(SitePolicy):
        name = key.key.rpartition(".")[2]
        assert f"{name} = " in example, key.key


POLICY_CHARS = st.text(alphabet=MINIMAL, max_size=60)


# Any text is a policy or one ConfigError; a policy always yields rules, so it never refuses all
# for want of them.
@given(head=st.sampled_from(["", MINIMAL]), text=st.text(max_size=60) | POLICY_CHARS)
def test_any_text_is_a_policy_or_named_faults(head: str, text: str) -> None:
    try:
        policy = parse_policy(head + text, "site-policy.toml")
    except ConfigError as error:
        assert error.faults  # noqa: PT017 - either end is right
    else:
        assert rules_of(policy, SITE_KEY)
