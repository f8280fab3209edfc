"""What an HTTP answer means to an uplink: the hub's word, or somebody else's. Pure and total.

An answer that isn't ours is no answer: a guest network's sign-in page says 200 to everything. What
is the hub's is told by its form here, and a receipt by its signature (gate.uplink.sync); nothing
else moves the mark forward.
"""

import json
from dataclasses import dataclass
from typing import Final

from gate.events.chain import HASH_BYTES, JOURNAL_ID_BYTES, ChainHead
from gate.events.model import MAX_NUMBER

OCTETS: Final = "application/octet-stream"
JSON: Final = "application/json"

MAX_DETAIL_CHARS: Final = 200
"""Of what a hub says is wrong; it goes into the log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An HTTP answer as it came; `retry_after_s` is bounded already."""

    status: int
    content_type: str
    body: bytes
    retry_after_s: float | None = None


@dataclass(frozen=True, slots=True)
class Receipted:
    """What says to be a receipt, not verified."""

    message: bytes


@dataclass(frozen=True, slots=True)
class Heard:
    """Taken, with nothing to say."""


@dataclass(frozen=True, slots=True)
class Gap:
    """The hub has the journal only up to here; the batch begins later."""

    head: ChainHead


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The hub will not take it, now or later; somebody must look."""

    status: int
    code: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """No answer of the hub, or its request to come again."""

    why: str
    retry_after_s: float | None = None


Answer = Receipted | Heard | Gap | Refused | Later


def read_answer(reply: Reply) -> Answer:
    """Return what a reply means."""
    kind = reply.content_type.partition(";")[0].strip().lower()
    if reply.status == 429 or reply.status >= 500:
        return Later(why=f"the hub says {reply.status}", retry_after_s=reply.retry_after_s)
    if reply.status == 200 and kind == OCTETS:
        return Receipted(reply.body)
    if reply.status == 204:
        return Heard()
    fields = _error(reply.body) if kind == JSON and reply.status >= 400 else None
    if fields is None:
        shown = kind[:40] if kind.isprintable() else ""
        return Later(why=f"captive portal? it answers {reply.status} {shown}".rstrip())
    if reply.status == 409 and fields["code"] == "gap":
        return _gap(fields)
    return Refused(
        status=reply.status, code=_line(fields["code"]), detail=_line(fields.get("detail"))
    )


def _error(body: bytes) -> dict[str, object] | None:
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(fields, dict) or not isinstance(fields.get("code"), str):
        return None
    return fields


def _gap(fields: dict[str, object]) -> Gap | Later:
    nowhere = Later(why="the hub tells of a gap without saying where")
    match fields:
        case {"stored_through": int(seq), "head_hash": str(digest), "journal_id": str(journal)}:
            try:
                journal_id, head_hash = bytes.fromhex(journal), bytes.fromhex(digest)
            except ValueError:
                return nowhere
        case _:
            return nowhere
    whole = len(journal_id) == JOURNAL_ID_BYTES and len(head_hash) == HASH_BYTES
    if isinstance(seq, bool) or not whole or not 0 <= seq <= MAX_NUMBER:
        return nowhere
    return Gap(ChainHead(journal_id=journal_id, seq=seq, hash=head_hash))


def _line(value: object) -> str:
    """Return a hub's text as one short line."""
    text = value if isinstance(value, str) else ""
    return "".join(char if char.isprintable() else " " for char in text[:MAX_DETAIL_CHARS])
