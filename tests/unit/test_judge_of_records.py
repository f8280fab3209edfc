"""What a gate knows of who stands there: their record, by the card shown or the one beneath it."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest

from gate.access.model import AccessDecision, AccessPoint, Direction, Override, OverrideKind
from gate.access.persons import PersonRecord
from gate.card.model import Competence, StandsOn, StatusRef
from gate.errors import Outcome
from gate.sim.issuer import NOW, SimIssuer
from gate.trust.bundle import KeyUse, TrustBundle
from gate.trust.person import person_key
from gate.unit.judge import Judge, record_of
from gate.unit.stamp import Stamp

SITE_KEY: Final = bytes(range(32))
SCHEME: Final = SimIssuer("ecs-jib")
SITE: Final = SimIssuer("site:riverside")
TRUST: Final = TrustBundle(
    issuers=(SCHEME.issuer(), SITE.issuer(uses=frozenset({KeyUse.SITE, KeyUse.LIST}))),
    status_lists=dict(SCHEME.trust().status_lists),
)
CARD: Final = SCHEME.card(7)
JUDGE: Final = Judge(
    access_point=AccessPoint(name="Gate A", direction=Direction.IN, area="site"),
    trust=TRUST,
    rules=(),
    site_key=SITE_KEY,
    records={person_key(SITE_KEY, CARD.issuer, CARD.number): PersonRecord(work="electrical")},
)
STAMP: Final = Stamp(at=NOW, trusted=True)


def test_a_request_carries_what_the_site_knows_of_the_person() -> None:
    request = JUDGE.request(SCHEME.text(CARD), STAMP)
    assert request.record == PersonRecord(work="electrical")


def test_of_somebody_else_nothing_is_known() -> None:
    assert JUDGE.request(SCHEME.text(SCHEME.card(8)), STAMP).record is None
    assert replace(JUDGE, records={}).request(SCHEME.text(CARD), STAMP).record is None


def test_a_pass_has_the_record_of_the_card_beneath_it() -> None:
    until = NOW + timedelta(days=90)
    beneath = StandsOn(
        issuer=CARD.issuer,
        number=CARD.number,
        expires_at=until,
        status=StatusRef(uri=SCHEME.uri, index=7),
    )
    proofs = Competence(scheme=SITE.iss, card_type="labourer", stands_on=beneath)
    text = SITE.text(SITE.card(3, expires_at=until, competence=proofs, audience="riverside"))
    assert JUDGE.request(text, STAMP).record == PersonRecord(work="electrical")


@pytest.mark.parametrize(
    ("outcome", "override", "detail"),
    [
        (Outcome.ADMIT, None, "passback: may be inside"),
        (Outcome.NOTE, None, "passback: may be inside"),
        (Outcome.REFUSE, None, ""),
        (Outcome.NOTE, Override(kind=OverrideKind.GUARD, by="Sam", why="known"), "Sam: known"),
    ],
    ids=["let in", "let in with a note", "refused", "let in by the guard, who says why"],
)
def test_the_record_says_what_nobody_could_know_of_who_is_let_in(
    outcome: Outcome, override: Override | None, detail: str
) -> None:
    request = replace(JUDGE.request(SCHEME.text(CARD), STAMP), override=override)
    decision = AccessDecision(outcome=outcome, reason=None, doubt="passback: may be inside")
    assert record_of(request, decision)[0].detail == detail
