"""What all of a hub's processes must know of attempts to sign in, and of whom a code is asked."""

from typing import ClassVar

from django.db import models

from gate.hub.accounts.roles import Part


class Counted(models.Model):
    """The table of Django's cache: attempts that failed lately, and codes that were used.

    It is a table, not each process's memory, so that five attempts are five whoever answers them.
    `gate.hub.accounts.settings` names it; Django's cache alone reads and writes it.
    """

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "accounts_counted"
        default_permissions: ClassVar = ()

    def __str__(self) -> str:
        return self.cache_key


class CodeAsked(models.Model):
    """A part whose people must sign in with a code besides their password."""

    part = models.CharField(
        max_length=16, primary_key=True, choices=[(part.value, part.value) for part in Part]
    )

    class Meta:
        default_permissions: ClassVar = ()

    def __str__(self) -> str:
        return self.part
