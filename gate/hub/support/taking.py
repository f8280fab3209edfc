"""Taking the bundle that a unit was asked for, and letting go of those that are old.

The last of each unit is kept. The same again changes nothing, as its answer may have been lost.
"""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from gate.events.support import open_support
from gate.hub.ingest.rows import KnownUnit
from gate.hub.ingest.services import verifying_key
from gate.hub.support.models import Ask, Bundle

KEPT_FOR: Final = timedelta(days=14)
"""Long enough to be fetched after a holiday; what it tells of is then another state."""


def take(unit: KnownUnit, message: bytes, now: datetime) -> bool:
    """Keep what a unit sent; return whether it was asked for.

    Raises:
        EventError: it is malformed, too large, no ZIP, or not this unit's.
    """
    sent = open_support(message, verifying_key(unit))
    with transaction.atomic():
        asked = Ask.objects.select_for_update().filter(unit_id=unit.id).first()
        if asked is None or bytes(asked.number) != sent.number:
            return False
        if asked.answered_at is not None:
            return True
        if sent.zip:
            Bundle.objects.update_or_create(
                unit_id=unit.id,
                defaults={
                    "at": now,
                    "by_name": asked.by_name,
                    "size": len(sent.zip),
                    "data": sent.zip,
                },
            )
        asked.answered_at, asked.fault = now, sent.fault
        asked.save(update_fields=["answered_at", "fault"])
        return True


def let_go(now: datetime) -> None:
    """Let go of bundles that are old."""
    Bundle.objects.filter(at__lt=now - KEPT_FOR).delete()
