"""Units as a bench needs them: keys, journals of a usual day, and signed batches ready to send."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import islice
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gate.events.batch import deflate, sign_batch, unit_uid
from gate.events.chain import ChainHead, genesis, head_of, link
from gate.events.codec import encode_holder
from gate.events.model import Entry, Event, EventKind, Holder
from gate.signing.keys import SigningKey

_AT: Final = datetime(2026, 12, 6, 6, 0, tzinfo=UTC)
_NAMES: Final = ("Jordan Blackwood-Smith", "Aleksandra Wójcik", "Sam Okafor", "Chris Lee")
_TYPES: Final = ("gold", "labourer", "installation-electrician", "site-manager")
_REFUSED: Final = (("expired",), ("revoked",), ("not_inducted", "passback"))
_REFUSED_EVERY: Final = 17


@dataclass(frozen=True, slots=True)
class LoadUnit:
    """One unit; its key follows from its name, and differs from one bench's run to the next."""

    name: str
    key: SigningKey
    with_holders: bool = True
    began: datetime = _AT
    people: int = 0
    """As many different ones pass; 0: everybody is another."""

    @classmethod
    def named(cls, name: str, *, with_holders: bool = True) -> "LoadUnit":
        """Make the unit of that name."""
        seed = sha256(b"gate bench unit " + name.encode()).digest()
        return cls(name, SigningKey(Ed25519PrivateKey.from_private_bytes(seed)), with_holders)

    @property
    def uid(self) -> str:
        """The name that the hub knows it by."""
        return unit_uid(self.key.verifying_key)

    def entries(self) -> Iterator[Entry]:
        """Yield its journal, without end: somebody passes every three seconds."""
        head = genesis(sha256(self.name.encode()).digest()[:16])
        opened = Event(at=self.began, clock_trusted=True, kind=EventKind.JOURNAL_OPENED)
        entry = link(head, opened, None, None)
        while True:
            yield entry
            head = head_of(entry)
            entry = self._passage(head)

    def messages(self, batch_entries: int) -> Iterator[bytes]:
        """Yield its journal as signed batches, not yet compressed."""
        uid = self.uid
        entries = self.entries()
        prev: ChainHead | None = None
        while True:
            some = list(islice(entries, batch_entries))
            before = prev or genesis(some[0].journal_id)
            yield sign_batch(uid, some, before, self.key)
            prev = head_of(some[-1])

    def bodies(self, batch_entries: int, batches: int) -> list[bytes]:
        """Return its first batches as they travel."""
        return [deflate(message) for message in islice(self.messages(batch_entries), batches)]

    def _passage(self, head: ChainHead) -> Entry:
        seq = head.seq
        chance = sha256(b"%d" % seq + head.journal_id).digest()
        is_refused = seq % _REFUSED_EVERY == 0
        event = Event(
            at=self.began + timedelta(milliseconds=3000 * seq + chance[0]),
            clock_trusted=True,
            kind=EventKind.ACCESS,
            access_point="Gate A in" if seq % 2 else "Gate A out",
            direction="in" if seq % 2 else "out",
            outcome="refuse" if is_refused else "admit",
            reasons=_REFUSED[seq % 3] if is_refused else (),
            list_age_s=(3 * seq) % 3600,
        )
        if not self.with_holders:
            return link(head, event, None, None)
        holder = Holder(
            person=(seq % self.people).to_bytes(16) if self.people else chance[:16],
            issuer="https://cards.example",
            number=f"ECS-{int.from_bytes(chance[16:19]):08}",
            name=_NAMES[chance[19] % 4],
            card_type=_TYPES[chance[20] % 4],
        )
        return link(head, event, chance[12:28], encode_holder(holder))
