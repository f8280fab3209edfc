"""What the units' API says in /api/openapi.json of what a unit fetches."""

from typing import Any, Final

from ninja import Schema
from pydantic import Field

from gate.hub.ingest.openapi import Problem
from gate.hub.manifest.watched import HEADER
from gate.trust.support_ask import HEADER as SUPPORT
from gate.trust.support_ask import KIND

_OCTETS: Final = "application/octet-stream"


class WrongClock(Problem):
    """The token holds but for its time; ask once more with a token of the hub's time."""

    now_s: int = Field(description="the hub's time, in seconds since 1970")


RESPONSES: Final[dict[int, type[Schema] | None]] = {
    304: None,
    401: WrongClock,
    404: Problem,
    429: Problem,
    503: Problem,
    507: Problem,
}

_MEANINGS: Final = {
    304: "The unit has it: its ETag was among those of If-None-Match",
    401: "The token is not of now; `now_s` is the hub's time",
    404: "No such unit, retired, or not signed by it; or the site has no rules yet",
    429: "Too many requests of this unit; see Retry-After",
    503: "The database does not answer, or the file is just being replaced; see Retry-After",
    507: "The hub's disk is full; see Retry-After",
}


def _operation(typ: str, **headers: dict[str, Any]) -> dict[str, Any]:
    described: dict[int, Any] = {
        status: {"description": told} for status, told in _MEANINGS.items()
    }
    for status in (429, 503, 507):
        described[status]["headers"] = {
            "Retry-After": {"description": "seconds", "schema": {"type": "integer"}}
        }
    described[200] = {
        "description": f"COSE_Sign1 by the hub, typ {typ}",
        "headers": {"ETag": {"description": "strong", "schema": {"type": "string"}}, **headers},
        "content": {_OCTETS: {"schema": {"type": "string", "format": "binary"}}},
    }
    return {
        "parameters": [
            _header("Authorization", "CWT and a token that the unit signed", required=True),
            _header("If-None-Match", "the ETag of what the unit has", required=False),
        ],
        "responses": described,
    }


def _header(name: str, told: str, *, required: bool) -> dict[str, Any]:
    return {
        "in": "header",
        "name": name,
        "description": told,
        "required": required,
        "schema": {"type": "string"},
    }


MANIFEST: Final = _operation(
    "application/vnd.site-gate.manifest+cbor",
    **{
        HEADER: {
            "description": "for how many seconds from now each record is to be sent at once",
            "schema": {"type": "integer"},
        },
        SUPPORT: {
            "description": "while a support bundle is asked for: COSE_Sign1 by the hub, typ"
            f" {KIND.typ}, base64url",
            "schema": {"type": "string"},
        },
    },
)
PRESENCE: Final = _operation("application/vnd.site-gate.presence+cbor")
HOURS: Final = _operation("application/vnd.site-gate.hours+cbor")
