"""The door that units join through: one signed request in, one signed answer out.

Whoever asks has no name here yet, so nothing but the token speaks for them; who asks in vain too
often waits. The certificate of the authority that vouches for this hub's TLS is for everybody: a
set-up code says which it must be.
"""

from http import HTTPStatus
from typing import Any, Final, cast

from cryptography.hazmat.primitives.serialization import Encoding
from django.apps import apps
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from gate.hub.clock import hub_now
from gate.hub.config import HubConfig
from gate.hub.enrol.apps import EnrolConfig
from gate.hub.enrol.authority import authority_of
from gate.hub.enrol.joining import take_join
from gate.hub.ingest.answers import Refused
from gate.hub.ingest.apps import IngestConfig
from gate.hub.ingest.body import announced_bytes, read_message
from gate.hub.ingest.openapi import Problem
from gate.trust.joining import JOIN_TYP, JOINED_TYP, MAX_JOIN_BYTES

OCTETS: Final = "application/octet-stream"

_BINARY: Final[dict[str, Any]] = {"schema": {"type": "string", "format": "binary"}}
_MEANINGS: Final = {
    400: "Malformed, cut short, or not signed by the key that it names",
    404: "This hub made no such code, or cancelled it",
    409: "`used`, `taken` by another unit, or `no_rules`: the site has none in force",
    410: "The code's last day is past",
    411: "Content-Length is missing",
    413: "Too large; judged before it is read",
    415: "A Content-Encoding other than deflate",
    421: "The code is of another hub",
    429: "Asked in vain too often; see Retry-After",
    503: "The database does not answer; see Retry-After",
    507: "The hub's disk is full; see Retry-After",
}
_RESPONSES: Final[dict[int, type[Schema] | None]] = dict.fromkeys(_MEANINGS, Problem)
_DESCRIBED: Final[dict[str, Any]] = {
    "requestBody": {
        "description": f"COSE_Sign1 by the unit's own key, typ {JOIN_TYP}",
        "required": True,
        "content": {OCTETS: _BINARY},
    },
    "responses": {
        200: {
            "description": f"COSE_Sign1 by the hub, typ {JOINED_TYP}",
            "content": {OCTETS: _BINARY},
        },
        **{status: {"description": told} for status, told in _MEANINGS.items()},
    },
}

router = Router()


@router.post(
    "/join",
    operation_id="join",
    summary="Join a site by a set-up code",
    response=_RESPONSES,
    openapi_extra=_DESCRIBED,
)
def join(request: HttpRequest) -> HttpResponse:
    """Take a unit in; the same request may be sent again and is answered alike."""
    now = hub_now()
    host = str(request.META.get("REMOTE_ADDR", ""))
    failures = cast("EnrolConfig", apps.get_app_config("enrol")).failures
    wait_s = failures.wait_s(host, now.timestamp())
    if wait_s:
        told = f"asked in vain too often; again in {wait_s} s"
        raise Refused(HTTPStatus.TOO_MANY_REQUESTS, "too_many", told, retry_after_s=wait_s)
    hub_key = cast("IngestConfig", apps.get_app_config("ingest")).hub_key
    try:
        message = read_message(request, announced_bytes(request, MAX_JOIN_BYTES))
        answer = take_join(message, hub_key, host=host, now=now)
    except Refused:
        failures.spend(host, now.timestamp())
        raise
    return HttpResponse(answer, content_type=OCTETS, headers={"Cache-Control": "no-store"})


@router.get(
    "/authority",
    operation_id="get_authority",
    summary="Fetch the certificate of the authority that vouches for this hub",
    response={404: Problem},
    openapi_extra={
        "responses": {
            200: {"description": "X.509, DER", "content": {"application/pkix-cert": _BINARY}},
            404: {"description": "A public authority vouches for this hub"},
        }
    },
)
def get_authority(request: HttpRequest) -> HttpResponse:
    """Answer with the certificate that a set-up code's pin is of."""
    del request
    config: HubConfig = settings.HUB  # type: ignore[misc]  # gate.hub.settings puts it there
    authority = authority_of(config)
    if authority is None:
        raise Refused(HTTPStatus.NOT_FOUND, "no_authority", "a public authority vouches for it")
    return HttpResponse(authority.public_bytes(Encoding.DER), content_type="application/pkix-cert")
