"""Checks of cards, written once: migration 0002 has the database refuse to change or remove them.

Who made a check may be forgotten, as in the audit record (gate.hub.retention), and nothing else.
A card's text is not kept. Whose card it was, its person says: a keyed hash, which names nobody, as
gates keep it (gate.trust.person).
"""

from typing import ClassVar, Final

from django.conf import settings
from django.db import models

from gate.hub.alarms.models import MAX_NAME_CHARS
from gate.hub.sites.models import Site
from gate.trust.person import PERSON_BYTES

MAX_REASONS: Final = 8
"""More speak against no card at once (gate.card.verify)."""

MAX_REASONS_CHARS: Final = 200
"""Eight of the longest, which has 18 characters, fit."""


class CardCheck(models.Model):
    """One card held to a phone: what the phone said of it, and what the hub says of the same.

    A phone gives each check its `uid`, so that one that is sent twice is one. `at` is when it was
    made by that phone's clock, `received_at` by the hub's.
    """

    uid = models.UUIDField(unique=True)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, db_index=False)
    at = models.DateTimeField()
    received_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True)
    by_name = models.CharField(max_length=MAX_NAME_CHARS, blank=True)
    person = models.BinaryField(max_length=PERSON_BYTES, null=True)
    """None of a text that no issuer signed."""
    told = models.CharField(max_length=MAX_REASONS_CHARS, null=True)  # noqa: DJ001 - "" is a good card
    """What the phone said against it; None if it could not judge and left it to the hub."""
    said = models.CharField(max_length=MAX_REASONS_CHARS, blank=True)
    book_at = models.DateTimeField(null=True)
    """When the book was made that the phone judged by."""

    class Meta:
        indexes: ClassVar = [models.Index(fields=["site", "-id"], name="checks_of_a_site")]

    def __str__(self) -> str:
        return f"check {self.uid}"
