"""Whose sites there are, which units stand there, and who may see them.

Models hold data and what the database itself can promise; rules are in gate.hub.sites.services.
"""

from typing import ClassVar, Final

from django.conf import settings
from django.db import models

from gate.signing.keys import KID_BYTES

PUBLIC_KEY_BYTES: Final = 32
"""A raw Ed25519 public key."""

UID_CHARS: Final = 2 * KID_BYTES
"""A unit's uid is its key's kid in hexadecimal."""


class Organisation(models.Model):
    """Who runs sites."""

    name = models.CharField(max_length=64, unique=True)

    def __str__(self) -> str:
        return self.name


class Site(models.Model):
    """A construction site; its day begins at midnight in its own time zone."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    slug = models.SlugField(max_length=32, unique=True)
    name = models.CharField(max_length=64)
    time_zone = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class Unit(models.Model):
    """An appliance at a site, known by the key it signs with."""

    uid = models.CharField(max_length=UID_CHARS, unique=True)
    site = models.ForeignKey(Site, on_delete=models.PROTECT)
    name = models.CharField(max_length=64)
    public_key = models.BinaryField(max_length=PUBLIC_KEY_BYTES)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["site", "name"],
                condition=models.Q(retired_at=None),
                name="unit_name_once_in_use",
                violation_error_message="A unit of this name is in use at the site",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What somebody does at a site."""

    MANAGER = "manager"
    GUARD = "guard"
    CONTRACTOR = "contractor"
    """Looks after the gates, and learns no names."""


class Membership(models.Model):
    """Somebody's role at one site; without one, the site does not exist for them."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    site = models.ForeignKey(Site, on_delete=models.CASCADE)
    role = models.CharField(max_length=16, choices=Role.choices)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "site"], name="one_role_a_site"),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="role_is_a_known_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} is {self.role} of {self.site}"
