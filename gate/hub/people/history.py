"""When somebody passed a gate or was refused, from the site's record.

The record has no column of persons: the latest month of it is read, which the index gives, and no
more is shown than fits a page.
"""

from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Final

from django.db.models import Q

from gate.errors import Outcome
from gate.events.codec import to_ms
from gate.events.model import EventKind
from gate.hub.ingest.models import Entry
from gate.hub.people.models import Person
from gate.hub.people.register import keys_of

LOOK_BACK: Final = timedelta(days=31)
SHOWN: Final = 50


def passages(person: Person, now: datetime) -> list[Entry]:
    """Return somebody's latest entries and exits, the newest first."""
    return _entries(person, now, Q(outcome__in=[Outcome.ADMIT, Outcome.NOTE]))


def refusals(person: Person, now: datetime) -> list[Entry]:
    """Return when a gate last refused somebody, or sent them to the guard."""
    return _entries(person, now, Q(outcome__in=[Outcome.REFUSE, Outcome.REFER]))


def naming(keys: set[bytes]) -> Q:
    """Hold for entries that name one of these persons (`gate.events.codec.encode_holder`)."""
    if not keys:
        return Q(pk__in=[])
    ends = [Q(holder__endswith=f'"person":"{key.hex()}"}}') for key in sorted(keys)]
    return reduce(or_, ends)


def _entries(person: Person, now: datetime, which: Q) -> list[Entry]:
    keys = keys_of(person)
    if not keys:
        return []
    found = Entry.objects.filter(
        naming(keys),
        which,
        site=person.site,
        at_ms__gte=to_ms(now - LOOK_BACK),
        kind=EventKind.ACCESS.value,
    )
    latest = found.select_related("journal__unit").defer("hash", "salt").order_by("-at_ms")
    return list(latest[:SHOWN])
