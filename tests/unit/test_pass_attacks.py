"""A pass of another site, before a gate that believes its own site's passes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from gate.card.issue import issue_card
from gate.card.model import Card, Competence, StandsOn, StatusRef
from gate.sim.issuer import NOW, SimIssuer
from gate.trust.bundle import KeyUse
from gate.trust.manifest import sign_manifest
from gate.trust.status_token import issue_status_token
from tests.attack_table import attack
from tests.store.trust_files import HUB, manifest
from tests.unit.whole_unit import WholeUnit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.attack_table import Refusal

ECS = SimIssuer()
OURS = SimIssuer("site:riverside")
THEIRS = SimIssuer("site:hilltop")
UNTIL = NOW + timedelta(days=90)
STAYS = "everything; nobody comes in"


@pytest.fixture
def unit(tmp_path: Path) -> Iterator[WholeUnit]:
    """Return a gate at riverside, whose manifest vouches for riverside's passes."""
    issuer = OURS.issuer(uses=frozenset({KeyUse.SITE, KeyUse.LIST}))
    made = WholeUnit(tmp_path)
    made.files.switch(
        manifest=sign_manifest(manifest(issuers=(issuer,)), HUB),
        ecs=issue_status_token(ECS.status_list(), ECS.key),
        passes=issue_status_token(OURS.status_list(), OURS.key),
    )
    made.boot(NOW, trusted=True)
    yield made
    made.stop()


def a_pass(issuer: SimIssuer, site: str) -> Card:
    beneath = StandsOn(
        issuer=ECS.iss,
        number="10000007",
        expires_at=UNTIL,
        status=StatusRef(uri=ECS.uri, index=7),
    )
    proofs = Competence(scheme=f"site:{site}", card_type="labourer", stands_on=beneath)
    return issuer.card(3, audience=site, expires_at=UNTIL, competence=proofs)


def test_a_pass_of_the_site_is_admitted(unit: WholeUnit) -> None:
    assert unit.present(OURS.text(a_pass(OURS, "riverside"))) == "admit"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            THEIRS.text(a_pass(THEIRS, "hilltop")),
            marks=attack(
                "site pass of another site",
                "as the other site issued it",
                has="a genuine pass of another site",
                says="refuse unknown_issuer: Card not recognised: see the site office",
                stays=STAYS,
            ),
        ),
        pytest.param(
            issue_card(a_pass(THEIRS, "hilltop"), OURS.key),
            marks=attack(
                "site pass of another site",
                "by this site's key",
                has="this site's key for passes, misused",
                says="refuse unknown_issuer: Card not recognised: see the site office",
                stays=STAYS,
            ),
        ),
    ],
)
def test_a_pass_of_another_site_is_refused(unit: WholeUnit, refusal: Refusal, text: str) -> None:
    refusal.heard(unit.present(text))
