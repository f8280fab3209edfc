"""A site's people: what the site itself was told of them, and what it did for them.

A person may be erased: name, photograph, notes and card numbers go, the row and its number stay, so
that records of what was done still say that it was done to one person. Inductions and lost passes
are written once; migration 0002 has the database refuse to change or remove them.
"""

from typing import ClassVar, Final

from django.conf import settings
from django.db import models
from django.db.models import Q

from gate.card.fields import LANGUAGE_CHARS
from gate.hub.alarms.models import MAX_NAME_CHARS
from gate.hub.desk.models import MAX_CODE_CHARS, MAX_HOLDER_CHARS, MAX_ISS_CHARS, MAX_NUMBER_CHARS
from gate.hub.manifest.models import MAX_REASON_CHARS, Written
from gate.hub.passes.models import MAX_PERSON_CHARS, Pass
from gate.hub.sites.models import Site
from gate.trust.person import PERSON_BYTES

MAX_COMPANY_CHARS: Final = MAX_PERSON_CHARS
MAX_NOTE_CHARS: Final = 500
MAX_EDITION: Final = 9999
"""Inductions are numbered from 1; a site changes its own some times a year."""


class Checked(models.TextChoices):
    """How somebody made sure of a scheme card."""

    EYE = "eye", "The card was in the hand, its photograph compared"
    NUMBER = "number", "Its number was looked up with the scheme"


class Company(models.Model):
    """Whom people of a site work for."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, db_index=False)
    name = models.CharField(max_length=MAX_COMPANY_CHARS)

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["site", "name"], name="company_once_a_site"),
        ]

    def __str__(self) -> str:
        return self.name


class Person(models.Model):
    """Somebody whom a site knows; `words` is what is searched, folded (gate.hub.log.search)."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, db_index=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, null=True)
    name = models.CharField(max_length=MAX_HOLDER_CHARS, blank=True)
    words = models.TextField(blank=True)
    language = models.CharField(max_length=LANGUAGE_CHARS, blank=True)
    """What they asked to be spoken to in; empty: nothing was asked."""
    is_visitor = models.BooleanField(default=False)
    added_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["site", "name"], name="person_by_name"),
            models.Index(  # counted whenever a page of today is asked for
                fields=["site"], name="person_erased", condition=Q(erased_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"person {self.pk}, erased"


class Photo(models.Model):
    """A portrait (gate.paper.photo): made anew from what was sent, which is not kept."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, primary_key=True)
    jpeg = models.BinaryField()

    def __str__(self) -> str:
        return f"photograph of person {self.person_id}"


class PersonCard(models.Model):
    """A scheme card as it was told; `key` is its person as gates know it (gate.trust.person)."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, db_index=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    scheme = models.CharField(max_length=MAX_CODE_CHARS)
    card_type = models.CharField(max_length=MAX_CODE_CHARS)
    issuer = models.CharField(max_length=MAX_ISS_CHARS)
    number = models.CharField(max_length=MAX_NUMBER_CHARS)
    last_day = models.DateField()
    key = models.BinaryField(max_length=PERSON_BYTES)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["site", "key"], name="card_once_a_site"),
        ]

    def __str__(self) -> str:
        return f"{self.scheme} {self.number}"


class InductionRecord(Written):
    """An induction: of which edition, until which day, and how the scheme card was checked before.

    `card` is what was checked, as it stood then; its number may be erased with the person.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    edition = models.PositiveIntegerField()
    last_day = models.DateField()
    checked = models.CharField(max_length=8, choices=Checked.choices)
    checked_by = models.CharField(max_length=MAX_PERSON_CHARS)
    scheme = models.CharField(max_length=MAX_CODE_CHARS)
    card_last_day = models.DateField()

    def __str__(self) -> str:
        return f"induction {self.edition} of person {self.person_id}"


class PersonPass(models.Model):
    """Whose pass it is, and when it was last put on a sheet to be printed."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    one = models.OneToOneField(Pass, on_delete=models.PROTECT)
    printed_at = models.DateTimeField(null=True, db_index=True)

    def __str__(self) -> str:
        return f"pass {self.one_id} of person {self.person_id}"


class LostPass(Written):
    """A pass that nobody is to come in by: the gates are told it, and not the card beneath it."""

    one = models.OneToOneField(Pass, on_delete=models.PROTECT)
    reason = models.CharField(max_length=MAX_REASON_CHARS)

    def __str__(self) -> str:
        return f"lost pass {self.one_id}"


class Note(models.Model):
    """What somebody wrote about a person."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True)
    by_name = models.CharField(max_length=MAX_NAME_CHARS)
    text = models.CharField(max_length=MAX_NOTE_CHARS)

    def __str__(self) -> str:
        return f"note {self.pk} on person {self.person_id}"


class Visit(models.Model):
    """A visitor's stay: whom they came to, who goes with them, from when until when."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, db_index=False)
    visitor = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="visits")
    host = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    escort = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    came_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    by_name = models.CharField(max_length=MAX_NAME_CHARS)
    left_by_name = models.CharField(max_length=MAX_NAME_CHARS, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["site", "-came_at"], name="visit_by_time")]

    def __str__(self) -> str:
        return f"visit {self.pk} of person {self.visitor_id}"
