"""The database itself refuses to change or remove a check; who made it may be forgotten."""

from typing import ClassVar, Final

from django.db import migrations

from gate.hub.guards import guards, never

_KEPT: Final = ("id", "uid", "site_id", "at", "received_at", "person", "told", "said", "book_at")


class Migration(migrations.Migration):
    """Guards of checks."""

    dependencies: ClassVar = [
        ("check", "0001_initial"),
        ("ingest", "0002_guards"),
    ]
    operations: ClassVar = [
        guards(
            *never(
                "check_cardcheck",
                "a check of a card",
                kept=_KEPT,
                emptied=("by_name",),
                nulled=("by_id",),
            )
        )
    ]
