"""Cancelling cards, putting them on hold, reinstating them: all that are meant, or none.

A cancelled card is not put on hold, which would soften it. In bulk, only cards on hold are
reinstated: a cancelled one may have been cancelled for another reason, so it is named by its
number, or by the change that cancelled it.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection, transaction
from django.db.models import QuerySet

from gate.access.kinds import Text
from gate.errors import ConfigError
from gate.hub.desk.keys import load_key
from gate.hub.desk.lists import locked_lists, set_indices
from gate.hub.desk.models import (
    MAX_REASON_CHARS,
    Desk,
    IssuedCard,
    StatusChange,
)
from gate.hub.desk.publishing import publish
from gate.hub.desk.selection import MAX_FAULTS, Selection, cards_of, unknown_numbers
from gate.hub.manifest.authors import Author
from gate.trust.status_list import Status

REASON: Final = Text(max_chars=MAX_REASON_CHARS)

SHOWN_FIRST: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a change would do: to `count` cards, and not to `unchanged` others that are meant."""

    count: int
    unchanged: int
    first: tuple[IssuedCard, ...]


def preview(desk: Desk, chosen: Selection, status: Status) -> Preview:
    """Return what would become of a selection.

    Raises:
        ConfigError: it names no cards, or a number that was never issued here.
    """
    _judge(desk, chosen)
    meant = cards_of(desk, chosen)
    found = _to_change(meant, chosen, status)
    count = found.count()
    return Preview(
        count=count,
        unchanged=meant.count() - count,
        first=tuple(found.order_by("pk")[:SHOWN_FIRST]),
    )


def set_status(
    desk: Desk,
    chosen: Selection,
    status: Status,
    *,
    reason: str,
    by: Author,
    now: datetime,
    expected: int | None = None,
) -> StatusChange:
    """Give every card that is meant a status, sign the lists it stands in, and publish them.

    Args:
        desk: whose cards.
        chosen: which.
        status: what they become.
        reason: why; kept.
        by: who did it.
        now: the hub's time.
        expected: how many cards were shown to whoever confirmed it; None: any number.

    Raises:
        ConfigError: the reason or the selection can't be, a number was never issued here, nothing
            would change, or not as many cards as expected; nothing was changed.
        TrustError: the key refuses, and nothing was changed; or the disk does, and the change is
            kept and published later (`gate.hub.desk.publishing`).
    """
    if REASON.read(reason) is None:
        raise ConfigError("reason", [f"{reason[:40]!r}; allowed: {REASON.allowed}"])
    key = load_key(desk)
    with transaction.atomic():
        locked_lists(desk)
        _judge(desk, chosen)
        meant = cards_of(desk, chosen)
        found = _to_change(meant, chosen, status)
        change = StatusChange.objects.create(
            desk=desk,
            at=now,
            by=by.user,
            by_name=by.name,
            reason=reason,
            status=status,
            selection=chosen.words,
            count=_counted(found, meant, expected),
        )
        _note_each(found, change)
        set_indices(_moved(change), status, key, now)
    publish(desk, now)
    return change


def _judge(desk: Desk, chosen: Selection) -> None:
    if not chosen.names_cards:
        step = "next: name numbers, a source, a training centre or an earlier change"
        raise ConfigError("selection", [f"names no cards; {step}"])
    unknown = unknown_numbers(desk, chosen.numbers)
    if unknown:
        more = len(unknown) - MAX_FAULTS
        others = f" and {more} others" if more > 0 else ""
        named = ", ".join(unknown[:MAX_FAULTS])
        raise ConfigError(
            "selection", [f"card {named}{others}: not issued at {desk.slug}; nothing was changed"]
        )


def _to_change(
    meant: QuerySet[IssuedCard], chosen: Selection, status: Status
) -> QuerySet[IssuedCard]:
    if status is Status.INVALID:
        return meant.exclude(status=Status.INVALID)
    if status is Status.SUSPENDED:
        return meant.filter(status=Status.VALID)
    if chosen.is_in_bulk:
        return meant.filter(status=Status.SUSPENDED)
    return meant.exclude(status=Status.VALID)


def _counted(found: QuerySet[IssuedCard], meant: QuerySet[IssuedCard], expected: int | None) -> int:
    count = found.count()
    if expected is not None and count != expected:
        said = f"it is {count} cards now, not {expected}"
        raise ConfigError("selection", [f"{said}; nothing was changed; next: look again"])
    if count == 0:
        there = meant.count()
        none = "there is no such card; those of a change may have been changed since"
        words = f"none of these {there} cards would change" if there else none
        raise ConfigError("selection", [words])
    return count


def _moved(change: StatusChange) -> dict[int, list[int]]:
    """Give the change's cards their status; return their places by list."""
    changed = IssuedCard.objects.filter(changedcard__change=change)
    by_list: dict[int, list[int]] = defaultdict(list)
    for list_id, index in changed.values_list("status_list_id", "index").iterator(50_000):
        by_list[list_id].append(index)
    changed.update(status=change.status, change=change)
    return by_list


def _note_each(found: QuerySet[IssuedCard], change: StatusChange) -> None:
    """Write a row a card, in one statement: a centre may have trained a hundred thousand."""
    rows, values = found.order_by().values_list("pk", "status").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO desk_changedcard (change_id, card_id, before)"  # noqa: S608 - Django's own SQL
            f" SELECT %s, one.* FROM ({rows}) AS one",
            [change.pk, *values],
        )
