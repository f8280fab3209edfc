"""Issuers' desks: their cards, who vouched for what is on them, their lists, and each change.

No private key is in here (`gate.hub.desk.keys`). A change and the cards it changed are written
once, and a card keeps its number and its place for ever: migration 0002 has the database refuse
anything else, but that a card's name may be erased. Two cards never share a place in a list.
"""

from typing import ClassVar, Final

from django.conf import settings
from django.db import models

from gate.hub.alarms.models import MAX_NAME_CHARS as MAX_AUTHOR_CHARS
from gate.hub.sites.models import Site
from gate.trust.status_list import Status

MAX_ISS_CHARS: Final = 64
MAX_NUMBER_CHARS: Final = 32
MAX_CODE_CHARS: Final = 24
"""All three as a card has them (the CDDL in the reference)."""

MAX_HOLDER_CHARS: Final = 128
"""More than a card's name can have: 64 characters and what composes them."""

MAX_BASE_CHARS: Final = 180
"""A list's address, which is this and a number, has at most 200 in what units read."""

MAX_PLACE_CHARS: Final = 64
MAX_REASON_CHARS: Final = 200
NAME_CHARS: Final = 64

STATUSES: Final = [(status.value, status.name) for status in Status]


class Desk(models.Model):
    """Who issues cards; `issuer` is what units are told, one issuer of gate.trust.issuers."""

    slug = models.SlugField(max_length=32, unique=True)
    iss = models.CharField(max_length=MAX_ISS_CHARS, unique=True)
    status_base = models.CharField(max_length=MAX_BASE_CHARS, unique=True)
    issuer = models.TextField()
    capacity = models.IntegerField()
    """Cards that a further list holds."""
    site = models.OneToOneField(Site, on_delete=models.PROTECT, null=True)
    """Whose own passes these are; None for a scheme's."""
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["iss"]

    def __str__(self) -> str:
        return self.iss


class Clerk(models.Model):
    """Somebody who works at a desk; to others who have no part in it, it does not exist."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    desk = models.ForeignKey(Desk, on_delete=models.CASCADE)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "desk"], name="clerk_once_a_desk"),
        ]

    def __str__(self) -> str:
        return f"{self.user} works at {self.desk}"


class DeskList(models.Model):
    """One status list: its bits, and the token that was signed of them last.

    `name` is the file's, for hub and units alike; `digest` tells whether the file is this token.
    """

    desk = models.ForeignKey(Desk, on_delete=models.PROTECT)
    number = models.IntegerField()
    uri = models.CharField(max_length=200, unique=True)
    name = models.CharField(max_length=NAME_CHARS, unique=True)
    taken = models.IntegerField(default=0)
    size = models.IntegerField()
    packed = models.BinaryField()
    issued_at = models.DateTimeField()
    token = models.BinaryField()
    digest = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["desk", "number"], name="list_number_once_a_desk"),
        ]

    def __str__(self) -> str:
        return self.uri


class StatusChange(models.Model):
    """What was done to how many cards, by whom, why, and by which selection, in words."""

    desk = models.ForeignKey(Desk, on_delete=models.PROTECT)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True)
    by_name = models.CharField(max_length=MAX_AUTHOR_CHARS)
    reason = models.CharField(max_length=MAX_REASON_CHARS)
    status = models.SmallIntegerField(choices=STATUSES)
    selection = models.TextField()
    count = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.count} cards of {self.desk_id} became {self.status}"


class IssuedCard(models.Model):
    """A card and its place in a list; what an imported register does not tell is empty."""

    desk = models.ForeignKey(Desk, on_delete=models.PROTECT, db_index=False)
    status_list = models.ForeignKey(DeskList, on_delete=models.PROTECT, db_index=False)
    index = models.IntegerField()
    number = models.CharField(max_length=MAX_NUMBER_CHARS)
    name = models.CharField(max_length=MAX_HOLDER_CHARS, blank=True)
    scheme = models.CharField(max_length=MAX_CODE_CHARS, blank=True)
    card_type = models.CharField(max_length=MAX_CODE_CHARS, blank=True)
    issued_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    status = models.SmallIntegerField(choices=STATUSES, default=Status.VALID.value)
    change = models.ForeignKey(StatusChange, on_delete=models.PROTECT, null=True)
    """The last that changed its status."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["status_list", "index"], name="place_once_a_list"),
        ]
        indexes: ClassVar = [models.Index(fields=["desk", "number"], name="card_by_number")]

    def __str__(self) -> str:
        return f"card {self.number}"


class ChangedCard(models.Model):
    """A card that a change changed, and what it was before."""

    change = models.ForeignKey(StatusChange, on_delete=models.PROTECT, db_index=False)
    card = models.ForeignKey(IssuedCard, on_delete=models.PROTECT)
    before = models.SmallIntegerField(choices=STATUSES)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["change", "card"], name="changed_once_a_change"),
        ]

    def __str__(self) -> str:
        return f"card {self.card_id} by change {self.change_id}"


class Qualification(models.Model):
    """A qualification behind a card: who vouched for it, and where it was taken; empty: unknown."""

    card = models.ForeignKey(IssuedCard, on_delete=models.CASCADE, db_index=False)
    code = models.CharField(max_length=MAX_CODE_CHARS, blank=True)
    source = models.CharField(max_length=MAX_PLACE_CHARS, blank=True, db_index=True)
    centre = models.CharField(max_length=MAX_PLACE_CHARS, blank=True, db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["card", "code", "source", "centre"], name="vouched_for_once_a_card"
            ),
        ]

    def __str__(self) -> str:
        return f"qualification of card {self.card_id}"
