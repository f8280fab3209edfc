"""Roll calls, frozen when they were opened, and everything that was said on them since.

All of it is written once: migration 0002 has the database refuse to change or remove it. A person
is named by the entry that they last passed by, and nothing here does: who is erased there is
nameless here.
"""

from typing import ClassVar, Final

from django.conf import settings
from django.db import models

from gate.hub.alarms.models import MAX_NAME_CHARS
from gate.hub.ingest.models import Journal
from gate.hub.sites.models import Site
from gate.trust.person import PERSON_BYTES

MAX_COMPANY_CHARS: Final = 64
MAX_WORDS_CHARS: Final = 200


class Kind(models.TextChoices):
    """What a roll call was opened for."""

    LIVE = "live", "Live"
    DRILL = "drill", "Drill"


class Said(models.TextChoices):
    """What somebody said of a whole roll call; the last LIVE or DRILL holds."""

    LIVE = "live", "This is real"
    DRILL = "drill", "This is a drill"
    ALL_CLEAR = "all_clear", "All clear"
    CLOSED = "closed", "Closed"


class Call(models.Model):
    """A roll call; `as_of` is when its list is of, before `opened_at` if an alarm froze it."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    opened_at = models.DateTimeField()
    as_of = models.DateTimeField()
    is_frozen = models.BooleanField()
    doubts = models.JSONField()
    """Sentences on what the list can't know."""
    unheard = models.JSONField()
    """The gates whose record was not whole."""
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    by_name = models.CharField(max_length=MAX_NAME_CHARS)

    def __str__(self) -> str:
        return f"roll call {self.pk} of {self.site_id}"


class Named(models.Model):
    """Somebody on a roll call, and by what: `how` is as in gate.hub.rollcall.gather."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, db_index=False)
    person = models.BinaryField(max_length=PERSON_BYTES)
    journal = models.ForeignKey(
        Journal, on_delete=models.PROTECT, db_index=False, db_constraint=False
    )
    seq = models.BigIntegerField()
    at_ms = models.BigIntegerField()
    direction = models.CharField(max_length=3)
    how = models.CharField(max_length=16)
    company = models.CharField(max_length=MAX_COMPANY_CHARS, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["call", "person"], name="named_once_a_call"),
        ]

    def __str__(self) -> str:
        return f"{bytes(self.person).hex()} on roll call {self.call_id}"


class Mark(models.Model):
    """One tap: somebody was seen to be safe, or `undoes` an earlier tap.

    A phone gives each tap its `uid`, so that the same tap sent twice is one. `at` is when it was
    made by that phone's clock, `received_at` by the hub's.
    """

    uid = models.UUIDField(unique=True)
    named = models.ForeignKey(Named, on_delete=models.PROTECT)
    undoes = models.UUIDField(null=True)
    at = models.DateTimeField()
    received_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    by_name = models.CharField(max_length=MAX_NAME_CHARS)

    def __str__(self) -> str:
        return f"mark {self.uid}"


class Step(models.Model):
    """What somebody said of a whole roll call; `words` is who gave the all-clear, or a note."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT)
    what = models.CharField(max_length=16, choices=Said.choices)
    words = models.CharField(max_length=MAX_WORDS_CHARS, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    by_name = models.CharField(max_length=MAX_NAME_CHARS)

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.what} of roll call {self.call_id}"
