"""Writing a correction, and finding those of entries."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import QuerySet

from gate.hub.corrections.models import Correction, What
from gate.hub.ingest.models import Entry
from gate.hub.manifest.authors import author_of


def correct(entry: Entry, what: What, reason: str, user: User, now: datetime) -> Correction:
    """Write down that an entry is not as things were."""
    return Correction.objects.create(
        site_id=entry.site_id,
        journal_id=entry.journal_id,
        seq=entry.seq,
        what=what,
        reason=reason,
        at=now,
        by=user,
        by_name=author_of(user).name,
    )


def of_entry(entry: Entry) -> QuerySet[Correction]:
    """Return the corrections of an entry, the first one first."""
    return Correction.objects.filter(journal_id=entry.journal_id, seq=entry.seq).order_by("pk")


def corrected(entries: Iterable[Entry]) -> dict[tuple[int, int], str]:
    """Return what was written of these entries, by journal and number; the last of each counts."""
    wanted: dict[int, list[int]] = {}
    for entry in entries:
        wanted.setdefault(entry.journal_id, []).append(entry.seq)
    found: dict[tuple[int, int], str] = {}
    for journal, seqs in wanted.items():
        for one in Correction.objects.filter(journal_id=journal, seq__in=seqs).order_by("pk"):
            found[journal, one.seq] = f"{one.get_what_display()}: {one.reason} ({one.by_name})"
    return found
