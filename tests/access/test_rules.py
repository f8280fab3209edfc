"""Every rule of a first site, one case a row, in plain sentences."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from gate.access.decide import Rule
from gate.access.model import AccessPoint, AccessRequest, Direction, Finding
from gate.access.presence import Passage, Presence, fold_passages
from gate.access.rules import (
    AcceptedCards,
    AntiPassback,
    AreaCards,
    BlockedPersons,
    ExpiringSoon,
    ListFreshness,
    SitePass,
    WithdrawnTypes,
)
from gate.card.model import Card, Code, Competence, StatusRef
from gate.errors import Outcome, Reason

NOW = datetime(2026, 11, 23, 7, 2, tzinfo=UTC)
ANNA, BEN = b"A" * 16, b"B" * 16
IN = AccessPoint(name="Gate A in", direction=Direction.IN, area="site")
OUT = replace(IN, direction=Direction.OUT)
SWITCHROOM = replace(IN, area="switchroom")
NOBODY = Presence()
ANNA_INSIDE = fold_passages(
    [Passage(person=ANNA, direction=Direction.IN, at=NOW, access_point=IN.name, area=IN.area)]
)
ANNA_LEFT = ANNA_INSIDE.after(
    Passage(person=ANNA, direction=Direction.OUT, at=NOW, access_point=IN.name, area=IN.area)
)


def a_card(
    scheme: Code = "ecs-jib",
    card_type: Code = "installation-electrician",
    *,
    audience: str | None = None,
    left: timedelta = timedelta(days=400),
) -> Card:
    return Card(
        issuer="jib.example",
        number="10000001",
        holder_id="h-1",
        name="Anna Smith",
        not_before=NOW - timedelta(days=100),
        issued_at=NOW - timedelta(days=100),
        expires_at=NOW + left,
        competence=Competence(scheme=scheme, card_type=card_type),
        status=StatusRef(uri="https://jib.example/lists/1", index=7),
        audience=audience,
    )


CARD = a_card()


def a_request(
    card: Card | None = CARD,
    *,
    at: AccessPoint = IN,
    person: bytes | None = ANNA,
    list_age: timedelta | None = timedelta(hours=1),
    stands_on: bytes | None = None,
) -> AccessRequest:
    return AccessRequest(
        access_point=at,
        at=NOW,
        card=card,
        person=person,
        findings=() if card else (Reason.BAD_SIGNATURE,),
        list_age_s=None if list_age is None else int(list_age.total_seconds()),
        stands_on=stands_on,
    )


ECS_GOLD = AcceptedCards(accepted={"ecs-jib": frozenset({"installation-electrician", 1})})
ECS_ALL = AcceptedCards(accepted={"ecs-jib": frozenset({"any"}), 2: frozenset({"any"})})
NO_CARDS = AcceptedCards(accepted={})
CRAFT_ONLY = AreaCards(areas={"switchroom": ECS_GOLD.accepted})
ENDED = WithdrawnTypes(withdrawn={"cscs": frozenset({"cscs-cro-withdrawn", 95})})
RIVERSIDE = SitePass(site="riverside")
BEN_BLOCKED = BlockedPersons(persons=frozenset({BEN}))
HARD_PASSBACK = AntiPassback(outcome=Outcome.REFUSE)
SOFT_PASSBACK = AntiPassback(outcome=Outcome.NOTE)
FOUR_WEEKS = ExpiringSoon(warn=timedelta(days=28))
NO_WARNING = ExpiringSoon(warn=timedelta(0))
TIERS = ListFreshness(amber=timedelta(hours=24), red=timedelta(hours=96), when_red=Outcome.REFER)
HARD_TIERS = replace(TIERS, when_red=Outcome.REFUSE)


@dataclass(frozen=True, kw_only=True)
class Case:
    """One row: in words, the rule, the request, who is inside, the answer."""

    says: str
    rule: Rule
    request: AccessRequest
    answer: tuple[Outcome, Reason] | None
    presence: Presence = NOBODY


def row(
    says: str,
    rule: Rule,
    request: AccessRequest,
    answer: tuple[Outcome, Reason] | None,
    presence: Presence = NOBODY,
) -> Case:
    return Case(says=says, rule=rule, request=request, answer=answer, presence=presence)


WRONG_TYPE = (Outcome.REFUSE, Reason.CARD_TYPE)
WRONG_AREA = (Outcome.REFUSE, Reason.AREA)
FOREIGN = (Outcome.REFUSE, Reason.SCHEME_NOT_TRUSTED)
SOON = (Outcome.NOTE, Reason.EXPIRING_SOON)
AGEING = (Outcome.NOTE, Reason.LIST_AGEING)
TOO_OLD = (Outcome.REFER, Reason.LIST_TOO_OLD)

CASES = [
    # accepted cards
    row("an accepted type of an accepted scheme comes in", ECS_GOLD, a_request(), None),
    row("any type of a scheme accepted whole comes in", ECS_ALL, a_request(), None),
    row(
        "a type that a card names by number comes in",
        ECS_GOLD,
        a_request(a_card(card_type=1)),
        None,
    ),
    row(
        "a scheme that a card names by number comes in",
        ECS_ALL,
        a_request(a_card(scheme=2)),
        None,
    ),
    row(
        "another type of the scheme is refused",
        ECS_GOLD,
        a_request(a_card(card_type="electrical-labourer")),
        WRONG_TYPE,
    ),
    row("another scheme is refused", ECS_ALL, a_request(a_card("cscs")), WRONG_TYPE),
    row("a site that accepts no card admits none", NO_CARDS, a_request(), WRONG_TYPE),
    row("with no card there is no type to refuse", NO_CARDS, a_request(None), None),
    row("on the way out a wrong type is still found", NO_CARDS, a_request(at=OUT), WRONG_TYPE),
    # areas
    row("an area takes the cards it names", CRAFT_ONLY, a_request(at=SWITCHROOM), None),
    row(
        "an area refuses the cards it does not name",
        CRAFT_ONLY,
        a_request(a_card(card_type="electrical-labourer"), at=SWITCHROOM),
        WRONG_AREA,
    ),
    row(
        "an area nobody restricted takes every card",
        CRAFT_ONLY,
        a_request(a_card(card_type="electrical-labourer")),
        None,
    ),
    row("with no card no area refuses", CRAFT_ONLY, a_request(None, at=SWITCHROOM), None),
    # withdrawn types
    row(
        "a withdrawn type is refused whatever its date",
        ENDED,
        a_request(a_card("cscs", "cscs-cro-withdrawn")),
        (Outcome.REFUSE, Reason.WITHDRAWN_TYPE),
    ),
    row(
        "a withdrawn type named by number is refused",
        ENDED,
        a_request(a_card("cscs", 95)),
        (Outcome.REFUSE, Reason.WITHDRAWN_TYPE),
    ),
    row("a type still issued comes in", ENDED, a_request(a_card("cscs", "cscs-manager")), None),
    row("with no card no type is withdrawn", ENDED, a_request(None), None),
    # site passes
    row(
        "the site's own pass comes in",
        RIVERSIDE,
        a_request(a_card("site:riverside", audience="riverside")),
        None,
    ),
    row(
        "a pass for another site is refused",
        RIVERSIDE,
        a_request(a_card("site:riverside", audience="hilltop")),
        FOREIGN,
    ),
    row(
        "another site's pass is refused though it names this site",
        RIVERSIDE,
        a_request(a_card("site:hilltop", audience="riverside")),
        FOREIGN,
    ),
    row(
        "another site's pass that names no site is refused",
        RIVERSIDE,
        a_request(a_card("site:hilltop")),
        FOREIGN,
    ),
    row(
        "a scheme's card made out to another site is refused",
        RIVERSIDE,
        a_request(a_card(audience="hilltop")),
        FOREIGN,
    ),
    row("a scheme's card is no pass", RIVERSIDE, a_request(), None),
    row("a scheme named by number is no pass", RIVERSIDE, a_request(a_card(scheme=2)), None),
    row("with no card there is no pass", RIVERSIDE, a_request(None), None),
    # blocked persons
    row(
        "a blocked person is refused",
        BEN_BLOCKED,
        a_request(person=BEN),
        (Outcome.REFUSE, Reason.BLOCKED),
    ),
    row("somebody else is not blocked", BEN_BLOCKED, a_request(), None),
    row("nobody known is nobody blocked", BEN_BLOCKED, a_request(None, person=None), None),
    row(
        "a pass that stands on a blocked card is refused",
        BEN_BLOCKED,
        a_request(stands_on=BEN),
        (Outcome.REFUSE, Reason.BLOCKED),
    ),
    row("a pass that stands on another is not", BEN_BLOCKED, a_request(stands_on=ANNA), None),
    # anti-passback
    row(
        "coming in twice is refused where the site says so",
        HARD_PASSBACK,
        a_request(),
        (Outcome.REFUSE, Reason.PASSBACK),
        ANNA_INSIDE,
    ),
    row(
        "coming in twice is noted where the site says so",
        SOFT_PASSBACK,
        a_request(),
        (Outcome.NOTE, Reason.PASSBACK),
        ANNA_INSIDE,
    ),
    row("somebody who has left comes in again", HARD_PASSBACK, a_request(), None, ANNA_LEFT),
    row("the first entry of all is no second", HARD_PASSBACK, a_request(), None),
    row(
        "another person comes in while she is inside",
        HARD_PASSBACK,
        a_request(person=BEN),
        None,
        ANNA_INSIDE,
    ),
    row("leaving is no second entry", HARD_PASSBACK, a_request(at=OUT), None, ANNA_INSIDE),
    row(
        "somebody unknown is not inside",
        HARD_PASSBACK,
        a_request(None, person=None),
        None,
        ANNA_INSIDE,
    ),
    # expiring soon
    row(
        "a card in its last days is noted",
        FOUR_WEEKS,
        a_request(a_card(left=timedelta(days=13))),
        SOON,
    ),
    row(
        "a card with exactly the time of warning left is noted",
        FOUR_WEEKS,
        a_request(a_card(left=timedelta(days=28))),
        SOON,
    ),
    row(
        "a card with a second more is not",
        FOUR_WEEKS,
        a_request(a_card(left=timedelta(days=28, seconds=1))),
        None,
    ),
    row(
        "a card in its last second is noted",
        FOUR_WEEKS,
        a_request(a_card(left=timedelta(seconds=1))),
        SOON,
    ),
    row(
        "an expired card does not expire soon",
        FOUR_WEEKS,
        a_request(a_card(left=timedelta(0))),
        None,
    ),
    row(
        "a site that wants no warning gets none",
        NO_WARNING,
        a_request(a_card(left=timedelta(seconds=1))),
        None,
    ),
    row("with no card nothing expires", FOUR_WEEKS, a_request(None), None),
    # freshness of the status list
    row("a list of an hour is fresh", TIERS, a_request(), None),
    row("a list of 24 hours is fresh", TIERS, a_request(list_age=timedelta(hours=24)), None),
    row(
        "a second later it is ageing",
        TIERS,
        a_request(list_age=timedelta(hours=24, seconds=1)),
        AGEING,
    ),
    row("a list of 96 hours is ageing", TIERS, a_request(list_age=timedelta(hours=96)), AGEING),
    row(
        "a second later it is too old, and a guard decides",
        TIERS,
        a_request(list_age=timedelta(hours=96, seconds=1)),
        TOO_OLD,
    ),
    row(
        "a list too old refuses where the site says so",
        HARD_TIERS,
        a_request(list_age=timedelta(days=5)),
        (Outcome.REFUSE, Reason.LIST_TOO_OLD),
    ),
    row("a list never had is not old but unknown", TIERS, a_request(list_age=None), None),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.says)
def test_a_rule_answers(case: Case) -> None:
    expected = (
        None if case.answer is None else Finding(outcome=case.answer[0], reason=case.answer[1])
    )
    assert case.rule.judge(case.request, case.presence) == expected
