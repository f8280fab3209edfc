"""The gates' record: salt and holder part of old entries go, and the chain holds as before.

How old an entry is, the hub's own clock says, when it took it in: a unit's clock may have been
wrong by years, and within a journal what was taken in later stands later.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Count, Max, Min, Q, QuerySet

from gate.events.codec import from_ms, to_ms
from gate.hub.ingest.models import Entry, Journal
from gate.hub.manifest.blocks import blocks_of
from gate.hub.manifest.hours import WEEKS
from gate.hub.manifest.models import CountedWeek, Whereabouts
from gate.hub.manifest.whereabouts import catch_up
from gate.hub.retention.parts import Held, Moment
from gate.hub.rollcall.calls import open_call
from gate.hub.sites.models import Site

PAGE_ENTRIES: Final = 2000
"""Looked at in one transaction: a tenth of a second for which SQLite's other writers wait."""

_WEEKS_ASKED: Final = timedelta(weeks=WEEKS + 2)
"""Older counts are never asked for again; this week and a day of another zone are besides."""

_Spared = Mapping[int, frozenset[int]]


class Record:
    """Entries of a site that name somebody.

    The entry by which a blocked person, or one on a roll call that goes on, is named stays: it is
    all that tells who they are. Who is inside came in within a week (gate.hub.manifest.presence).
    """

    def held(self, moment: Moment) -> Held:
        """Count the entries that name somebody."""
        found = _named(moment.site).aggregate(count=Count("seq"), oldest=Min("received_ms"))
        oldest = found["oldest"]
        return Held(count=found["count"], oldest=None if oldest is None else from_ms(oldest))

    def due(self, moment: Moment, before: datetime) -> int:
        """Count the old ones."""
        old = Q(received_ms__lt=to_ms(before))
        spared = sum(
            _named(moment.site).filter(old, journal_id=journal, seq__in=seqs).count()
            for journal, seqs in _spared(moment.site).items()
        )
        return _named(moment.site).filter(old).count() - spared

    def let_go(self, moment: Moment, before: datetime) -> Iterator[int]:
        """Go through each journal, from its first old entry that names somebody to its last."""
        site, spared = moment.site, _spared(moment.site)
        for journal in Journal.objects.filter(unit__site=site).values_list("pk", flat=True):
            yield from _let_go(site, journal, spared.get(journal, frozenset()), before)
        asked_from = (moment.now - _WEEKS_ASKED).date()
        CountedWeek.objects.filter(site=site, monday__lt=asked_from).delete()


def _let_go(site: Site, journal: int, spared: frozenset[int], before: datetime) -> Iterator[int]:
    old = _named(site).filter(journal_id=journal, received_ms__lt=to_ms(before))
    ends = old.aggregate(first=Min("seq"), last=Max("seq"))
    if ends["first"] is None:
        return
    for first in range(ends["first"], ends["last"] + 1, PAGE_ENTRIES):
        page = old.filter(seq__gte=first, seq__lt=first + PAGE_ENTRIES)
        with transaction.atomic(durable=True):
            count = page.exclude(seq__in=spared).update(salt=None, holder=None)
        yield count


def _named(site: Site) -> QuerySet[Entry]:
    return Entry.objects.filter(site=site, holder__isnull=False)


def _spared(site: Site) -> _Spared:
    catch_up(site)
    blocked = blocks_of(site).values("person")
    entries = Whereabouts.objects.filter(site=site, person__in=blocked)
    found = list(entries.values_list("journal_id", "seq"))
    call = open_call(site)
    if call is not None:
        found += call.named_set.values_list("journal_id", "seq")
    by_journal = defaultdict(set)
    for journal, seq in found:
        by_journal[journal].add(seq)
    return {journal: frozenset(seqs) for journal, seqs in by_journal.items()}
