"""What units record of people who pass, and what their hub then tells the site."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from gate.events.chain import link
from gate.events.codec import encode_holder
from gate.events.model import Event, EventKind, Holder
from gate.hub.ingest.models import Heartbeat
from gate.hub.manifest.presence import etag_now, message_of
from gate.hub.sites.models import Site, Unit
from gate.trust.bundle import KeyUse, TrustedKey
from gate.trust.site_presence import open_presence

if TYPE_CHECKING:
    from gate.signing.keys import SigningKey
    from gate.trust.site_presence import SitePresence
    from tests.hub.ingest.conftest import Sender, SimulatedUnit

AT = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def person(name: str) -> bytes:
    return sha256(name.encode()).digest()[:16]


def passes(
    unit: SimulatedUnit,
    name: str,
    direction: str,
    at: datetime,
    *,
    outcome: str = "admit",
    clock_trusted: bool = True,
    kind: EventKind = EventKind.ACCESS,
) -> None:
    """Have a unit record somebody at its gate."""
    event = Event(
        at=at,
        clock_trusted=clock_trusted,
        kind=kind,
        access_point=f"{unit.name} {direction}",
        direction=direction,
        outcome=outcome,
        reasons=("blocked",) if outcome == "refuse" else (),
    )
    holder = Holder(
        person=person(name), issuer="iss", number=name.upper(), name=name, card_type="gold"
    )
    salt = sha256(name.encode() + at.isoformat().encode()).digest()[16:]
    unit.entries.append(link(unit.head, event, salt, encode_holder(holder)))


def notes(
    unit: SimulatedUnit,
    kind: EventKind,
    way: str,
    at: datetime,
    *,
    who: str = "",
    detail: str = "",
    count: int = 1,
) -> None:
    """Have a unit record something else of its portal."""
    event = Event(at=at, clock_trusted=True, kind=kind, direction=way, detail=detail, count=count)
    holder = Holder(person=person(who), issuer="iss", number="1", name=who, card_type="gold")
    salt = sha256(f"{kind} {at} {who}".encode()).digest()[16:]
    text = encode_holder(holder) if who else None
    unit.entries.append(link(unit.head, event, salt if who else None, text))


def send(sender: Sender, *units: SimulatedUnit) -> None:
    for unit in units:
        assert sender.send(unit.uid, unit.batch(1, len(unit.entries))).status_code == 200


def told(site: Site, key: SigningKey, now: datetime) -> SitePresence:
    message = message_of(site, etag_now(site, now, key))
    assert message is not None
    trusted = TrustedKey(key=key.verifying_key, uses=frozenset({KeyUse.SITE}))
    return open_presence(message, (trusted,), site.slug)


def last(presence: SitePresence) -> dict[str, tuple[str, str]]:
    return {row.name: (row.direction, row.access_point) for row in presence.rows}


def beats(
    unit: SimulatedUnit,
    heard_at: datetime,
    *,
    backlog: int = 0,
    oldest_at: datetime | None = None,
    areas: dict[str, str] | None = None,
) -> None:
    """Have the hub hear a unit."""
    Heartbeat.objects.update_or_create(
        unit=Unit.objects.get(uid=unit.uid),
        defaults={
            "received_at": heard_at,
            "sent_at": heard_at,
            "clock_trusted": True,
            "backlog": backlog,
            "oldest_at": oldest_at,
            "list_ages_s": {},
            "faults": [],
            "areas": areas or {},
        },
    )
