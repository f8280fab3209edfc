"""One page of a site's log: the entries of a day that were asked for, newest first.

Pages are found by place, not by counting from the top: entries that arrive while somebody reads
move nothing, and the last page costs what the first one does.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Q, QuerySet

from gate.errors import Reason
from gate.events.model import EventKind
from gate.hub.ingest.models import Entry
from gate.hub.log.day import Day
from gate.hub.log.filters import Filter, Place, Shown
from gate.hub.log.search import holding
from gate.hub.sites.models import Site

PAGE_ENTRIES: Final = 50
"""A phone's page of them weighs 15 kB compressed; more is another page."""

CLOCK_FLOOR_MS: Final = 1_767_225_600_000
"""1 January 2026: before this software. An entry with an earlier time had no clock."""

_NEWEST_FIRST: Final = ("-at_ms", "-journal_id", "-seq")
_OLDEST_FIRST: Final = ("at_ms", "journal_id", "seq")


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPage:
    """Some entries, newest first, and where to go on from them."""

    entries: Sequence[Entry]
    older: Place | None
    newer: Place | None


def read_page(site: Site, day: Day, chosen: Filter) -> LogPage:
    """Return the entries of one page."""
    entries = fitting(site, day, chosen).select_related("journal__unit").defer("hash", "salt")
    if chosen.newer is not None:
        found = list(_above(entries, chosen.newer).order_by(*_OLDEST_FIRST)[: PAGE_ENTRIES + 1])
        rows = found[:PAGE_ENTRIES][::-1]
        return LogPage(
            entries=rows,
            older=_place(rows[-1]) if rows else None,
            newer=_place(rows[0]) if len(found) > PAGE_ENTRIES else None,
        )
    if chosen.older is not None:
        entries = _below(entries, chosen.older)
    found = list(entries.order_by(*_NEWEST_FIRST)[: PAGE_ENTRIES + 1])
    rows = found[:PAGE_ENTRIES]
    return LogPage(
        entries=rows,
        older=_place(rows[-1]) if len(found) > PAGE_ENTRIES else None,
        newer=_place(rows[0]) if rows and chosen.older is not None else None,
    )


def fitting(site: Site, day: Day, chosen: Filter) -> QuerySet[Entry]:
    """Return every entry that was asked for, of whatever page."""
    return _shown(_narrowed(of_day(site, day), chosen), chosen.show)


def pages_of(entries: QuerySet[Entry], most: int) -> Iterator[list[Entry]]:
    """Yield entries newest first, at most so many at a time, each page a question of its own."""
    page = list(entries.order_by(*_NEWEST_FIRST)[:most])
    while page:
        yield page
        entries_below = _below(entries, _place(page[-1]))
        page = list(entries_below.order_by(*_NEWEST_FIRST)[:most])


def count_shown(site: Site, day: Day, chosen: Filter) -> dict[Shown, int]:
    """Count what each choice of `show` would show, all else chosen alike."""
    counts = dict.fromkeys(Shown, 0)
    grouped = _narrowed(of_day(site, day), chosen).values_list("kind", "outcome")
    for kind, outcome, number in grouped.annotate(number=Count("seq")).order_by():
        counts[shown_as(kind, outcome)] += number
    return counts


def gates_of(site: Site, day: Day) -> list[str]:
    """Return the access points that recorded something on a day."""
    named = of_day(site, day).exclude(access_point="")
    return list(named.order_by("access_point").values_list("access_point", flat=True).distinct())


def clockless_ms(site: Site) -> int | None:
    """Return the time of the latest entry made before its unit had any idea of the time."""
    early = Entry.objects.filter(site=site, at_ms__lt=CLOCK_FLOOR_MS)
    return early.order_by("-at_ms").values_list("at_ms", flat=True).first()


def of_day(site: Site, day: Day) -> QuerySet[Entry]:
    """Return the entries of a day, by the time of the scan."""
    return Entry.objects.filter(site=site, at_ms__gte=day.start_ms, at_ms__lt=day.end_ms)


def shown_as(kind: str, outcome: str) -> Shown:
    """Return the choice of `show` that has an entry of this kind and outcome."""
    if kind != EventKind.ACCESS:
        return Shown.UNIT
    return next((show for show in Shown if show.value == outcome), Shown.UNIT)


def _narrowed(entries: QuerySet[Entry], chosen: Filter) -> QuerySet[Entry]:
    if chosen.gate:
        entries = entries.filter(access_point=chosen.gate)
    if chosen.direction is not None:
        entries = entries.filter(direction=chosen.direction.value)
    if chosen.reason is not None:
        entries = entries.filter(_has_reason(chosen.reason))
    return holding(entries, chosen.q) if chosen.q else entries


def _has_reason(reason: Reason) -> Q:
    """Hold for an entry with this reason among its reasons, which are joined by spaces."""
    return (
        Q(reason=reason.value)
        | Q(reasons__contains=f" {reason} ")
        | Q(reasons__endswith=f" {reason}")
    )


def _shown(entries: QuerySet[Entry], show: Shown | None) -> QuerySet[Entry]:
    if show is None:
        return entries
    if show is Shown.UNIT:
        return entries.exclude(kind=EventKind.ACCESS.value)
    return entries.filter(kind=EventKind.ACCESS.value, outcome=show.value)


def _below(entries: QuerySet[Entry], place: Place) -> QuerySet[Entry]:
    same_time = Q(journal_id__lt=place.journal) | Q(journal_id=place.journal, seq__lt=place.seq)
    beyond = Q(at_ms__lt=place.at_ms) | (Q(at_ms=place.at_ms) & same_time)
    return entries.filter(beyond, at_ms__lte=place.at_ms)  # the second for the index


def _above(entries: QuerySet[Entry], place: Place) -> QuerySet[Entry]:
    same_time = Q(journal_id__gt=place.journal) | Q(journal_id=place.journal, seq__gt=place.seq)
    beyond = Q(at_ms__gt=place.at_ms) | (Q(at_ms=place.at_ms) & same_time)
    return entries.filter(beyond, at_ms__gte=place.at_ms)  # as above


def _place(entry: Entry) -> Place:
    return Place(at_ms=entry.at_ms, journal=entry.journal_id, seq=entry.seq)
