"""A unit that is known to the hub, the journal it keeps, and what it sends."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, cast

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.apps import apps
from django.test import Client

from gate.events.batch import deflate, sign_batch, unit_uid
from gate.events.chain import ChainHead, genesis, head_of, link
from gate.events.codec import encode_holder
from gate.events.heartbeat import Heartbeat, sign_heartbeat
from gate.events.model import Entry, Event, EventKind, Holder
from gate.hub.ingest.apps import IngestConfig
from gate.hub.sites.models import Organisation, Site, Unit
from gate.signing.keys import SigningKey, VerifyingKey

AT = datetime(2026, 12, 6, 7, 15, tzinfo=UTC)


@dataclass
class SimulatedUnit:
    """A unit's key and its journal, of which the hub knows nothing until it is sent."""

    name: str
    journal_id: bytes = bytes(range(16))
    predecessor: str = ""
    entries: list[Entry] = field(default_factory=list)

    @property
    def key(self) -> SigningKey:
        return SigningKey(Ed25519PrivateKey.from_private_bytes(sha256(self.name.encode()).digest()))

    @property
    def uid(self) -> str:
        return unit_uid(self.key.verifying_key)

    @property
    def head(self) -> ChainHead:
        return head_of(self.entries[-1]) if self.entries else genesis(self.journal_id)

    def record(self, count: int = 1, *, holder: bool = True, outcome: str = "admit") -> None:
        for _ in range(count):
            seq = self.head.seq + 1
            event = Event(
                at=AT + timedelta(seconds=seq),
                clock_trusted=True,
                kind=EventKind.ACCESS if seq > 1 else EventKind.JOURNAL_OPENED,
                access_point="Gate A in",
                outcome=outcome if seq > 1 else "",
                reasons=("expired", "blocked") if outcome == "refuse" else (),
                detail="" if seq > 1 else self.predecessor,
            )
            salt = sha256(b"%d" % seq).digest()[:16] if holder else None
            text = encode_holder(sam(seq)) if holder else None
            self.entries.append(link(self.head, event, salt, text))

    def batch(self, first: int, last: int, *, key: SigningKey | None = None) -> bytes:
        """Sign entries `first` to `last`; by another key if one is given."""
        before = head_of(self.entries[first - 2]) if first > 1 else genesis(self.journal_id)
        return sign_batch(self.uid, self.entries[first - 1 : last], before, key or self.key)

    def heartbeat(self, backlog: int) -> bytes:
        beat = Heartbeat(
            sent_at=AT,
            clock_trusted=True,
            backlog=backlog,
            list_ages={"https://cards.example/status": 60},
            temperature_c=48,
            faults=("camera",),
        )
        return sign_heartbeat(beat, self.key)

    def otherwise(self, seq: int) -> "SimulatedUnit":
        """Return a unit with the same key whose journal is another from entry `seq` on."""
        other = SimulatedUnit(name=self.name, entries=self.entries[: seq - 1], predecessor="x")
        other.record(len(self.entries) - seq + 1, outcome="refuse")
        return other


def sam(seq: int) -> Holder:
    return Holder(
        person=sha256(b"person %d" % seq).digest()[:16],
        issuer="https://cards.example",
        number=f"ECS-{seq:08}",
        name="Sam \\ Łęcki-O'Neill",
        card_type="gold",
    )


@dataclass
class Sender:
    """Sends to the hub as a unit does."""

    client: Client

    def send(self, uid: str, message: bytes, what: str = "batches", **headers: Any) -> Any:  # noqa: ANN401 - Django's test response
        body = deflate(message)
        return self.post(uid, body, what, HTTP_CONTENT_ENCODING="deflate", **headers)

    def post(self, uid: str, body: bytes, what: str = "batches", **headers: Any) -> Any:  # noqa: ANN401 - as above
        return self.client.generic(
            "POST", f"/api/units/{uid}/{what}", body, "application/octet-stream", **headers
        )


@pytest.fixture
def ingest() -> IngestConfig:
    """The application, which has heard of no unit yet."""
    config = cast("IngestConfig", apps.get_app_config("ingest"))
    vars(config).pop("budget", None)
    vars(config).pop("recall", None)
    return config


@pytest.fixture
def sender(ingest: IngestConfig) -> Sender:  # noqa: ARG001 - made fresh
    return Sender(Client())


@pytest.fixture
def signing_key(ingest: IngestConfig) -> SigningKey:
    return ingest.hub_key


@pytest.fixture
def hub_key(signing_key: SigningKey) -> VerifyingKey:
    return signing_key.verifying_key


@pytest.fixture
def site(db: None) -> Site:  # noqa: ARG001 - opens the database
    owner = Organisation.objects.create(name="Hartwell Construction")
    return Site.objects.create(
        organisation=owner, slug="kings-wharf", name="Kings Wharf", time_zone="Europe/London"
    )


@pytest.fixture
def unit(site: Site) -> SimulatedUnit:
    return known(site, "Gate A")


@pytest.fixture
def neighbour(site: Site) -> SimulatedUnit:
    return known(site, "Gate B")


def known(site: Site, name: str) -> SimulatedUnit:
    """Return a unit that stands at `site`."""
    unit = SimulatedUnit(name=name)
    Unit.objects.create(
        uid=unit.uid, site=site, name=name, public_key=unit.key.verifying_key.public
    )
    return unit
