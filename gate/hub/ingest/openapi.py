"""What the units' API says of itself in /api/openapi.json, where django-ninja can't know it."""

import re
from typing import Any, Final

from ninja import Schema
from pydantic import Field

from gate.events.heartbeat import MAX_HEARTBEAT_BYTES
from gate.events.support import MAX_SUPPORT_BYTES
from gate.hub.ingest.limits import MAX_BODY_BYTES

_UID: Final = re.compile(r"[0-9a-f]{16}", re.ASCII)
_OCTETS: Final = "application/octet-stream"


class Problem(Schema):
    """Any answer that is not what was asked for."""

    code: str = Field(description="stable; for programs")
    detail: str = Field(description="for people")


class Gap(Problem):
    """How far the journal is stored; send from the entry after it."""

    stored_through: int = Field(description="the last entry stored; 0 for none")
    head_hash: str = Field(description="that entry's hash, hexadecimal")
    journal_id: str = Field(description="of the journal, hexadecimal")


_BOTH: Final[dict[int, type[Schema]]] = {
    400: Problem,
    403: Problem,
    404: Problem,
    411: Problem,
    413: Problem,
    415: Problem,
    429: Problem,
    503: Problem,
    507: Problem,
}
BATCH_RESPONSES: Final[dict[int, type[Schema]]] = {**_BOTH, 409: Gap, 422: Problem}
SUPPORT_RESPONSES: Final[dict[int, type[Schema] | None]] = {204: None, **_BOTH, 409: Problem}
HEARTBEAT_RESPONSES: Final[dict[int, type[Schema] | None]] = {204: None, **_BOTH}

_MEANINGS: Final = {
    400: "Malformed, cut short, not signed by this unit, or a chain that does not hold",
    403: "The unit was taken out of use",
    404: "No such unit",
    411: "Content-Length is missing",
    413: "Too large; judged before it is read",
    415: "A Content-Encoding other than deflate",
    429: "Too many requests of this unit; see Retry-After",
    503: "The database does not answer; see Retry-After",
    507: "The hub's disk is full; see Retry-After",
}


def is_uid(text: str) -> bool:
    """Tell whether `text` has the form of a unit's name."""
    return _UID.fullmatch(text) is not None


def _operation(message: str, max_bytes: int, responses: dict[int, Any]) -> dict[str, Any]:
    described = {status: {"description": told} for status, told in _MEANINGS.items()}
    for status in (429, 503, 507):
        described[status]["headers"] = {  # type: ignore[assignment]  # nested further
            "Retry-After": {"description": "seconds", "schema": {"type": "integer"}}
        }
    return {
        "parameters": [
            {
                "in": "header",
                "name": "Content-Encoding",
                "required": False,
                "schema": {"type": "string", "enum": ["deflate", "identity"]},
            }
        ],
        "requestBody": {
            "required": True,
            "description": message,
            "content": {
                _OCTETS: {"schema": {"type": "string", "format": "binary", "maxLength": max_bytes}}
            },
        },
        "responses": described | responses,
    }


BATCH: Final = _operation(
    "COSE_Sign1 by the unit, typ application/vnd.site-gate.batch+cbor",
    MAX_BODY_BYTES,
    {
        200: {
            "description": "Stored, durably: COSE_Sign1 by the hub,"
            " typ application/vnd.site-gate.receipt+cbor",
            "content": {_OCTETS: {"schema": {"type": "string", "format": "binary"}}},
        },
        409: {
            "description": "Entries before these are missing here: how far the journal is stored"
        },
        422: {"description": "Another entry is stored under the same number; an alarm was raised"},
    },
)
HEARTBEAT: Final = _operation(
    "COSE_Sign1 by the unit, typ application/vnd.site-gate.heartbeat+cbor",
    MAX_HEARTBEAT_BYTES,
    {204: {"description": "Kept"}},
)
SUPPORT: Final = _operation(
    "COSE_Sign1 by the unit, typ application/vnd.site-gate.support+cbor",
    MAX_SUPPORT_BYTES,
    {
        204: {"description": "Kept"},
        409: {"description": "The unit is not asked for a bundle of this number"},
    },
)
