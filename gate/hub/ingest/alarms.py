"""Raising an alarm: once a subject, however often it is seen."""

from datetime import datetime

from django.db.models import F

from gate.hub.ingest.models import Alarm, AlarmKind

MAX_DETAIL_CHARS = 512


def raise_alarm(
    kind: AlarmKind, unit_id: int, journal_id: bytes, seq: int, *, detail: str, now: datetime
) -> None:
    """Record that something which must not happen was seen; durable when the caller commits."""
    alarm, is_new = Alarm.objects.get_or_create(
        unit_id=unit_id,
        kind=kind,
        journal_id=journal_id,
        seq=seq,
        defaults={"detail": detail[:MAX_DETAIL_CHARS], "first_at": now, "last_at": now},
    )
    if not is_new:
        Alarm.objects.filter(pk=alarm.pk).update(times=F("times") + 1, last_at=now)
