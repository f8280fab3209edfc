"""What a gate knows of who stands there: their record, by the card shown or the one beneath it."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from gate.access.model import AccessPoint, Direction
from gate.access.persons import PersonRecord
from gate.card.model import Competence, StandsOn, StatusRef
from gate.sim.issuer import NOW, SimIssuer
from gate.trust.bundle import KeyUse, TrustBundle
from gate.trust.person import person_key
from gate.unit.judge import Judge
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
