"""Site passes, each with the scheme card that it stands on.

A pass is a card of the site's own desk: its number, name, type and status stand there. What is here
is written once (migration 0002), but that the code, the photograph and the company may be erased.
"""

from typing import ClassVar, Final

from django.db import models

from gate.hub.desk.models import MAX_CODE_CHARS, MAX_ISS_CHARS, MAX_NUMBER_CHARS, IssuedCard
from gate.hub.manifest.models import Written
from gate.trust.person import PERSON_BYTES

MAX_URI_CHARS: Final = 200
MAX_TEXT_CHARS: Final = 1200
"""Both as a card has them."""

MAX_PERSON_CHARS: Final = 64
"""Who looked at the card, and the company of its holder."""


class Pass(Written):
    """A pass: `person` and `beneath` are the keyed hashes of itself and of the scheme card."""

    card = models.OneToOneField(IssuedCard, on_delete=models.PROTECT)
    person = models.BinaryField(max_length=PERSON_BYTES)
    beneath = models.BinaryField(max_length=PERSON_BYTES)
    scheme = models.CharField(max_length=MAX_CODE_CHARS)
    issuer = models.CharField(max_length=MAX_ISS_CHARS)
    number = models.CharField(max_length=MAX_NUMBER_CHARS)
    beneath_expires_at = models.DateTimeField()
    was_read = models.BooleanField()
    """Whether the scheme card's code was read; if not, a person looked at it."""
    checked_by = models.CharField(max_length=MAX_PERSON_CHARS)
    company = models.CharField(max_length=MAX_PERSON_CHARS, blank=True)
    text = models.CharField(max_length=MAX_TEXT_CHARS, blank=True)
    photo = models.BinaryField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["site", "person"], name="pass_by_person"),
            models.Index(fields=["site", "beneath"], name="pass_by_scheme_card"),
        ]

    def __str__(self) -> str:
        return f"pass {self.card_id} of {self.site_id}"
