"""The passes of a site, as a list that can be searched."""

from datetime import datetime

from django.db.models import QuerySet

from gate.hub.log.search import fold
from gate.hub.passes.models import Pass
from gate.hub.sites.models import Site
from gate.trust.status_list import Status


def passes_of(site: Site) -> QuerySet[Pass]:
    """Return every pass of a site, the latest first."""
    return Pass.objects.filter(site=site).select_related("card", "site").order_by("-pk")


def search(site: Site, words: str) -> QuerySet[Pass]:
    """Return the passes that have every word in a name, a number or a company, however accented.

    A site has some thousands at most: they are compared one by one.
    """
    wanted = fold(words).split()
    if not wanted:
        return passes_of(site)
    columns = ("pk", "card__name", "card__number", "number", "company")
    found = [
        row[0]
        for row in passes_of(site).values_list(*columns)
        if all(word in fold(" ".join(row[1:])) for word in wanted)
    ]
    return passes_of(site).filter(pk__in=found)


def state_of(one: Pass, now: datetime) -> tuple[str, str, str]:
    """Return a pass's state: in a word, its style, and its mark."""
    status = one.card.status
    if status == Status.INVALID:
        return "cancelled", "refuse", "✗"
    if one.card.expires_at is not None and one.card.expires_at <= now:
        return "expired", "out", "-"
    return ("on hold", "note", "!") if status == Status.SUSPENDED else ("good", "in", "✓")
