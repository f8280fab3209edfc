"""A desk at the hub, and what is issued there."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from django.conf import settings

from gate.card.model import Card, Competence, StatusRef
from gate.hub.config import HubConfig
from gate.hub.desk.issuing import Fact, issue
from gate.hub.desk.keys import issuer_of
from gate.hub.desk.making import create_desk
from gate.hub.desk.models import Desk
from gate.hub.manifest.authors import Author
from gate.trust.status_list import StatusList, list_name
from gate.trust.status_token import verify_status_token

SAM: Final = Author(name="Sam")
NOW: Final = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def hub_config() -> HubConfig:
    config: HubConfig = settings.HUB  # type: ignore[misc]  # gate.hub.settings puts it there
    return config


@pytest.fixture(autouse=True)
def _own_files(db: None) -> Iterator[None]:  # noqa: ARG001 - opens the database
    """The files of desks outlive a test's transaction: take them away after it."""
    yield
    for path in (hub_config().data / "desks", hub_config().data / "fleet"):
        shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def new_desk() -> Callable[..., Desk]:
    def make(slug: str = "ecs", **changes: Any) -> Desk:  # noqa: ANN401 - any argument of create_desk
        usual: dict[str, Any] = {
            "iss": slug,
            "schemes": frozenset({"ecs-jib"}),
            "capacity": 1000,
            "now": NOW,
        }
        return create_desk(slug=slug, **usual | changes)

    return make


@pytest.fixture
def desk(new_desk: Callable[..., Desk]) -> Desk:
    return new_desk()


def card(desk: Desk, number: str, ref: StatusRef, **changes: Any) -> Card:  # noqa: ANN401 - any part of a card
    usual: dict[str, Any] = {
        "issuer": desk.iss,
        "number": number,
        "holder_id": number,
        "name": "Jane Example",
        "not_before": NOW,
        "issued_at": NOW,
        "expires_at": NOW + timedelta(days=900),
        "competence": Competence(scheme="ecs-jib", card_type="installation-electrician"),
        "status": ref,
    }
    return Card(**usual | changes)


def issued(desk: Desk, number: str, *facts: Fact, **changes: Any) -> Card:  # noqa: ANN401 - any part of a card
    """Issue a card and return it."""
    return issue(desk, lambda ref: card(desk, number, ref, **changes), facts, NOW)[1]


def list_file(uri: str) -> Path:
    return hub_config().published / "lists" / list_name(uri)


def published(desk: Desk, number: int = 1) -> StatusList:
    """Return a list as a unit reads it."""
    token = list_file(f"{desk.status_base}{number}").read_bytes()
    return verify_status_token(token, (issuer_of(desk),))
