"""Letting go by hand: of one purpose, as of some days after a moment."""

from datetime import datetime, timedelta

from gate.hub.retention.parts import Moment
from gate.hub.retention.purposes import BY_NAME
from gate.hub.sites.models import Site


def let_go(site: Site, name: str, now: datetime, days: int | None = None) -> int:
    """Return how much of a purpose went; kept for the usual number of days, or another."""
    purpose = BY_NAME[name]
    moment = Moment(site=site, now=now)
    before = now - timedelta(days=purpose.days if days is None else days)
    due = sum(part.due(moment, before) for part in purpose.parts)
    gone = sum(sum(part.let_go(moment, before)) for part in purpose.parts)
    assert gone == due  # what is told before is what is done
    return gone


def held(site: Site, name: str, now: datetime) -> int:
    moment = Moment(site=site, now=now)
    return sum(part.held(moment).count for part in BY_NAME[name].parts)
