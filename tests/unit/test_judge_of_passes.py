"""What a gate makes of a site pass: whom it names, what it stands on, how old its lists are."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import pytest

from gate.access.decide import Rule, decide
from gate.access.model import AccessDecision, AccessPoint, AccessRequest, Direction
from gate.access.policy import parse_policy, rules_of
from gate.access.presence import Presence
from gate.access.site_rules import SitePersons
from gate.card.model import Card, Competence, StandsOn, StatusRef
from gate.errors import Outcome, Reason
from gate.sim.issuer import NOW, SimIssuer
from gate.trust.bundle import KeyUse, TrustBundle
from gate.trust.person import person_key
from gate.trust.status_list import Status
from gate.unit.judge import Judge, record_of
from gate.unit.stamp import Stamp

SITE_KEY: Final = bytes(range(32))
SITE: Final = SimIssuer("site:riverside")
HILLTOP: Final = SimIssuer("site:hilltop")
SCHEME: Final = SimIssuer("ecs-jib")
UNTIL: Final = NOW + timedelta(days=90)
RULES: Final = """
version = 1
site = "riverside"
time_zone = "Europe/London"
[[accept]]
scheme = "ecs-jib"
types = "any"
[[accept]]
scheme = "site:riverside"
types = "any"
[[accept]]
scheme = "site:hilltop"
types = "any"
[induction]
mode = "refer"
"""


def a_pass(site: SimIssuer = SITE) -> Card:
    beneath = StandsOn(
        issuer="ecs-jib",
        number="10000007",
        expires_at=UNTIL,
        status=StatusRef(uri=SCHEME.uri, index=7),
    )
    proofs = Competence(scheme=site.iss, card_type="labourer", stands_on=beneath)
    audience = site.iss.removeprefix("site:")
    return site.card(3, expires_at=UNTIL, competence=proofs, audience=audience)


def rules(*, blocked: frozenset[bytes] = frozenset(), more: str = "") -> tuple[Rule, ...]:
    policy = parse_policy(RULES + more, "rules")
    return rules_of(policy, SITE_KEY, persons=SitePersons(blocked=blocked))


def a_judge(
    by: tuple[Rule, ...] | None = None,
    *,
    scheme_at: datetime = NOW,
    site_at: datetime = NOW,
    cancelled: bool = False,
) -> Judge:
    statuses = {7: Status.INVALID} if cancelled else {}
    uses = frozenset({KeyUse.SITE, KeyUse.LIST})
    lists = (
        SITE.status_list(issued_at=site_at),
        HILLTOP.status_list(issued_at=site_at),
        SCHEME.status_list(statuses, issued_at=scheme_at),
    )
    return Judge(
        access_point=AccessPoint(name="Gate A in", direction=Direction.IN, area="site"),
        trust=TrustBundle(
            issuers=(SCHEME.issuer(), SITE.issuer(uses=uses), HILLTOP.issuer(uses=uses)),
            status_lists={held.uri: held for held in lists},
        ),
        rules=rules() if by is None else by,
        site_key=SITE_KEY,
    )


def asked(judge: Judge, card: Card, issuer: SimIssuer = SITE) -> AccessRequest:
    return judge.request(issuer.text(card), Stamp(at=NOW, trusted=True))


def answer(judge: Judge, card: Card, issuer: SimIssuer = SITE) -> AccessDecision:
    return decide(asked(judge, card, issuer), judge.rules, Presence())


def test_a_pass_admits_its_holder_who_is_inducted_by_having_it() -> None:
    assert answer(a_judge(), a_pass()).outcome is Outcome.ADMIT


def test_the_record_of_a_pass_names_the_pass() -> None:
    judge = a_judge()
    request = asked(judge, a_pass())
    _, holder = record_of(request, decide(request, judge.rules, Presence()))

    assert holder is not None
    assert (holder.issuer, holder.number) == ("site:riverside", "10000003")
    assert holder.person == person_key(SITE_KEY, "site:riverside", "10000003")


def test_a_pass_of_another_site_is_refused_even_where_it_would_be_accepted() -> None:
    found = answer(a_judge(), a_pass(HILLTOP), HILLTOP)

    assert (found.outcome, found.reason) == (Outcome.REFUSE, Reason.SCHEME_NOT_TRUSTED)


@pytest.mark.parametrize(
    ("issuer", "number"),
    [
        pytest.param("site:riverside", "10000003", id="the pass"),
        pytest.param("ecs-jib", "10000007", id="the scheme card beneath"),
    ],
)
def test_a_pass_is_blocked_by_its_own_number_and_by_that_of_its_scheme_card(
    issuer: str, number: str
) -> None:
    judge = a_judge(rules(blocked=frozenset({person_key(SITE_KEY, issuer, number)})))

    assert answer(judge, a_pass()).reason is Reason.BLOCKED


def test_a_pass_is_blocked_where_the_rules_block_its_scheme_card() -> None:
    blocked = '[[blocked]]\nissuer = "ecs-jib"\ncard = "10000007"\nwhy = "Fight"\n'

    assert answer(a_judge(rules(more=blocked)), a_pass()).reason is Reason.BLOCKED


def test_a_pass_on_a_cancelled_scheme_card_is_refused_by_a_gate_that_has_the_list() -> None:
    found = answer(a_judge(cancelled=True), a_pass())

    assert (found.outcome, found.reason) == (Outcome.REFUSE, Reason.REVOKED)


@pytest.mark.parametrize(
    ("scheme_h", "site_h", "age_h"),
    [
        pytest.param(2, 1, 2, id="the scheme's list is older"),
        pytest.param(1, 2, 2, id="the site's list is older"),
    ],
)
def test_the_older_of_a_pass_s_two_lists_counts(scheme_h: int, site_h: int, age_h: int) -> None:
    judge = a_judge(
        scheme_at=NOW - timedelta(hours=scheme_h), site_at=NOW - timedelta(hours=site_h)
    )

    assert asked(judge, a_pass()).list_age_s == age_h * 3600


def test_a_scheme_card_stands_on_nothing_and_has_its_own_list_s_age() -> None:
    judge = a_judge(scheme_at=NOW - timedelta(hours=1), site_at=NOW - timedelta(hours=9))
    request = asked(judge, SCHEME.card(), SCHEME)

    assert (request.stands_on, request.list_age_s) == (None, 3600)


def test_a_gate_without_the_pass_s_own_list_sends_its_holder_to_the_guard() -> None:
    judge = a_judge()
    held = SCHEME.status_list()
    only = TrustBundle(issuers=judge.trust.issuers, status_lists={held.uri: held})

    assert answer(replace(judge, trust=only), a_pass()).reason is Reason.STATUS_UNKNOWN
