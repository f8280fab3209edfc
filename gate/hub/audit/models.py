"""One record for each look at a person and each change. Written once (migration 0003).

It names who did it, until that is old (gate.hub.retention). Whom it was done to is a number, so
that somebody who is erased is nameless here too; so is what was written down,
which is kept where it was written.
"""

from typing import ClassVar, Final

from django.conf import settings
from django.db import models

from gate.hub.alarms.models import MAX_NAME_CHARS
from gate.hub.sites.models import Site

MAX_ACT_CHARS: Final = 32
MAX_PLACE_CHARS: Final = 200
MAX_HOST_CHARS: Final = 45
"""An IPv6 address in its longest form (INET6_ADDRSTRLEN, less the closing zero)."""


class Record(models.Model):
    """Who did what, when, from where; `subject` is a person's number, None if it was nobody."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, null=True, db_index=False)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True)
    by_name = models.CharField(max_length=MAX_NAME_CHARS)
    act = models.CharField(max_length=MAX_ACT_CHARS)
    subject = models.BigIntegerField(null=True)
    count = models.BigIntegerField(default=1)
    place = models.CharField(max_length=MAX_PLACE_CHARS)
    host = models.CharField(max_length=MAX_HOST_CHARS, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["site", "-id"], name="audit_of_a_site"),
            models.Index(fields=["site", "subject", "-id"], name="audit_of_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.by_name}: {self.act} {self.subject or ''}"
