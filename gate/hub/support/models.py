"""What was asked of each unit last, and the last bundle that it sent: one row a unit of each.

They are apart, so that an ask that comes to nothing leaves the bundle that is there.
"""

from django.db import models

from gate.events.model import MAX_DETAIL_CHARS
from gate.events.support import MAX_ZIP_BYTES
from gate.hub.alarms.models import MAX_NAME_CHARS
from gate.hub.sites.models import Unit
from gate.trust.support_ask import NUMBER_BYTES


class Ask(models.Model):
    """The last ask; without `answered_at` it is told to the unit until `until`."""

    unit = models.OneToOneField(
        Unit, on_delete=models.PROTECT, primary_key=True, related_name="support_ask"
    )
    number = models.BinaryField(max_length=NUMBER_BYTES)
    at = models.DateTimeField()
    by_name = models.CharField(max_length=MAX_NAME_CHARS)
    until = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=MAX_DETAIL_CHARS, blank=True)

    def __str__(self) -> str:
        return f"ask of {self.unit_id}"


class Bundle(models.Model):
    """The last that came: a ZIP, for whom it was asked, and when it came."""

    unit = models.OneToOneField(
        Unit, on_delete=models.PROTECT, primary_key=True, related_name="support_bundle"
    )
    at = models.DateTimeField()
    by_name = models.CharField(max_length=MAX_NAME_CHARS)
    size = models.PositiveIntegerField()
    data = models.BinaryField(max_length=MAX_ZIP_BYTES)

    def __str__(self) -> str:
        return f"support bundle of {self.unit_id}"
