"""What a site calls its areas, and where each access point leads.

The names are those of the site's rules (`gate.access`) and of the units' own files: the gates judge
by theirs. A unit that is replaced records under the same access points, so they are the site's.
"""

from typing import ClassVar, Final

from django.db import models

from gate.access.model import Direction
from gate.events.model import MAX_TEXT_CHARS
from gate.hub.sites.models import Site

MAX_AREA_CHARS: Final = 64
"""As the rules and the units' files have it (`gate.access.kinds.Text`)."""


class Area(models.Model):
    """A part of a site, or all of it."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, db_index=False)
    name = models.CharField(max_length=MAX_AREA_CHARS)

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["site", "name"], name="area_once_a_site"),
        ]

    def __str__(self) -> str:
        return self.name


class AccessPoint(models.Model):
    """One reader at one portal, in one direction, leading into or out of an area."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, db_index=False)
    name = models.CharField(max_length=MAX_TEXT_CHARS)
    direction = models.CharField(
        max_length=3, choices=[(direction.value, direction.name) for direction in Direction]
    )
    area = models.ForeignKey(Area, on_delete=models.PROTECT)

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["site", "name"], name="access_point_once_a_site"),
        ]

    def __str__(self) -> str:
        return self.name
