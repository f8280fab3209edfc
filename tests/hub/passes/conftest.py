"""A site that issues passes, and the scheme cards that people show there."""

import shutil
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.utils import timezone

from gate.card.model import Competence
from gate.hub.config import HubConfig
from gate.hub.keys import site_key
from gate.hub.manifest.authors import Author
from gate.hub.passes.issuing import Wish, issue_pass
from gate.hub.passes.models import Pass
from gate.hub.passes.scheme_card import SchemeCard, looked_at
from gate.hub.passes.told import pass_issuers
from gate.hub.sites.models import Site
from gate.trust.bundle import TrustBundle
from gate.trust.status_list import list_name
from gate.trust.status_token import verify_status_token

ANN: Final = Author(name="Ann")
LONDON: Final = ZoneInfo("Europe/London")


def hub_config() -> HubConfig:
    config: HubConfig = settings.HUB  # type: ignore[misc]  # gate.hub.settings puts it there
    return config


@pytest.fixture(autouse=True)
def _own_files(db: None) -> Iterator[None]:  # noqa: ARG001 - opens the database
    """The files of desks outlive a test's transaction: take them away after it."""
    yield
    for path in (hub_config().data / "desks", hub_config().data / "fleet"):
        shutil.rmtree(path, ignore_errors=True)


def shown(**changes: Any) -> SchemeCard:  # noqa: ANN401 - what stands on a card
    """Return a card that Ann looked at."""
    usual: dict[str, Any] = {
        "scheme": "cscs",
        "number": "12345678",
        "expires_on": date(2099, 5, 31),
        "proofs": Competence(scheme="cscs", card_type="labourer"),
        "checked_by": "Ann",
        "zone": LONDON,
    }
    return looked_at(**usual | changes)


def issued(
    site: Site,
    card: SchemeCard | None = None,
    now: datetime | None = None,
    **wish: Any,  # noqa: ANN401 - what a pass is to be
) -> Pass:
    """Issue a pass."""
    secret = site_key(hub_config(), site.slug)
    asked = Wish(**{"name": "Jane Example"} | wish)
    return issue_pass(site, secret, card or shown(), asked, by=ANN, now=now or timezone.now())


def believed(site: Site) -> TrustBundle:
    """Return what a gate of the site believes of its passes, from what is published."""
    (issuer,) = pass_issuers(site)
    path = hub_config().published / "lists" / list_name(f"{issuer.status_base}1")
    held = verify_status_token(path.read_bytes(), (issuer,))
    return TrustBundle(issuers=(issuer,), status_lists={held.uri: held})
