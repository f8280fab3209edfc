"""What a person's page shows: gathered once, for the view of it and for every form on it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import HttpRequest

from gate.events.codec import from_ms
from gate.hub.alarms.words import moment_words
from gate.hub.ingest.models import Entry
from gate.hub.log.day import Day
from gate.hub.log.rows import Row, row_of
from gate.hub.manifest.handed import gates_of, reach
from gate.hub.manifest.models import MAX_REASON_CHARS, Unblock
from gate.hub.manifest.rules import rules_of
from gate.hub.manifest.words import reach_words
from gate.hub.passes.found import state_of
from gate.hub.people import history
from gate.hub.people.blocking import UNDO_FOR, undoable
from gate.hub.people.frames import author, frame
from gate.hub.people.inducting import USUAL_LASTS, last_session
from gate.hub.people.models import (
    MAX_NOTE_CHARS,
    Checked,
    InductionRecord,
    Note,
    Person,
    PersonPass,
    Photo,
    Visit,
)
from gate.hub.people.register import keys_of
from gate.hub.people.standings import Standing, Step, standing
from gate.hub.people.words import card_words, day_words
from gate.hub.people.words import row_of as person_row
from gate.hub.sites.models import Site


def page_of(
    request: HttpRequest,
    person: Person,
    now: datetime,
    *,
    faults: Mapping[str, Sequence[str]] | None = None,
    given: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return all that a person's page shows; `faults` by the form they belong to."""
    site, zone = person.site, ZoneInfo(person.site.time_zone)
    one = standing(person, now)
    return {
        **frame(request, site),
        "person": person,
        "row": person_row(one),
        "one": one,
        "card": card_words(one),
        "has_photo": Photo.objects.filter(person=person).exists(),
        "has_rules": rules_of(site) is not None,
        "may_induct": one.step in {Step.INDUCT, Step.PASS, Step.NONE},
        "may_give": one.step is Step.PASS,
        "inductions": [_induction(record, zone) for record in _inductions(person)],
        "passes": [_pass(held, now, zone) for held in _passes(person)],
        "passages": [_entry(entry, zone) for entry in history.passages(person, now)],
        "refusals": [_entry(entry, zone) for entry in history.refusals(person, now)],
        "notes": [_note(written, zone) for written in _notes(person)],
        "visits": [_visit(visit, zone) for visit in _visits(person)],
        "days": history.LOOK_BACK.days,
        **_blocked(request, one, now, zone),
        "faults": faults or {},
        "given": given or {},
        "session": given if given and "edition" in given else session_given(site, request, now),
        "ways": Checked.choices,
        "most_reason": MAX_REASON_CHARS,
        "most_note": MAX_NOTE_CHARS,
    }


def session_given(site: Site, request: HttpRequest, now: datetime) -> dict[str, Any]:
    """Return what an induction is likely to be: as the last one, by whoever is signed in."""
    last = last_session(site)
    today = now.astimezone(ZoneInfo(site.time_zone)).date()
    return {
        "edition": 1 if last is None else last.edition,
        "last_day": (today + USUAL_LASTS).isoformat(),
        "checked": Checked.EYE.value if last is None else last.checked,
        "checked_by": author(request).name,
    }


def _blocked(request: HttpRequest, one: Standing, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """Return who keeps somebody out and why, how far it has come, and what can be undone."""
    site = one.person.site
    gates = gates_of(site)
    done = undoable(one.person, author(request), now)
    ended = (
        Unblock.objects.filter(site=site, block__person__in=keys_of(one.person))
        .order_by("-pk")
        .first()
    )
    last = one.blocks[0] if one.blocks else ended
    left_s = 0.0 if done is None else (done.at + UNDO_FOR - now).total_seconds()
    return {
        "blocks": [
            {"reason": block.reason, "by": block.by_name, "at": moment_words(block.at, zone)}
            for block in one.blocks
        ],
        "ended": None
        if ended is None or one.blocks
        else {"reason": ended.reason, "by": ended.by_name, "at": moment_words(ended.at, zone)},
        "reach": None if last is None else reach_words(reach(gates, last.version), now),
        "undo": "" if left_s <= 0 else ("unblocked" if isinstance(done, Unblock) else "blocked"),
    }


def _inductions(person: Person) -> QuerySet[InductionRecord]:
    return InductionRecord.objects.filter(person=person).order_by("-pk")


def _induction(record: InductionRecord, zone: ZoneInfo) -> dict[str, str]:
    how = "card seen" if record.checked == Checked.EYE else "number looked up"
    return {
        "edition": f"version {record.edition}",
        "until": day_words(record.last_day),
        "checked": f"{record.scheme.upper()} {how} by {record.checked_by}",
        "at": f"{moment_words(record.at, zone)} by {record.by_name}",
    }


def _passes(person: Person) -> QuerySet[PersonPass]:
    held = PersonPass.objects.filter(person=person).order_by("-pk")
    return held.select_related("one__card__change", "one__site", "one__lostpass")


def _pass(held: PersonPass, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    state, tone, mark = state_of(held.one, now)
    lost = getattr(held.one, "lostpass", None)
    gates = gates_of(held.one.site)
    version = held.one.version if lost is None else lost.version
    return {
        "id": held.one_id,
        "number": held.one.card.number,
        "state": "lost" if lost is not None else state,
        "tone": tone,
        "mark": mark,
        "is_good": tone == "in",
        "at": f"{moment_words(held.one.at, zone)} by {held.one.by_name}",
        "why": "" if lost is None else lost.reason,
        "reach": reach_words(reach(gates, version), now),
        "printed": "" if held.printed_at is None else moment_words(held.printed_at, zone),
    }


def _entry(entry: Entry, zone: ZoneInfo) -> tuple[str, Row]:
    at = from_ms(entry.at_ms).astimezone(zone)
    return f"{at.day} {at:%b}", row_of(entry, Day(on=at.date(), zone=zone))


def _notes(person: Person) -> QuerySet[Note]:
    return Note.objects.filter(person=person).order_by("-pk")


def _note(written: Note, zone: ZoneInfo) -> dict[str, str]:
    return {"text": written.text, "by": written.by_name, "at": moment_words(written.at, zone)}


def _visits(person: Person) -> QuerySet[Visit]:
    return (
        Visit.objects.filter(visitor=person).select_related("host", "escort").order_by("-pk")[:50]
    )


def _visit(visit: Visit, zone: ZoneInfo) -> dict[str, str]:
    left = "here now" if visit.left_at is None else f"left {moment_words(visit.left_at, zone)}"
    return {
        "came": moment_words(visit.came_at, zone),
        "left": left,
        "to": visit.host.name or "somebody erased",
        "escort": visit.escort.name or "somebody erased",
    }
