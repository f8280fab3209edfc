"""A site whose gates have recorded something, and its manager in front of a browser."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from django.test import Client

from gate.events.codec import NO_HOLDER, encode_holder, to_ms
from gate.events.model import Holder
from gate.hub.ingest.models import Entry, Journal
from gate.hub.sites.models import Role, Site, Unit
from gate.hub.sites.services import add_site, add_user

PASSWORD: Final = "four gates and a hut"
MORNING: Final = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)


@dataclass
class Gate:
    """A unit whose entries the hub has; each recorded a second after the one before."""

    journal: Journal
    seq: int = field(default=0)

    def records(self, *reasons: str, name: str = "Sam Roe", **columns: Any) -> Entry:  # noqa: ANN401 - any column of an entry
        """Store one entry: somebody admitted, unless the columns say otherwise."""
        self.seq += 1
        at = columns.pop("at", MORNING + timedelta(seconds=self.seq))
        number = columns.pop("number", "9637511")
        holder = Holder(person=bytes(16), issuer="iss", number=number, name=name, card_type="gold")
        usual: dict[str, Any] = {
            "site_id": self.journal.unit.site_id,
            "received_ms": to_ms(at) + 1500,
            "clock_trusted": True,
            "kind": "access",
            "access_point": "Gate A in",
            "direction": "in",
            "outcome": "refuse" if reasons else "admit",
            "reason": reasons[0] if reasons else "",
            "reasons": " ".join(reasons),
            "count": 1,
            "list_age_s": 7200,
            "detail": "",
            "commitment": bytes(32),
            "salt": bytes(16),
            "holder": encode_holder(holder),
            "hash": bytes(32),
        }
        if columns.get("kind", "access") != "access":
            nobody = {"access_point": "", "direction": "", "outcome": "", "list_age_s": None}
            usual |= nobody | UNKNOWN
        return Entry.objects.create(
            journal=self.journal,
            seq=self.seq,
            at_ms=to_ms(at),
            **usual | columns,
        )


UNKNOWN: Final[dict[str, Any]] = {"holder": None, "salt": None, "commitment": NO_HOLDER}


@pytest.fixture
def site(db: None) -> Site:  # noqa: ARG001 - opens the database
    return add_site(
        slug="kings-wharf", name="Kings Wharf", time_zone="Europe/London", organisation="Hartwell"
    )


@pytest.fixture
def new_gate(site: Site) -> Callable[[str], Gate]:
    def make(name: str) -> Gate:
        unit = Unit.objects.create(
            uid=name.encode().hex()[:16], site=site, name=name, public_key=bytes(32)
        )
        journal = Journal.objects.create(
            unit=unit, journal_id=bytes(16), stored_through=0, head_hash=bytes(32)
        )
        return Gate(journal=journal)

    return make


@pytest.fixture
def gate_a(new_gate: Callable[[str], Gate]) -> Gate:
    return new_gate("Gate A")


@pytest.fixture
def manager(site: Site) -> Client:
    user = add_user(name="manager", password=PASSWORD, roles={site.slug: Role.MANAGER})
    client = Client()
    client.force_login(user)
    return client
