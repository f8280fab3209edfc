"""For how long a site keeps what, by whose word, and what went each night.

Both are written once: migration 0002 has the database refuse to change or remove them. Another
period is another record; neither names anybody whom the gates know.
"""

from typing import ClassVar, Final

from django.conf import settings
from django.db import models

from gate.hub.alarms.models import MAX_NAME_CHARS
from gate.hub.sites.models import Site

MAX_PURPOSE_CHARS: Final = 32
MAX_FAULT_CHARS: Final = 500


class Period(models.Model):
    """How many days a site keeps what serves a purpose, as somebody set it; the last holds."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT)
    purpose = models.CharField(max_length=MAX_PURPOSE_CHARS)
    days = models.PositiveIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True)
    by_name = models.CharField(max_length=MAX_NAME_CHARS)

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.purpose} of {self.site_id}: {self.days} days"


class Run(models.Model):
    """One night's work at a site, done to its end: how many went, by purpose.

    `fault` says what could not be let go, and why; empty if everything was.
    """

    site = models.ForeignKey(Site, on_delete=models.PROTECT)
    at = models.DateTimeField()
    gone = models.JSONField()
    fault = models.CharField(max_length=MAX_FAULT_CHARS, blank=True)

    def __str__(self) -> str:
        return f"{sum(self.gone.values())} went at {self.site_id}"
