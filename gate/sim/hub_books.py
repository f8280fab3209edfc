"""What a hub keeps and answers, in memory: the rules of the real one, without its database.

One answer a request, as (status, content type, body). A batch is taken whole or not at all, and the
same batch again gives the same answer but for the time in its receipt.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from gate.errors import EventError
from gate.events.batch import Batch, inflate, open_batch, unit_uid
from gate.events.batch_rows import COLUMNS, Row
from gate.events.chain import ChainHead, genesis
from gate.events.heartbeat import Heartbeat, open_heartbeat
from gate.events.receipt import Receipt, hash_of, sign_receipt
from gate.events.support import MAX_SUPPORT_BYTES, Support, open_support
from gate.signing.keys import SigningKey, VerifyingKey

OCTETS: Final = "application/octet-stream"
JSON: Final = "application/json"

_HASH: Final = COLUMNS.index("hash")

Answer = tuple[int, str, bytes]


@dataclass
class Ledger:
    """One journal as the hub has it: its entries' rows, the first of them number 1."""

    journal_id: bytes
    rows: list[Row] = field(default_factory=list)

    def head(self) -> ChainHead:
        """Return how far it goes."""
        return self.head_at(len(self.rows))

    def head_at(self, seq: int) -> ChainHead:
        """Return the head that entry `seq` was."""
        if seq == 0:
            return genesis(self.journal_id)
        return ChainHead(journal_id=self.journal_id, seq=seq, hash=self.rows[seq - 1][_HASH])


class HubBooks:
    """The units that a hub knows, and what they brought."""

    def __init__(self, key: SigningKey) -> None:
        """Begin with no unit; `key` signs the receipts, as `retell` makes them lie."""
        self.key = key
        self.units: dict[str, VerifyingKey] = {}
        self.ledgers: dict[tuple[str, bytes], Ledger] = {}
        self.heartbeats: list[Heartbeat] = []
        self.asked: dict[str, bytes] = {}
        self.bundles: dict[str, Support] = {}
        self.alarms: list[str] = []
        self.retell: Callable[[Receipt], Receipt] = lambda receipt: receipt

    def register(self, key: VerifyingKey) -> str:
        """Get to know a unit; return its uid."""
        uid = unit_uid(key)
        self.units[uid] = key
        return uid

    def ledger(self, uid: str, journal_id: bytes) -> Ledger:
        """Return a journal of a unit, an empty one if nothing was brought yet."""
        return self.ledgers.setdefault((uid, journal_id), Ledger(journal_id))

    def take_batch(self, uid: str, body: bytes, encoding: str, now: datetime) -> Answer:
        """Take a batch, or say why not."""
        if uid not in self.units:
            return error(404, "unknown_unit", "no such unit here")
        try:
            message = inflate(body) if encoding == "deflate" else body
            batch = open_batch(message, self.units[uid])
        except EventError as fault:
            return error(400, "bad_batch", str(fault))
        ledger = self.ledger(uid, batch.prev.journal_id)
        if batch.prev.seq > len(ledger.rows):
            return _gap(ledger.head())
        if not _agrees(ledger, batch):
            self.alarms.append(f"{uid}: entry {batch.prev.seq + 1}")
            return error(422, "conflict", "other content under a number that is stored")
        ledger.rows.extend(batch.rows[len(ledger.rows) - batch.prev.seq :])
        receipt = Receipt(uid=uid, head=ledger.head(), hub_time=now, batch_hash=hash_of(message))
        return 200, OCTETS, sign_receipt(self.retell(receipt), self.key)

    def take_heartbeat(self, uid: str, body: bytes) -> Answer:
        """Take a heartbeat, or say why not."""
        if uid not in self.units:
            return error(404, "unknown_unit", "no such unit here")
        try:
            self.heartbeats.append(open_heartbeat(body, self.units[uid]))
        except EventError as fault:
            return error(400, "bad_heartbeat", str(fault))
        return 204, "", b""

    def take_support(self, uid: str, body: bytes) -> Answer:
        """Take a support bundle that was asked for, or say why not."""
        if uid not in self.units:
            return error(404, "unknown_unit", "no such unit here")
        if len(body) > MAX_SUPPORT_BYTES:
            return error(413, "too_large", "send less")
        try:
            support = open_support(body, self.units[uid])
        except EventError as fault:
            return error(400, "bad_support", str(fault))
        if self.asked.get(uid) != support.number:
            return error(409, "not_asked", "nobody asked for it")
        self.bundles.setdefault(uid, support)
        return 204, "", b""


def error(status: int, code: str, detail: str, more: Mapping[str, object] | None = None) -> Answer:
    """Return an error in the form that all of a hub's errors have."""
    return status, JSON, json.dumps({"code": code, "detail": detail, **(more or {})}).encode()


def _gap(head: ChainHead) -> Answer:
    where: dict[str, object] = {
        "stored_through": head.seq,
        "head_hash": head.hash.hex(),
        "journal_id": head.journal_id.hex(),
    }
    return error(409, "gap", f"stored through {head.seq}; go on from there", where)


def _agrees(ledger: Ledger, batch: Batch) -> bool:
    """Tell whether what is stored already is what the batch says it is."""
    if ledger.head_at(batch.prev.seq) != batch.prev:
        return False
    stored = ledger.rows[batch.prev.seq : batch.head.seq]
    return all(
        ours[_HASH] == theirs[_HASH] for ours, theirs in zip(stored, batch.rows, strict=False)
    )
