"""Who may sign in at a site's units: each login, and its end, written once (migration 0002)."""

from typing import ClassVar, Final

from django.db import models

from gate.hub.manifest.models import Written
from gate.trust.local_login import HASH_BYTES, SALT_BYTES, LocalRole

MAX_NAME_CHARS: Final = 32


class Login(Written):
    """A login with its password's hash; in force until it has an end.

    Another password, or another role, is another login of the same name.
    """

    name = models.CharField(max_length=MAX_NAME_CHARS)
    role = models.CharField(max_length=16, choices=[(role.value, role.name) for role in LocalRole])
    salt = models.BinaryField(max_length=SALT_BYTES)
    hash = models.BinaryField(max_length=HASH_BYTES)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(role__in=[role.value for role in LocalRole]),
                name="local_role_is_a_known_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.role} at the units of {self.site_id}"


class LoginEnd(Written):
    """The end of a login."""

    login = models.OneToOneField(Login, on_delete=models.PROTECT, related_name="end")

    def __str__(self) -> str:
        return f"end of {self.login}"
