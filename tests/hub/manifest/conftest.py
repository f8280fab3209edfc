"""A site with rules, its units, and how they ask the hub."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from gate.hub.ingest.apps import IngestConfig
from gate.hub.keys import site_key
from gate.hub.manifest.authors import Author
from gate.hub.manifest.rules import set_rules
from gate.hub.sites.models import Site
from gate.signing.keys import SigningKey, VerifyingKey
from gate.trust.bundle import KeyUse, TrustedKey
from gate.trust.manifest import SiteManifest, open_manifest
from gate.trust.site_presence import SitePresence, open_presence
from gate.trust.unit_token import sign_request
from tests.hub.ingest.conftest import (
    SimulatedUnit,
    hub_key,
    ingest,
    neighbour,
    sender,
    signing_key,
    site,
    unit,
)

__all__ = ["hub_key", "ingest", "neighbour", "sender", "signing_key", "site", "unit"]

ISSUER: Final = "https://cards.example"
SAM: Final = Author(name="Sam")
RULES: Final = """
version = {version}
site = "{site}"
time_zone = "Europe/London"

[[accept]]
scheme = "ecs-jib"
types = "any"
"""


def rules(version: int = 1, site: str = "kings-wharf") -> str:
    return RULES.format(version=version, site=site)


@dataclass
class Asker:
    """Asks the hub as a unit does, and believes only what the hub's key signed."""

    client: Client
    key: VerifyingKey

    def get(self, unit: SimulatedUnit, what: str, **changes: Any) -> Any:  # noqa: ANN401 - Django's test response
        path = f"/api/units/{changes.get('uid', unit.uid)}/{what}"
        at = changes.get("at", timezone.now())
        signer: SigningKey = changes.get("signer", unit.key)
        token = changes.get("token", sign_request(unit.uid, changes.get("path", path), at, signer))
        headers = {"Authorization": token}
        if "had" in changes:
            headers["If-None-Match"] = changes["had"]
        return self.client.get(path, headers=headers)

    def manifest(self, unit: SimulatedUnit, site: str = "kings-wharf") -> SiteManifest:
        return open_manifest(self.get(unit, "manifest").content, self.trusted, site)

    def presence(self, unit: SimulatedUnit, site: str = "kings-wharf") -> SitePresence:
        return open_presence(self.get(unit, "presence").content, self.trusted, site)

    @property
    def trusted(self) -> tuple[TrustedKey, ...]:
        return (
            TrustedKey(
                key=self.key,
                uses=frozenset({KeyUse.SITE}),
                not_before=datetime(2020, 1, 1, tzinfo=UTC),
                not_after=datetime(2099, 1, 1, tzinfo=UTC),
            ),
        )


@pytest.fixture
def asker(ingest: IngestConfig, hub_key: VerifyingKey) -> Asker:  # noqa: ARG001 - made fresh
    return Asker(client=Client(), key=hub_key)


@pytest.fixture
def ruled(site: Site) -> Site:
    """The site, with rules."""
    set_rules(site, rules(), source="rules", by=SAM, now=timezone.now())
    return site


@pytest.fixture
def secret(site: Site) -> bytes:
    return site_key(settings.HUB, site.slug)  # type: ignore[misc]  # gate.hub.settings puts it there


@pytest.fixture
def gates(unit: SimulatedUnit, neighbour: SimulatedUnit) -> tuple[SimulatedUnit, SimulatedUnit]:
    neighbour.journal_id = b"neighbour".ljust(16)
    return unit, neighbour
