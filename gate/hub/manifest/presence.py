"""A site's presence as a message: everybody's last passage, signed when a unit asks.

It is signed at most every `SIGN_EVERY`, and while nobody moves every `SIGN_AGAIN`, because a gate
counts its age. It names who can be named; of those who were erased it has the hash alone. Area and
company are as units and the site's register tell them (`gate.hub.manifest.places`), empty where
neither does.

Of each gate it says when it was heard last, and up to when its record is here whole: a gate that
can't reach the hub makes a hole, of which the others must know. One that was never heard is told as
that.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Final

from django.db import transaction

from gate.access.model import Direction
from gate.access.muster import Muster
from gate.access.presence import How, Presence
from gate.events.codec import from_ms, to_ms
from gate.events.model import EventKind
from gate.hub.ingest.models import Heartbeat
from gate.hub.manifest.forgiving import forgiven_persons
from gate.hub.manifest.models import ETAG_CHARS, Noticed, SignedPresence
from gate.hub.manifest.places import companies_of, line_of, places_of
from gate.hub.manifest.whereabouts import Seen, catch_up, seen_since
from gate.hub.sites.models import Site, Unit
from gate.signing.keys import SigningKey
from gate.trust.clock_floor import EARLIEST
from gate.trust.gates_heard import MAX_GATES, MAX_TURNS, NEVER_HEARD, GateHeard
from gate.trust.site_presence import (
    MAX_ROWS,
    PASSED,
    LastPassage,
    SitePresence,
    sign_presence,
)

SIGN_EVERY: Final = timedelta(seconds=5)
"""A third of the time between two questions of a unit's: gates that ask at once share one."""

SIGN_AGAIN: Final = timedelta(seconds=60)
"""At night a gate's presence is no older than this and the 15 s until it asks again: one question
may fail before the two minutes are over for which it counts as fresh (`gate.access.rules`)."""

NOTICED_FOR: Final = timedelta(hours=24)
"""As long as a gate looks back in its own record (`gate.unit.attendance`)."""

_HOW: Final = {EventKind.TURN_UNKNOWN.value: How.NOT_KNOWN.value}
_WAYS: Final = frozenset(Direction)

LOOK_BACK: Final = timedelta(days=7)
"""Seven times as long as a gate looks back for a second entry; who stayed over a weekend is in."""


def etag_now(site: Site, now: datetime, key: SigningKey) -> str:
    """Return the ETag of the presence that a unit is to have, signed if it must be."""
    there = SignedPresence.objects.defer("message").filter(site=site).first()
    if there is not None and _is_younger(there, now, SIGN_EVERY):
        return there.etag
    has_moved = catch_up(site) or _is_forgiven_since(site, there)
    if there is None:
        SignedPresence.objects.get_or_create(site=site)
    with transaction.atomic():
        there = SignedPresence.objects.select_for_update().get(site=site)
        if not _is_younger(there, now, SIGN_EVERY if has_moved else SIGN_AGAIN):
            _sign(there, now, key)
        return there.etag


def message_of(site: Site, etag: str) -> bytes | None:
    """Return the message with that ETag; None if it has just been replaced."""
    there = SignedPresence.objects.get(site=site)
    if there.message is None or there.etag != etag:
        return None
    return bytes(there.message)


def _is_forgiven_since(site: Site, there: SignedPresence | None) -> bool:
    issued_at = None if there is None else there.issued_at
    return issued_at is not None and bool(forgiven_persons(site, issued_at))


def _is_younger(there: SignedPresence, now: datetime, age: timedelta) -> bool:
    return there.issued_at is not None and now - there.issued_at < age


def _sign(there: SignedPresence, now: datetime, key: SigningKey) -> None:
    """Sign what is known; a clock that was set back gives no time before the last one."""
    issued_at = max(now.astimezone(UTC).replace(microsecond=0), there.issued_at or now)
    issued_at = issued_at.replace(microsecond=0)
    rows = tuple(last_passages(there.site, issued_at))
    gates = tuple(islice(gates_heard(there.site, issued_at), MAX_GATES))
    presence = SitePresence(site=there.site.slug, issued_at=issued_at, rows=rows, gates=gates)
    message = sign_presence(presence, key)
    there.issued_at = issued_at
    there.message = message
    there.etag = hashlib.sha256(message).hexdigest()[:ETAG_CHARS]
    there.save()


def last_passages(site: Site, issued_at: datetime) -> Iterator[LastPassage]:
    """Yield everybody's last passage, as far as `catch_up` has looked."""
    seen = list(seen_since(site, issued_at - LOOK_BACK, MAX_ROWS))
    places, companies = places_of(site), companies_of(site)
    for row, passage in zip(seen, unnamed_passages(site, issued_at, seen), strict=True):
        person, journal, _, _, access_point, holder, *_ = row
        yield passage._replace(
            area=places.area(journal, access_point),
            name=_name(holder),
            company=companies.get(person, ""),
        )


def unnamed_passages(
    site: Site, issued_at: datetime, seen: Iterable[Seen]
) -> Iterator[LastPassage]:
    """Yield the last passages of those who were seen, since `LOOK_BACK` before: which way, and how.

    Whose name, company and area don't count is spared what they cost: they are left empty.
    """
    forgiven = forgiven_persons(site, issued_at - LOOK_BACK)
    for person, _, direction, at_ms, access_point, _, kind, _ in seen:
        at = datetime.fromtimestamp(at_ms // 1000, UTC)
        way, how = direction, _HOW.get(kind, PASSED)
        exit_at = forgiven.get(person)
        if exit_at is not None and direction == Direction.IN and to_ms(exit_at) >= at_ms:
            way, at, how = Direction.OUT.value, exit_at, How.FORGIVEN.value
        yield LastPassage(person, way, at, access_point, "", "", "", how)


def gates_heard(site: Site, issued_at: datetime) -> Iterator[GateHeard]:
    """Yield the gates in use, and how far each was heard.

    A heartbeat says how much of its record a unit still has to send, and how old that is. A gate
    checks cards by itself from the day that it is put up, whether or not it has a network: so one
    that was never heard may have let people through.
    """
    noticed = _noticed(site, issued_at)
    never_heard = []
    units = Unit.objects.filter(site=site, retired_at=None).select_related("heartbeat")
    for unit in units.order_by("pk"):
        beat: Heartbeat | None = getattr(unit, "heartbeat", None)
        if beat is None:
            never_heard.append(unit)
            continue
        muster, clear_at = noticed.get(unit.pk, (Muster(), None))
        alarm = muster.alarm
        alarm_at = muster.left_at if alarm is None or alarm.is_test else alarm.at
        yield gate_heard(unit, beat, issued_at)._replace(
            turned_in=min(muster.turned_in, MAX_TURNS),
            turned_out=min(muster.turned_out, MAX_TURNS),
            alarm_at=None if alarm_at is None else _second(alarm_at),
            clear_at=None if clear_at is None else _second(clear_at),
        )
    for unit in never_heard:
        yield gate_heard(unit, None, issued_at)


def gate_heard(unit: Unit, beat: Heartbeat | None, now: datetime) -> GateHeard:
    """Return when a gate was heard last, and up to when its record is here whole."""
    uid = bytes.fromhex(unit.uid)
    if beat is None:
        return GateHeard(uid, unit.name, heard_at=NEVER_HEARD, whole_at=NEVER_HEARD)
    heard_at = min(beat.received_at, now)
    whole_at = heard_at
    if beat.backlog:
        whole_at = EARLIEST if beat.oldest_at is None else min(beat.oldest_at, heard_at)
    return GateHeard(
        uid=uid,
        name=unit.name,
        heard_at=_second(heard_at),
        whole_at=_second(max(whole_at, EARLIEST)),
    )


def _noticed(site: Site, issued_at: datetime) -> dict[int, tuple[Muster, datetime | None]]:
    """Return what fires and people whom nobody knows made of the last day, by unit."""
    found: dict[int, tuple[Muster, datetime | None]] = {}
    since = Noticed.objects.filter(site=site, at_ms__gte=to_ms(issued_at - NOTICED_FOR))
    for one in since.select_related("journal").order_by("journal_id", "seq"):
        unit = one.journal.unit_id
        muster, clear_at = found.get(unit, (Muster(), None))
        at = from_ms(one.at_ms)
        match one.kind:
            case EventKind.FIRE_ALARM | EventKind.FIRE_TEST:
                is_test = one.kind == EventKind.FIRE_TEST
                muster = muster.alarmed(at, Presence(), is_test=is_test)
            case EventKind.ALL_CLEAR:
                if muster.alarm is not None and not muster.alarm.is_test:
                    clear_at = at
                muster = muster.cleared()
            case EventKind.EXITS_UNRECORDED:
                muster = muster.turned(Direction.OUT, one.count)
            case _ if one.direction in _WAYS:
                muster = muster.turned(Direction(one.direction), one.count)
        found[unit] = muster, clear_at
    return found


def _second(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(microsecond=0)


def _name(holder: str | None) -> str:
    """Return a holder's name; empty for the erased, and for what is no line of text.

    The text is not held to its one encoding: that costs more than all the rest of a row.
    """
    try:
        name = json.loads(holder or "{}").get("name", "")
    except (ValueError, AttributeError, RecursionError):
        return ""
    return line_of(name) if isinstance(name, str) else ""
