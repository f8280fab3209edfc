"""Set-up codes: for which place each is good, until when, and who joined by it.

Of a code's token only the hash is kept, and of its network nothing: both stand on paper alone.
"""

from typing import ClassVar, Final

from django.conf import settings
from django.db import models
from django.db.models import Q

from gate.hub.alarms.models import MAX_NAME_CHARS
from gate.hub.sites.models import Site, Unit

HASH_BYTES: Final = 32


class Directions(models.TextChoices):
    """Which lanes a unit drives."""

    IN = "in", "In"
    OUT = "out", "Out"
    BOTH = "both", "In and out, two lanes"


class SetUpCode(models.Model):
    """The right to join once, as the unit of that name at a site.

    `replaces` is retired in the same moment; it may stand at another site, from which it moves.
    """

    site = models.ForeignKey(Site, on_delete=models.PROTECT)
    name = models.CharField(max_length=64)
    directions = models.CharField(max_length=8, choices=Directions.choices)
    token_hash = models.BinaryField(max_length=HASH_BYTES, unique=True)
    replaces = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True)
    by_name = models.CharField(max_length=MAX_NAME_CHARS)
    until = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    unit = models.OneToOneField(Unit, on_delete=models.PROTECT, null=True, related_name="code")

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(used_at__isnull=True, unit__isnull=True)
                | Q(used_at__isnull=False, unit__isnull=False),
                name="used_by_a_unit",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at__isnull=True) | Q(used_at__isnull=True),
                name="cancelled_or_used",
            ),
            models.CheckConstraint(
                condition=Q(directions__in=Directions.values), name="directions_are_known"
            ),
        ]

    def __str__(self) -> str:
        return f"set-up code of {self.name} at {self.site_id}"
