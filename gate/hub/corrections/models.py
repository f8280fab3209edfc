"""Corrections: records of their own beside an entry, which stays as its gate wrote it.

Written once: migration 0002 has the database refuse to change or remove them. A correction names
its editor; whom the entry names, the entry alone says.
"""

from typing import ClassVar, Final

from django.conf import settings
from django.db import models

from gate.hub.alarms.models import MAX_NAME_CHARS
from gate.hub.ingest.models import Journal
from gate.hub.sites.models import Site

MAX_REASON_CHARS: Final = 200


class What(models.TextChoices):
    """What an entry says wrongly."""

    NOT_PASSED = "not_passed", "They did not pass"
    DID_PASS = "did_pass", "They did pass"
    ANOTHER_PERSON = "another_person", "It was somebody else"
    WRONG_TIME = "wrong_time", "It was at another time"
    OTHER = "other", "Something else"


class Correction(models.Model):
    """That entry `seq` of a journal is not as things were, by whom, when and why."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, db_index=False)
    journal = models.ForeignKey(Journal, on_delete=models.PROTECT, db_index=False)
    seq = models.BigIntegerField()
    what = models.CharField(max_length=16, choices=What.choices)
    reason = models.CharField(max_length=MAX_REASON_CHARS)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    by_name = models.CharField(max_length=MAX_NAME_CHARS)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["journal", "seq"], name="corrections_of_an_entry")
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(what__in=What.values), name="correction_says_what"
            ),
        ]

    def __str__(self) -> str:
        return f"correction of entry {self.seq} of journal {self.journal_id}"
