"""How each gate's cameras saw the cards of each day, by what heartbeats told.

A row a day and lane, of which the last that was told stands. Rows are written with the heartbeat,
in its transaction.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from gate.events.camera_day import CameraDay
from gate.hub.ingest.models import SharpDay

KEPT_DAYS: Final = 35
"""Five weeks, as of when a unit was heard."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def day_of(at: datetime) -> int:
    """Return the number of a day: days since 1970, UTC."""
    return (at - _EPOCH).days


def note_cameras(unit_id: int, told: Mapping[str, Sequence[CameraDay]], now: datetime) -> None:
    """Write down the days that a unit told of its cameras; days that can't be are left out.

    A unit whose clock is wrong tells of days to come, or long gone.
    """
    today = day_of(now)
    rows = [
        SharpDay(
            unit_id=unit_id,
            lane=lane,
            day=one.day,
            cards=one.cards,
            edge_cpx=one.edge_cpx,
            haze_percent=one.haze_percent,
            need_us=one.need_us,
            missed=one.missed,
        )
        for lane, days in told.items()
        for one in days
        if today - KEPT_DAYS <= one.day <= today + 1
    ]
    if not rows:
        return
    SharpDay.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["unit", "lane", "day"],
        update_fields=["cards", "edge_cpx", "haze_percent", "need_us", "missed"],
    )
    SharpDay.objects.filter(unit_id=unit_id, day__lt=today - KEPT_DAYS).delete()


def days_of(units: Iterable[int]) -> dict[int, dict[str, list[SharpDay]]]:
    """Return the days of each unit's lanes, oldest first; a lane that tells none has none."""
    found: dict[int, dict[str, list[SharpDay]]] = {}
    for row in SharpDay.objects.filter(unit__in=list(units)).order_by("lane", "day"):
        found.setdefault(row.unit_id, {}).setdefault(row.lane, []).append(row)
    return found
