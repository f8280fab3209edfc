"""Rules that rest on what the site's hub said: induction, lock-down, presence and age."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from gate.access.decide import decide
from gate.access.inductions import Induction
from gate.access.knowledge import unheard
from gate.access.model import AccessPoint, AccessRequest, Direction, Finding
from gate.access.policy import parse_policy, rules_of
from gate.access.presence import SITE_WIDE_FRESH, Passage, Presence, SiteWide, fold_passages
from gate.access.rules import AntiPassback, ListFreshness
from gate.access.site_rules import Lockdown, SitePersons
from gate.errors import Outcome, Reason
from gate.sim.issuer import SimIssuer
from gate.trust.clock_floor import EARLIEST
from gate.trust.site_presence import LastPassage

NOW: Final = datetime(2026, 11, 23, 7, tzinfo=UTC)
SECOND: Final = timedelta(seconds=1)
MINUTE: Final = timedelta(minutes=1)
HOUR: Final = timedelta(hours=1)
HARD: Final = (
    'version = 1\nsite = "riverside"\ntime_zone = "UTC"\n'
    '[[accept]]\nscheme = "ecs-jib"\ntypes = "any"\n[passback]\nmode = "refuse"\n'
)
NO_TIME: Final = timedelta(0)
IN: Final = AccessPoint(name="Gate A in", direction=Direction.IN, area="site")
OUT: Final = AccessPoint(name="Gate A out", direction=Direction.OUT, area="site")
ANNA: Final = b"A" * 16
CARD: Final = SimIssuer().card(competence=replace(SimIssuer().card().competence, card_type="x"))
PASS: Final = replace(CARD, competence=replace(CARD.competence, scheme="site:riverside"))
REFER: Final = Finding(outcome=Outcome.REFER, reason=Reason.NOT_INDUCTED)


def a_request(**changed: object) -> AccessRequest:
    request = AccessRequest(access_point=IN, at=NOW, card=CARD, person=ANNA)
    return replace(request, **changed)  # type: ignore[arg-type]  # fields by name


INDUCTED: Final = Induction(site="riverside", persons=frozenset({ANNA}), outcome=Outcome.REFER)
NOT_INDUCTED: Final = replace(INDUCTED, persons=frozenset())


@pytest.mark.parametrize(
    ("rule", "request_", "found"),
    [
        pytest.param(INDUCTED, a_request(), None, id="inducted"),
        pytest.param(NOT_INDUCTED, a_request(), REFER, id="not inducted"),
        pytest.param(NOT_INDUCTED, a_request(card=PASS), None, id="a pass of the site"),
        pytest.param(
            replace(NOT_INDUCTED, site="hilltop"), a_request(card=PASS), REFER, id="of another site"
        ),
        pytest.param(NOT_INDUCTED, a_request(access_point=OUT), None, id="on the way out"),
        pytest.param(NOT_INDUCTED, a_request(card=None, person=None), None, id="no card"),
        pytest.param(
            Lockdown(),
            a_request(),
            Finding(outcome=Outcome.REFUSE, reason=Reason.LOCKDOWN),
            id="locked down",
        ),
        pytest.param(Lockdown(), a_request(access_point=OUT), None, id="locked down, going out"),
    ],
)
def test_a_rule_of_the_site_s_hub(
    rule: Induction | Lockdown, request_: AccessRequest, found: Finding | None
) -> None:
    assert rule.judge(request_, Presence()) == found


TIERS: Final = ListFreshness(
    amber=timedelta(hours=24), red=timedelta(hours=96), when_red=Outcome.REFER
)


@pytest.mark.parametrize(
    ("list_h", "manifest_h", "reason"),
    [
        pytest.param(1, 1, None, id="both fresh"),
        pytest.param(1, None, None, id="no manifest"),
        pytest.param(1, 25, Reason.LIST_AGEING, id="the manifest is ageing"),
        pytest.param(25, 97, Reason.LIST_TOO_OLD, id="the manifest is too old, the list ageing"),
        pytest.param(97, 1, Reason.LIST_TOO_OLD, id="the list is too old, the manifest fresh"),
        pytest.param(None, 97, Reason.LIST_TOO_OLD, id="no list, and the manifest is too old"),
    ],
)
def test_the_older_of_list_and_manifest_counts(
    list_h: int | None, manifest_h: int | None, reason: Reason | None
) -> None:
    found = TIERS.judge(
        a_request(
            list_age_s=None if list_h is None else list_h * 3600,
            manifest_age_s=None if manifest_h is None else manifest_h * 3600,
        ),
        Presence(),
    )
    assert (found and found.reason) == reason


def passed(direction: str, at: datetime, area: str = "site") -> LastPassage:
    return LastPassage(ANNA, direction, at, "Gate B", area, "Anna Smith", "Ace Roofing")


def site_wide(passage: LastPassage, age: timedelta = timedelta(0)) -> SiteWide:
    return SiteWide(as_of=NOW - age, passages={ANNA: passage})


def own(direction: Direction, at: datetime) -> Presence:
    passage = Passage(person=ANNA, direction=direction, at=at, access_point="Gate A", area="site")
    return fold_passages([passage])


@pytest.mark.parametrize(
    ("here", "anywhere", "is_inside"),
    [
        pytest.param(Presence(), passed("in", NOW), True, id="came in elsewhere"),
        pytest.param(Presence(), passed("out", NOW), False, id="left elsewhere"),
        pytest.param(
            own(Direction.IN, NOW - SECOND), passed("out", NOW), False, id="left elsewhere later"
        ),
        pytest.param(
            own(Direction.OUT, NOW), passed("in", NOW - SECOND), False, id="left here later"
        ),
        pytest.param(
            own(Direction.IN, NOW), passed("out", NOW - SECOND), True, id="came in here later"
        ),
        pytest.param(
            own(Direction.IN, NOW + timedelta(milliseconds=400)),
            passed("out", NOW),
            True,
            id="our own passages are the newer of the same second",
        ),
    ],
)
def test_the_newer_of_two_passages_says_where_somebody_is(
    *, here: Presence, anywhere: LastPassage, is_inside: bool
) -> None:
    assert here.with_site(site_wide(anywhere)).is_inside(ANNA) is is_inside


def test_a_passage_here_does_not_forget_the_other_gates() -> None:
    ben = Passage(
        person=b"B" * 16, direction=Direction.IN, at=NOW, access_point="Gate A", area="site"
    )
    presence = Presence().with_site(site_wide(passed("in", NOW))).after(ben)
    assert presence.is_inside(ANNA)
    assert presence.is_inside(ben.person)


@pytest.mark.parametrize(
    ("age", "lag", "trusted", "outcome"),
    [
        pytest.param(SITE_WIDE_FRESH, NO_TIME, True, Outcome.REFUSE, id="fresh: refuse"),
        pytest.param(SITE_WIDE_FRESH + SECOND, NO_TIME, True, Outcome.NOTE, id="not fresh: note"),
        pytest.param(NO_TIME, NO_TIME, False, Outcome.NOTE, id="nobody knows the time: note"),
        pytest.param(
            SITE_WIDE_FRESH, SITE_WIDE_FRESH, True, Outcome.REFUSE, id="each gate was heard: refuse"
        ),
        pytest.param(
            NO_TIME, SITE_WIDE_FRESH + SECOND, True, Outcome.NOTE, id="a gate was not heard: note"
        ),
    ],
)
def test_passback_is_hard_only_while_presence_is_fresh_and_whole(
    *, age: timedelta, lag: timedelta, trusted: bool, outcome: Outcome
) -> None:
    seen = replace(site_wide(passed("in", NOW - timedelta(hours=1)), age), lag=lag)
    presence = Presence().with_site(seen)
    found = AntiPassback(outcome=Outcome.REFUSE).judge(a_request(clock_trusted=trusted), presence)
    assert found is not None
    assert (found.outcome, found.reason) == (outcome, Reason.PASSBACK)
    assert found.doubt.startswith("passback: may have left; ") is (outcome is Outcome.NOTE)


@pytest.mark.parametrize(
    ("site", "doubt"),
    [
        (None, ""),
        (site_wide(passed("out", NOW), 2 * MINUTE), ""),
        (site_wide(passed("out", NOW), 3 * MINUTE), "other gates known to 2026-11-23 06:57 UTC"),
        (
            replace(site_wide(passed("out", NOW), MINUTE), lag=HOUR),
            "other gates known to 2026-11-23 05:59 UTC",
        ),
        (SiteWide(as_of=EARLIEST), "other gates never heard"),
    ],
    ids=["alone", "heard", "cut off", "one gate not heard", "none was ever heard"],
)
def test_who_may_have_come_in_elsewhere_is_admitted_and_the_answer_says_the_doubt(
    site: SiteWide | None, doubt: str
) -> None:
    rules = rules_of(parse_policy(HARD, "policy"), bytes(range(32)))
    presence = own(Direction.OUT, NOW - HOUR).with_site(site)
    decision = decide(a_request(), rules, presence)
    assert (decision.outcome, decision.reason, decision.reasons) == (Outcome.ADMIT, None, ())
    assert decision.doubt == (f"passback: may be inside; {doubt}" if doubt else "")


def test_what_is_heard_leaves_no_doubt() -> None:
    assert unheard(a_request(), Presence()) == ""
    assert unheard(a_request(), Presence().with_site(site_wide(passed("out", NOW)))) == ""


def test_a_doubt_stands_beside_what_else_is_found_and_is_no_reason() -> None:
    rules = rules_of(parse_policy(HARD, "policy"), bytes(range(32)))
    presence = Presence().with_site(SiteWide(as_of=EARLIEST))
    decision = decide(a_request(manifest_age_s=30 * 3600), rules, presence)
    assert (decision.outcome, decision.reasons) == (Outcome.NOTE, (Reason.LIST_AGEING,))
    assert decision.doubt == "passback: may be inside; other gates never heard"
    leaving = decide(replace(a_request(), access_point=OUT), rules, presence)
    assert leaving.doubt == ""


POLICY: Final = (
    'version = 1\nsite = "riverside"\ntime_zone = "UTC"\n'
    '[[accept]]\nscheme = "ecs-jib"\ntypes = "any"\n[induction]\nmode = "refer"\n'
    '[hours]\nmon = "00:00-24:00"\n'
)


@pytest.mark.parametrize(
    ("persons", "trusted", "reason"),
    [
        pytest.param(SitePersons(inducted=frozenset({ANNA})), True, None, id="inducted"),
        pytest.param(SitePersons(), True, Reason.NOT_INDUCTED, id="not inducted"),
        pytest.param(
            SitePersons(inducted=frozenset({ANNA}), blocked=frozenset({ANNA})),
            True,
            Reason.BLOCKED,
            id="inducted and blocked",
        ),
        pytest.param(
            SitePersons(inducted=frozenset({ANNA})),
            False,
            Reason.CLOCK_UNTRUSTED,
            id="a site with hours while nobody knows the time",
        ),
    ],
)
def test_a_policy_takes_in_whom_the_hub_named(
    *, persons: SitePersons, trusted: bool, reason: Reason | None
) -> None:
    rules = rules_of(parse_policy(POLICY, "policy"), bytes(range(32)), persons=persons)
    assert decide(a_request(clock_trusted=trusted), rules, Presence()).reason is reason
