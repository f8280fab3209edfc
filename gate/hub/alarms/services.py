"""Which alarms of a site are open, and taking notice of one: once, by somebody, with a note.

An alarm that was acknowledged stays so when the same is seen again: a unit with a copied disk sends
its batch for days. How often that was since is told; another entry is another alarm.
"""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet

from gate.hub.alarms.models import Acknowledgement
from gate.hub.ingest.models import Alarm
from gate.hub.sites.models import Site


def open_alarms(site: Site) -> QuerySet[Alarm]:
    """Return those nobody took notice of, the one seen last first."""
    return _of_site(site).filter(acknowledgement=None).order_by("-last_at", "-pk")


def closed_alarms(site: Site) -> QuerySet[Alarm]:
    """Return those somebody took notice of, the latest first."""
    closed = _of_site(site).exclude(acknowledgement=None).select_related("acknowledgement")
    return closed.order_by("-acknowledgement__pk")


def acknowledge(site: Site, alarm: int, *, by: User, note: str, now: datetime) -> Acknowledgement:
    """Keep who took notice of an alarm of the site; the one who came first if there is one.

    Raises:
        Alarm.DoesNotExist: the site has no such alarm.
    """
    with transaction.atomic(durable=True):
        found = _of_site(site).select_for_update(of=("self",)).get(pk=alarm)
        kept, _ = Acknowledgement.objects.get_or_create(
            alarm=found,
            defaults={
                "by": by,
                "by_name": by.get_full_name() or by.get_username(),
                "at": now,
                "note": note,
                "times": found.times,
            },
        )
    return kept


def _of_site(site: Site) -> QuerySet[Alarm]:
    return Alarm.objects.filter(unit__site=site).select_related("unit")
