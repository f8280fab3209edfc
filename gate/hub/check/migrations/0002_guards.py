"""The database itself refuses to change or remove a check."""

from typing import ClassVar

from django.db import migrations

from gate.hub.guards import guards, never


class Migration(migrations.Migration):
    """Guards of checks."""

    dependencies: ClassVar = [
        ("check", "0001_initial"),
        ("ingest", "0002_guards"),
    ]
    operations: ClassVar = [guards(*never("check_cardcheck", "a check of a card"))]
