"""A unit's stolen request, used for what it was not made for: the hub says the same as to anybody.

Words here are the hub's answer, its status first.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from gate.trust.unit_token import MAX_LIFE, sign_request
from tests.attack_table import attack
from tests.hub.ingest.conftest import SimulatedUnit

if TYPE_CHECKING:
    from tests.attack_table import Refusal
    from tests.hub.manifest.conftest import Asker

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ruled")]

NAME = "request token used again"
HAS = "an overheard Authorization header of a unit"
STAYS = "the site's files with its own units"
NOBODY = "404 unknown_unit: no unit '...' that signed this is known here"


def words(answer: Any) -> str:  # noqa: ANN401 - Django's test response
    said = answer.json()
    return f"{answer.status_code} {said['code']}: {said['detail']}"


def token(unit: SimulatedUnit, what: str, age: timedelta = timedelta(0)) -> str:
    path = f"/api/units/{unit.uid}/{what}"
    return sign_request(unit.uid, path, timezone.now() - age, unit.key)


@attack(NAME, "for another path", has=HAS, says=NOBODY, stays=STAYS)
def test_a_request_for_the_manifest_fetches_no_names(
    asker: Asker, unit: SimulatedUnit, refusal: Refusal
) -> None:
    stolen = token(unit, "manifest")
    refusal.heard(words(asker.get(unit, "presence", token=stolen)))
    assert asker.get(unit, "manifest", token=stolen).status_code == 200


@attack(NAME, "at another unit's address", has=HAS, says=NOBODY, stays=STAYS)
def test_a_unit_s_request_is_not_another_unit_s(
    asker: Asker, unit: SimulatedUnit, neighbour: SimulatedUnit, refusal: Refusal
) -> None:
    stolen = token(unit, "presence")
    refusal.heard(words(asker.get(neighbour, "presence", token=stolen)))


@attack(
    NAME,
    "after its five minutes",
    has=HAS,
    says="401 clock: request: made at ..., and now it is ... UTC",
    stays=STAYS,
)
def test_a_request_is_worth_nothing_after_five_minutes(
    asker: Asker, unit: SimulatedUnit, refusal: Refusal
) -> None:
    stolen = token(unit, "presence", MAX_LIFE + timedelta(seconds=1))
    refusal.heard(words(asker.get(unit, "presence", token=stolen)))


@attack(
    NAME,
    "by a key of one's own, in the unit's name",
    has="a unit's uid, which is no secret",
    says=NOBODY,
    stays=STAYS,
)
def test_a_unit_s_name_without_its_key_fetches_nothing(
    asker: Asker, unit: SimulatedUnit, neighbour: SimulatedUnit, refusal: Refusal
) -> None:
    refusal.heard(words(asker.get(unit, "presence", signer=neighbour.key)))
