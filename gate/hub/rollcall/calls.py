"""Opening a roll call, marking people on it, and ending it: each a record, none ever changed.

Marks merge whatever order they come in, and however often: somebody is safe who has a mark that no
other mark undoes. An undo names the very taps it takes back, so that it never takes back a tap of
another marshal's that nobody had seen yet.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction

from gate.access.model import Direction
from gate.events.codec import to_ms
from gate.hub.manifest.authors import author_of
from gate.hub.manifest.models import Whereabouts
from gate.hub.rollcall.gather import gather
from gate.hub.rollcall.models import Call, Kind, Mark, Named, Said, Step
from gate.hub.sites.models import Site

AHEAD: Final = timedelta(minutes=1)
"""A phone's tap from later than that is told by the hub's own time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tap:
    """What a phone sends: `uid` is the tap's own, `undoes` the tap it takes back."""

    uid: UUID
    named: int
    undoes: UUID | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """How a roll call stands by what was said of it."""

    kind: Kind
    all_clear: Step | None
    closed: Step | None

    @property
    def is_over(self) -> bool:
        """Whether another one may be opened."""
        return self.closed is not None


def open_call(site: Site) -> Call | None:
    """Return the roll call that is going on, if there is one."""
    last = Call.objects.filter(site=site).order_by("-pk").first()
    return None if last is None or state_of(last).is_over else last


def begin(site: Site, user: User, kind: Kind, now: datetime) -> Call:
    """Open a roll call, or join the one that is going on: there is one at a time."""
    gathered = gather(site, now)
    with transaction.atomic(durable=True):
        Site.objects.select_for_update().get(pk=site.pk)
        there = open_call(site)
        if there is not None:
            return there
        author = author_of(user)
        call = Call.objects.create(
            site=site,
            kind=kind,
            opened_at=now,
            as_of=gathered.as_of,
            is_frozen=gathered.is_frozen,
            doubts=list(gathered.doubts),
            unheard=list(gathered.unheard),
            by=user,
            by_name=author.name,
        )
        Named.objects.bulk_create(
            Named(
                call=call,
                person=one.person,
                journal_id=one.journal,
                seq=one.seq,
                at_ms=one.at_ms,
                direction=one.direction,
                how=one.how,
                company=one.company,
            )
            for one in gathered.people
        )
    return call


def state_of(call: Call) -> State:
    """Return how a roll call stands."""
    kind, found = Kind(call.kind), {}
    for step in call.step_set.all():
        if step.what in Kind.values:
            kind = Kind(step.what)
        else:
            found[step.what] = step
    return State(kind=kind, all_clear=found.get(Said.ALL_CLEAR), closed=found.get(Said.CLOSED))


def take(call: Call, user: User, taps: Iterable[Tap], now: datetime) -> int:
    """Keep the taps that are not here yet; return how many were new.

    A tap of somebody who is not on this roll call is disregarded: it is another's.
    """
    wanted = {tap.uid: tap for tap in taps}
    author = author_of(user)
    with transaction.atomic():
        there = set(Mark.objects.filter(uid__in=wanted).values_list("uid", flat=True))
        on_list = set(
            call.named_set.filter(pk__in={tap.named for tap in wanted.values()}).values_list(
                "pk", flat=True
            )
        )
        new = [
            Mark(
                uid=tap.uid,
                named_id=tap.named,
                undoes=tap.undoes,
                at=tap.at if tap.at <= now + AHEAD else now,
                received_at=now,
                by=user,
                by_name=author.name,
            )
            for tap in wanted.values()
            if tap.uid not in there and tap.named in on_list
        ]
        Mark.objects.bulk_create(new)
    return len(new)


def safe(marks: Iterable[Mark]) -> dict[int, Mark]:
    """Return who is safe, by the earliest tap that says so."""
    every = list(marks)
    undone = {mark.undoes for mark in every if mark.undoes is not None}
    found: dict[int, Mark] = {}
    for mark in sorted(every, key=lambda one: (one.at, str(one.uid))):
        if mark.undoes is None and mark.uid not in undone:
            found.setdefault(mark.named_id, mark)
    return found


def marks_of(call: Call) -> list[Mark]:
    """Return every tap on a roll call."""
    return list(Mark.objects.filter(named__call=call).order_by("pk"))


def say(call: Call, user: User, what: Said, words: str, now: datetime) -> bool:
    """Write down what somebody says of a whole roll call; False if it is over, or was said."""
    with transaction.atomic(durable=True):
        Call.objects.select_for_update().get(pk=call.pk)
        state = state_of(call)
        if state.is_over or (what == Said.ALL_CLEAR and state.all_clear is not None):
            return False
        if what in Kind.values and state.kind.value == what.value:
            return False
        Step.objects.create(
            call=call, what=what, words=words, at=now, by=user, by_name=author_of(user).name
        )
    return True


def came_back(call: Call, clear_at: datetime) -> int:
    """Count who of a roll call was let in again since the all-clear."""
    since = Whereabouts.objects.filter(
        site=call.site_id, direction=Direction.IN.value, at_ms__gt=to_ms(clear_at)
    )
    return since.filter(person__in=call.named_set.values("person")).count()
