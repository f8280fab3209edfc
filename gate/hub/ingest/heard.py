"""When each unit was heard, in slots of five minutes: enough for a strip of the day, and no more.

A unit is heard every minute or so, and is silent after five: a slot without a sign is a silence. A
slot keeps the worst that was said in it. Rows are written with the heartbeat, in its transaction.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import transaction

from gate.hub.ingest.models import HeardDay
from gate.trust.freshness import Tier

SLOT: Final = timedelta(minutes=5)
_SLOT_S: Final = 300
SLOTS: Final = 24 * 12
KEPT_DAYS: Final = 35
"""Five weeks: who asks how a gate was last month is answered; a row has 300 bytes."""

UNHEARD: Final = " "
_SIGNS: Final = {"": "u", Tier.GREEN: "g", Tier.AMBER: "a", Tier.RED: "r"}
"""Of a unit that tells no tier, `u`."""
_ORDER: Final = " ugar"
"""Worse ones behind better ones."""


def note_heard(unit_id: int, tier: str, at: datetime) -> None:
    """Write down that a unit was heard, and how fresh it said its knowledge was."""
    day, slot = divmod(_slot(at), SLOTS)
    sign = _SIGNS.get(tier, "u")
    with transaction.atomic():
        row, is_new = HeardDay.objects.select_for_update().get_or_create(
            unit_id=unit_id, day=day, defaults={"slots": UNHEARD * SLOTS}
        )
        if is_new:
            HeardDay.objects.filter(unit_id=unit_id, day__lt=day - KEPT_DAYS).delete()
        if _ORDER.index(sign) > _ORDER.index(row.slots[slot]):
            row.slots = row.slots[:slot] + sign + row.slots[slot + 1 :]
            row.save(update_fields=["slots"])


def heard_between(units: Iterable[int], start: datetime, end: datetime) -> dict[int, str]:
    """Return a sign for each slot of a time, by unit; both ends at a full five minutes."""
    first, last = _slot(start), _slot(end)
    found: dict[int, dict[int, str]] = {}
    days = range(first // SLOTS, (last - 1) // SLOTS + 1)
    for row in HeardDay.objects.filter(unit__in=list(units), day__in=days):
        found.setdefault(row.unit_id, {})[row.day] = row.slots
    blank = UNHEARD * SLOTS
    return {
        unit: "".join(by_day.get(day, blank) for day in days)[first - days[0] * SLOTS :][
            : last - first
        ]
        for unit, by_day in found.items()
    }


def _slot(at: datetime) -> int:
    return int(at.astimezone(UTC).timestamp()) // _SLOT_S
