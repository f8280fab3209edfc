"""A unit with a journal, a hub on loopback, and the line between them."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gate.events.batch_rows import to_entry
from gate.events.chain import genesis, verify_chain
from gate.events.model import Entry, Event, EventKind, Holder
from gate.signing.keys import SigningKey
from gate.sim.devices import ManualClock
from gate.sim.hub import SimulatedHub, Trouble
from gate.store.cursor import Cursor, Mark, cursor_directory
from gate.store.journal import Journal, open_journal
from gate.store.journal_reader import JournalReader
from gate.uplink.client import HubClient
from gate.uplink.cycle import Pace, Uplink
from gate.uplink.sync import Link, PassEnd, sync_pass

NOW = datetime(2026, 12, 6, 7, 15, tzinfo=UTC)
SAM = Holder(person=b"s" * 16, issuer="iss", number="123", name="Sam", card_type="gold")


class Site:
    """A unit and its hub; what a test does to them and asks of them."""

    def __init__(self, directory: Path, opened: ExitStack) -> None:
        self.clock = ManualClock(NOW)
        self.path = directory / "journal.db"
        self.journal: Journal = open_journal(self.path, now=NOW, clock_trusted=True)
        opened.callback(self._close_journal)
        self.hub = opened.enter_context(SimulatedHub(self.clock))
        self.client = opened.enter_context(
            HubClient(self.hub.url, ca=None, now=self.clock.now, monotonic=self.clock.monotonic)
        )
        key = SigningKey(Ed25519PrivateKey.generate())
        self.link = Link(
            uid=self.hub.books.register(key.verifying_key),
            key=key,
            hub_key=self.hub.books.key.verifying_key,
            journal=self.path,
            cursor=opened.enter_context(Cursor(cursor_directory(self.path))),
            client=self.client,
            clock=self.clock,
            batch_entries=10,
            areas={"Gate A in": "tower"},
        )
        self.directory = directory

    def _close_journal(self) -> None:
        """Close whichever it is by then."""
        self.journal.close()

    def record(self, count: int, holder: Holder | None = None) -> None:
        """Let `count` people in: `holder` each time, or every other time one that is known."""
        for number in range(count):
            at = NOW + timedelta(seconds=number)
            event = Event(at=at, clock_trusted=True, kind=EventKind.ACCESS, outcome="admit")
            self.journal.append(event, holder or (SAM if number % 2 else None))

    def begin_another_journal(self) -> None:
        """Lose the journal's file, as after a damage, and begin a fresh one."""
        self.journal.close()
        self.path.rename(self.path.with_name("lost.db"))
        self.path.with_name("journal.db.head").unlink()
        self.journal = open_journal(self.path, now=NOW, clock_trusted=True)

    def sync(self, *troubles: Trouble, pass_s: float = 60.0, offers: bool = False) -> PassEnd:
        """Make one pass, during which the hub has these troubles, one a request."""
        self.hub.troubles.extend(troubles)
        with JournalReader.open(self.path) as reader:
            deadline_s = self.clock.monotonic() + pass_s
            return sync_pass(self.link, reader, deadline_s, lambda _: None, offers=offers)

    def uplink(self, pace: Pace | None = None, *, watched: bool = False) -> Uplink:
        """Return the unit's uplink, whose chance is always the middle."""
        trust, pace = self.directory / "trust", pace or Pace(every_s=2)
        return Uplink(self.link, trust, pace, lambda: 0.5, is_watched=lambda: watched)

    def with_batches_of(self, entries: int) -> None:
        """Send so many entries at once."""
        self.link = replace(self.link, batch_entries=entries)

    def mark(self) -> Mark:
        """Return the mark."""
        mark = self.link.cursor.mark()
        assert mark is not None
        return mark

    def stored(self) -> list[Entry]:
        """Return what the hub has of the journal."""
        ledger = self.hub.books.ledger(self.link.uid, self.journal.head.journal_id)
        return [to_entry(ledger.journal_id, row) for row in ledger.rows]

    def assert_everything_stored_once(self) -> None:
        """Hold the hub's rows against the journal's records, and the chain against itself."""
        stored = self.stored()
        assert stored == list(self.journal.entries())
        assert verify_chain(stored, genesis(self.journal.head.journal_id)) == self.journal.head
        assert self.mark().head == self.journal.head
        assert len(self.hub.books.ledgers) == 1
        assert self.hub.books.alarms == []


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with ExitStack() as opened:
        yield Site(tmp_path, opened)
