"""A day's root: one hash over how far every journal of a site was stored when the day ended.

Printed on the daily report, it fixes the record on paper: whoever has the sheet can tell later
whether any entry stored by then was changed. It counts what the hub had *received* by the end of
the day, so that it never changes afterwards, however late a gate uploads; the report of the day on
which the entries arrive covers them. A unit stays at its site: at another it is another unit.

`root = SHA-256("site-gate day root 1" || 0 || slug || 0 || day || 0 || (uid || journal id || seq
as 8 bytes || hash) of each journal, sorted)`; the day as YYYY-MM-DD, uid and slug as ASCII.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from typing import Final
from zoneinfo import ZoneInfo

from django.db import connection

from gate.events.chain import ChainHead
from gate.events.codec import to_ms
from gate.hub.ingest.models import Journal
from gate.hub.sites.models import Site

_DOMAIN: Final = b"site-gate day root 1"

_LAST_BEFORE: Final = (
    "SELECT seq, hash FROM ingest_entry WHERE journal_id = %s AND received_ms < %s"
    " ORDER BY seq DESC LIMIT 1"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalHead:
    """How far a unit's journal was stored."""

    uid: str
    head: ChainHead


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRoot:
    """A site's root of a day, and what it was made of."""

    slug: str
    day: date
    heads: tuple[JournalHead, ...]

    @property
    def root(self) -> bytes:
        """The hash."""
        digest = sha256(b"\x00".join((_DOMAIN, self.slug.encode(), b"%s\x00" % self._day)))
        for one in sorted(self.heads, key=lambda one: (one.uid, one.head.journal_id)):
            head = one.head
            digest.update(one.uid.encode() + head.journal_id + head.seq.to_bytes(8) + head.hash)
        return digest.digest()

    @property
    def _day(self) -> bytes:
        return self.day.isoformat().encode()


def day_root(site: Site, day: date) -> DayRoot:
    """Return the root of a day, in the site's own time; of a day not yet over, as it stands."""
    midnight = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(site.time_zone))
    end_ms = to_ms(midnight)
    journals = Journal.objects.filter(unit__site=site).select_related("unit").order_by("id")
    found = [_head(journal, end_ms) for journal in journals]
    return DayRoot(slug=site.slug, day=day, heads=tuple(head for head in found if head))


def lines(root: DayRoot) -> Sequence[str]:
    """Return the root as it is printed, with what it takes to make it again."""
    return (
        f"{root.slug} {root.day.isoformat()} root {root.root.hex()}",
        *(
            f"unit {one.uid} journal {one.head.journal_id.hex()} through {one.head.seq}"
            f" hash {one.head.hash.hex()}"
            for one in root.heads
        ),
    )


def _head(journal: Journal, end_ms: int) -> JournalHead | None:
    """Return the last entry that had arrived, found from the end: a report is of the last days."""
    with connection.cursor() as cursor:
        cursor.execute(_LAST_BEFORE, (journal.id, end_ms))
        row = cursor.fetchone()
    if row is None:
        return None
    head = ChainHead(journal_id=bytes(journal.journal_id), seq=row[0], hash=bytes(row[1]))
    return JournalHead(uid=journal.unit.uid, head=head)
