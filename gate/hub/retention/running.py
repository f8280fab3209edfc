"""The nightly work: at each site, purpose by purpose, what is older than it is kept goes.

A purpose that fails keeps no other from being done; the night is kept with its fault, which is an
alarm on the site's pages. What was cut off is done by the next night: nothing tells how far it
came but what is there still. What belongs to no site goes last.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.contrib.sessions.models import Session
from django.db import Error
from django.db.models import Q

from gate.hub.accounts.models import Counted
from gate.hub.audit.models import Record
from gate.hub.retention.models import MAX_FAULT_CHARS, Run
from gate.hub.retention.parts import Moment, in_turns
from gate.hub.retention.periods import Kept, kept
from gate.hub.retention.purposes import AUDIT
from gate.hub.retention.written import forget_author
from gate.hub.sites.models import Site
from gate.hub.support.taking import let_go as let_go_of_bundles

HUB: Final = ""
"""In the place of a site: what was done to the whole hub."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """One purpose at one site: how much went, or would go; `fault` is empty if all did."""

    site: str
    purpose: str
    days: int
    gone: int
    fault: str = ""


def run(now: Callable[[], datetime]) -> Iterator[Done]:
    """Let go of what is old, and keep a record of the night for each site.

    Raises:
        django.db.Error: the database can't be read, or the record of a night not be kept.
    """
    for site in Site.objects.order_by("slug"):
        done = []
        moment = Moment(site=site, now=now())
        for one in kept(site, moment.now).values():
            done.append(_let_go(moment, one))
            yield done[-1]
        faults = "; ".join(f"{one.purpose}: {one.fault}" for one in done if one.fault)
        gone = {one.purpose: one.gone for one in done}
        Run.objects.create(site=site, at=now(), gone=gone, fault=faults[:MAX_FAULT_CHARS])
    yield _of_the_hub(now())


def due(now: datetime) -> Iterator[Done]:
    """Yield what `run` would let go at each site, and leave everything as it is."""
    for site in Site.objects.order_by("slug"):
        moment = Moment(site=site, now=now)
        for one in kept(site, now).values():
            yield Done(
                site=site.slug, purpose=one.purpose.name, days=one.days, gone=due_of(moment, one)
            )


def due_of(moment: Moment, one: Kept, days: int | None = None) -> int:
    """Count what of a purpose is older than it is kept, or than so many days."""
    before = moment.before(one.days if days is None else days)
    return sum(part.due(moment, before) for part in one.purpose.parts)


def _let_go(moment: Moment, one: Kept) -> Done:
    before, gone, fault = moment.before(one.days), 0, ""
    try:
        for part in one.purpose.parts:
            for count in part.let_go(moment, before):
                gone += count
    except Error as error:
        fault = str(error).strip().partition("\n")[0]  # PostgreSQL may quote a row after it
    return Done(
        site=moment.site.slug, purpose=one.purpose.name, days=one.days, gone=gone, fault=fault
    )


def _of_the_hub(now: datetime) -> Done:
    """Let go of sign-ins, which are kept as long as a site keeps who did what; sessions end.

    So do support bundles, which name nobody (gate.hub.support.taking).
    """
    sites = Site.objects.all()
    days = max((kept(site, now)[AUDIT.name].days for site in sites), default=AUDIT.days)
    old = Record.objects.filter(~Q(by_name=""), site=None, at__lt=now - timedelta(days=days))
    gone = sum(in_turns(old.order_by("pk"), forget_author))
    let_go_of_bundles(now)
    Session.objects.filter(expire_date__lt=now).delete()
    Counted.objects.filter(expires__lt=now).delete()
    return Done(site=HUB, purpose=AUDIT.name, days=days, gone=gone)
