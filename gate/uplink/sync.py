"""One pass: what the journal has beyond the mark, batch by batch, to the hub.

1. Read the mark.  2. Take the entries after it, bounded in number and bytes.  3. Sign them.
4. Compress and send.  5. Read the answer.  6. A receipt: verify it by the hub's key, that it
answers this batch, and that the hub's head is our own entry of that number.  7. Keep it, advance
the mark, and on from 2.  A gap: go back to where the hub is, if we have that entry, and on from 2.

With nothing after the mark, the last entry that the hub acknowledged may be offered again, as a
batch of its own: a hub that has it answers as before, and one that went back to an older backup
answers with a gap. Else a unit with nothing new would never hear that its hub has less.

Nothing but 6 moves the mark forward, and nothing here changes the journal. What the hub contradicts
(other content under a number, more entries than we have) is an alarm: told, and left to people.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Final

from gate.devices.ports import Clock
from gate.errors import EventError, JournalError, UplinkError
from gate.events.batch import deflate, sign_batch
from gate.events.chain import ChainHead, genesis, head_of
from gate.events.codec import to_ms
from gate.events.model import Entry
from gate.events.receipt import Receipt, hash_of, open_receipt
from gate.signing.keys import SigningKey, VerifyingKey
from gate.store.cursor import Cursor
from gate.store.journal_reader import JournalReader
from gate.uplink.answer import Gap, Heard, Later, Receipted, Refused, Reply, read_answer
from gate.uplink.client import HubClient

BATCH_BYTES: Final = 1 << 20
"""Of holder parts and reasons in a batch: two minutes on a link of 64 kbit/s, uncompressed, and far
below what a hub takes."""

MAX_REWINDS: Final = 3
"""In one pass; one is usual (the hub came back from a backup), more is no hub of ours."""

_BATCH: Final = {"Content-Encoding": "deflate"}
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One unit's line to its hub: who speaks, about which journal, to whom."""

    uid: str
    key: SigningKey
    hub_key: VerifyingKey
    journal: Path
    cursor: Cursor
    client: HubClient
    clock: Clock
    batch_entries: int
    areas: Mapping[str, str] = field(default_factory=dict)
    """Where each access point of the unit leads, by the name it records."""
    cameras: Mapping[str, Path] = field(default_factory=dict)
    """Where the gate keeps how the camera of each saw its cards (`gate.store.camera_days`)."""


class Ending(StrEnum):
    """How a pass ended."""

    DONE = "done"
    OUT_OF_TIME = "out_of_time"
    NO_ANSWER = "no_answer"
    UNKNOWN = "unknown"
    ALARM = "alarm"


@dataclass(frozen=True, slots=True, kw_only=True)
class PassEnd:
    """What a pass did.

    Attributes:
        ending: how it ended.
        head: the mark, as it is now.
        uploaded: how many entries the mark was moved over.
        why: in words, what stood in its way.
        retry_after_s: what the hub asked for.
        drift_ms: the hub's time less ours, by the last receipt; None if there was none.
    """

    ending: Ending
    head: ChainHead
    uploaded: int = 0
    why: str = ""
    retry_after_s: float | None = None
    drift_ms: int | None = None

    @property
    def was_receipted(self) -> bool:
        """Whether the hub said, in this pass, how far it has the journal."""
        return self.drift_ms is not None


Between = Callable[[ChainHead], None]
"""Is called after each batch that was stored, with the mark as it is then."""


def sync_pass(
    link: Link, reader: JournalReader, deadline_s: float, between: Between, *, offers: bool
) -> PassEnd:
    """Bring the hub what it lacks, until it has everything, doesn't answer, or time is up.

    Args:
        link: the line.
        reader: of the journal.
        deadline_s: on the clock's steady line.
        between: is told of each batch that was stored.
        offers: if there is nothing new, offer the last acknowledged entry again.

    Raises:
        JournalError: the disk refuses.
    """
    return _Pass(link, reader, deadline_s, between, offers=offers).run()


def current_head(cursor: Cursor, reader: JournalReader) -> ChainHead:
    """Return how far the hub has this journal, as far as is known here.

    Not known, it is where the journal begins: the hub then says how far it has it.
    """
    try:
        mark = cursor.mark()
    except JournalError as error:
        _log.warning("mark lost, the hub will be asked", extra={"error": str(error)})
        mark = None
    if mark is not None and mark.head.journal_id == reader.journal_id:
        return mark.head
    if mark is not None:
        _log.warning(
            "the journal is a new one; of the one before, the hub has this much",
            extra={"journal": mark.head.journal_id.hex(), "seq": mark.head.seq},
        )
    anchor = reader.anchor()
    return genesis(reader.journal_id) if anchor is None else anchor.head


class _Pass:
    """The pass's memory: one batch, and where the journal is being read."""

    def __init__(
        self,
        link: Link,
        reader: JournalReader,
        deadline_s: float,
        between: Between,
        *,
        offers: bool,
    ) -> None:
        self._link = link
        self._reader = reader
        self._deadline_s = deadline_s
        self._between = between
        self._offers = offers
        self._most = link.batch_entries
        self._rewinds = 0
        self._uploaded = 0
        self._drift_ms: int | None = None
        self._head = genesis(reader.journal_id)
        self._entries: Iterator[Entry] = iter(())

    def run(self) -> PassEnd:
        """Walk the steps until one of them ends the pass."""
        # 1.
        self._go_to(current_head(self._link.cursor, self._reader))
        if self._head != self._reader.head_at(self._head.seq):
            return self._alarm(
                f"entry {self._head.seq}, which the hub has, is missing or another in the journal"
            )
        while True:
            try:
                end = self._batch()
            except EventError as error:
                return self._alarm(f"the journal is damaged: {error}")
            if end is not None:
                return end

    def _batch(self) -> PassEnd | None:
        """Send one batch; return the pass's end if this is it."""
        # 2.
        before, entries = self._head, self._take()
        if not entries and self._offers:
            before, entries = self._last_acknowledged()
        if not entries:
            return self._end(Ending.DONE)
        if entries[0].seq != before.seq + 1:
            return self._alarm(
                f"the hub has entries up to {before.seq}, the journal begins at"
                f" {entries[0].seq}; what lies between is lost"
            )
        if self._link.clock.monotonic() >= self._deadline_s:
            return self._end(Ending.OUT_OF_TIME, "out of time")
        # 3.
        message = sign_batch(self._link.uid, entries, before, self._link.key)
        # 4.
        try:
            reply = self._link.client.post(
                f"/api/units/{self._link.uid}/batches",
                deflate(message),
                deadline_s=self._deadline_s,
                headers=_BATCH,
            )
        except UplinkError as error:
            return self._end(Ending.NO_ANSWER, str(error))
        return self._answered(reply, message, entries)

    def _answered(self, reply: Reply, message: bytes, entries: list[Entry]) -> PassEnd | None:
        # 5.
        match read_answer(reply):
            case Receipted(receipt):
                return self._receipted(receipt, message, entries)
            case Gap(head):
                return self._gap(head)
            case Refused(status=413) if len(entries) > 1:
                self._most = len(entries) // 2
                self._go_to(self._head)
                return None
            case Refused() as refused:
                is_unknown = refused.code in {"unknown_unit", "retired"}
                ending = Ending.UNKNOWN if is_unknown else Ending.ALARM
                return self._end(ending, _words(refused, self._link.uid))
            case Heard():
                return self._end(Ending.NO_ANSWER, "the hub took a batch without a receipt")
            case Later() as later:
                return self._end(Ending.NO_ANSWER, later.why, later.retry_after_s)

    def _take(self) -> list[Entry]:
        taken: list[Entry] = []
        size = 0
        for entry in self._entries:
            taken.append(entry)
            size += len(entry.holder or "") + sum(map(len, entry.event.reasons))
            if len(taken) >= self._most or size >= BATCH_BYTES:
                break
        return taken

    def _last_acknowledged(self) -> tuple[ChainHead, list[Entry]]:
        """Return the entry at the mark and what it follows; no entry if it was pruned."""
        before = self._reader.head_at(self._head.seq - 1)
        if before is None:
            return self._head, []
        return before, list(islice(self._reader.entries(before.seq), 1))

    def _receipted(self, data: bytes, message: bytes, entries: list[Entry]) -> PassEnd | None:
        # 6.
        last = head_of(entries[-1])
        try:
            receipt = open_receipt(data, self._link.hub_key)
        except EventError as error:
            why = f"captive portal? its receipt is not by the hub's key: {error}"
            return self._end(Ending.NO_ANSWER, why)
        if not self._answers(receipt, message) or receipt.head.seq < last.seq:
            return self._end(Ending.NO_ANSWER, "the hub's receipt is of another batch")
        ours = last if receipt.head.seq == last.seq else self._reader.head_at(receipt.head.seq)
        if ours != receipt.head:
            return self._alarm(
                f"the hub has entry {receipt.head.seq} of this journal, which is missing or another"
                " here; has the unit's disk been put back to an older state?"
            )
        # 7. An offer's receipt isn't kept: the one that we have says the same, and since when.
        self._offers = False
        if receipt.head != self._head:
            self._link.cursor.advance(receipt.head, data, to_ms(receipt.hub_time))
        self._uploaded += receipt.head.seq - self._head.seq
        self._drift_ms = to_ms(receipt.hub_time) - to_ms(self._link.clock.now())
        if receipt.head == last:
            self._head = last
        else:
            self._go_to(receipt.head)
        self._between(self._head)
        return None

    def _answers(self, receipt: Receipt, message: bytes) -> bool:
        return (
            receipt.uid == self._link.uid
            and receipt.head.journal_id == self._reader.journal_id
            and receipt.batch_hash == hash_of(message)
        )

    def _gap(self, head: ChainHead) -> PassEnd | None:
        if head.journal_id != self._reader.journal_id or head.seq >= self._head.seq:
            return self._end(Ending.NO_ANSWER, "the hub tells of a gap where there is none")
        self._rewinds += 1
        if self._rewinds > MAX_REWINDS:
            return self._end(Ending.NO_ANSWER, f"the hub went back more than {MAX_REWINDS} times")
        if head != self._reader.head_at(head.seq):
            return self._alarm(
                f"the hub has another entry {head.seq}, or one that was pruned here; nothing can be"
                " added to it"
            )
        facts = {"seq": head.seq, "was": self._head.seq}
        _log.warning("the hub has less than it had; sending it again", extra=facts)
        self._link.cursor.rewind(head)
        self._go_to(head)
        return None

    def _go_to(self, head: ChainHead) -> None:
        self._head = head
        self._entries = self._reader.entries(head.seq)

    def _alarm(self, why: str) -> PassEnd:
        return self._end(Ending.ALARM, why)

    def _end(self, ending: Ending, why: str = "", retry_after_s: float | None = None) -> PassEnd:
        return PassEnd(
            ending=ending,
            head=self._head,
            uploaded=self._uploaded,
            why=why,
            retry_after_s=retry_after_s,
            drift_ms=self._drift_ms,
        )


def _words(refused: Refused, uid: str) -> str:
    said = f"the hub refuses: {refused.status} {refused.code} {refused.detail}".rstrip()
    match refused.code:
        case "unknown_unit":
            step = "with the key that `gate sync --show-key` prints here"
            return f"{said}; next: let unit {uid} in on the hub, `gate hub manage addunit`, {step}"
        case "retired":
            step = "gate enrol --leave --even-unsent, and show it a new code of its hub"
            return f"{said}; next: carry its record off (gate journal export), then {step}"
        case "conflict":
            return f"{said}; it holds other content under a number of this journal"
        case _:
            return said
