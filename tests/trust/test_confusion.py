"""No signed thing passes for another, even if one key signed them all and is trusted for all."""

import base64
from collections.abc import Callable
from datetime import timedelta

import pytest

from gate.card.verify import verify_card
from gate.card.wire import PREFIX
from gate.errors import CardError, EventError, TrustError
from gate.events.batch import open_batch, sign_batch, unit_uid
from gate.events.chain import ChainHead, genesis, link
from gate.events.heartbeat import Heartbeat, open_heartbeat, sign_heartbeat
from gate.events.model import Event, EventKind
from gate.events.receipt import Receipt, open_receipt, sign_receipt
from gate.signing import base45
from gate.sim.issuer import NOW, SimIssuer
from gate.trust.bundle import KeyUse, TrustBundle
from gate.trust.manifest import SiteManifest, open_manifest, sign_manifest
from gate.trust.site_presence import SitePresence, open_presence, sign_presence
from gate.trust.status_token import issue_status_token, verify_status_token
from gate.trust.unit_token import SCHEME, open_request, sign_request

ONE = SimIssuer()
KEY, PUBLIC = ONE.key, ONE.key.verifying_key
ISSUER = ONE.issuer(uses=frozenset(KeyUse))
UID = unit_uid(PUBLIC)
PATH = f"/api/units/{UID}/manifest"
START = genesis(bytes(16))
ENTRY = link(START, Event(at=NOW, clock_trusted=True, kind=EventKind.UNIT_STARTED), None, None)


def as_token(message: bytes) -> str:
    return SCHEME + base64.urlsafe_b64encode(message).rstrip(b"=").decode()


def of_token(text: str) -> bytes:
    encoded = text.removeprefix(SCHEME)
    return base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))


MESSAGES: dict[str, bytes] = {
    "manifest": sign_manifest(
        SiteManifest(
            site="riverside",
            version=1,
            issued_at=NOW,
            expires_at=NOW + timedelta(days=1),
            policy="",
        ),
        KEY,
    ),
    "presence": sign_presence(SitePresence(site="riverside", issued_at=NOW), KEY),
    "request": of_token(sign_request(UID, PATH, NOW, KEY)),
    "status token": issue_status_token(ONE.status_list(), KEY),
    "card": base45.decode(ONE.text().removeprefix(PREFIX)),
    "batch": sign_batch(UID, [ENTRY], START, KEY),
    "receipt": sign_receipt(
        Receipt(
            uid=UID,
            head=ChainHead(journal_id=bytes(16), seq=1, hash=ENTRY.hash),
            hub_time=NOW,
            batch_hash=bytes(32),
        ),
        KEY,
    ),
    "heartbeat": sign_heartbeat(Heartbeat(sent_at=NOW, clock_trusted=True, backlog=0), KEY),
}

OPENERS: dict[str, tuple[Callable[[bytes], object], type[Exception], str]] = {
    "manifest": (
        lambda data: open_manifest(data, ISSUER.keys, "riverside"),
        TrustError,
        "manifest: header: not that of application/vnd.site-gate.manifest",
    ),
    "presence": (
        lambda data: open_presence(data, ISSUER.keys, "riverside"),
        TrustError,
        "presence: header: not that of application/vnd.site-gate.presence",
    ),
    "request": (
        lambda data: open_request(as_token(data), PUBLIC, PATH, NOW),
        TrustError,
        "request: (header: not that of application/vnd.site-gate.request|.* at most 512)",
    ),
    "status token": (
        lambda data: verify_status_token(data, [ISSUER]),
        TrustError,
        "its type is not application/statuslist",
    ),
    "card": (
        lambda data: verify_card(PREFIX + base45.encode(data), TrustBundle(issuers=(ISSUER,)), NOW),
        CardError,
        "malformed",
    ),
    "batch": (lambda data: open_batch(data, PUBLIC), EventError, "header: not that of"),
    "receipt": (
        lambda data: open_receipt(data, PUBLIC),
        EventError,
        "header: not that of|at most 512",
    ),
    "heartbeat": (lambda data: open_heartbeat(data, PUBLIC), EventError, "header: not that of"),
}


@pytest.mark.parametrize("kind", [kind for kind in OPENERS if kind != "card"])
def test_each_thing_is_taken_for_what_it_is(kind: str) -> None:
    assert OPENERS[kind][0](MESSAGES[kind])


@pytest.mark.parametrize(
    ("offered", "asked"),
    [
        pytest.param(offered, asked, id=f"{offered} as {asked}")
        for asked in OPENERS
        for offered in MESSAGES
        if offered != asked
    ],
)
def test_no_signed_thing_passes_for_another(offered: str, asked: str) -> None:
    opener, error, told = OPENERS[asked]

    with pytest.raises(error, match=told):
        opener(MESSAGES[offered])
