"""That somebody took notice of an alarm. Written once; the database refuses to change or remove it.

The name stands beside the user, because it is what the record says however users change.
"""

from typing import Final

from django.conf import settings
from django.db import models

from gate.hub.ingest.models import Alarm

MAX_NOTE_CHARS: Final = 500
"""A paragraph: what was found and what was done."""

MAX_NAME_CHARS: Final = 150
"""As long as the name of a user of Django's is."""


class Acknowledgement(models.Model):
    """Who took notice of an alarm, when, and what they wrote; `times` as often as it was seen."""

    alarm = models.OneToOneField(Alarm, on_delete=models.PROTECT)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    by_name = models.CharField(max_length=MAX_NAME_CHARS)
    at = models.DateTimeField()
    note = models.CharField(max_length=MAX_NOTE_CHARS)
    times = models.PositiveBigIntegerField()

    def __str__(self) -> str:
        return f"{self.by_name}: {self.note}"
