"""The database itself refuses to change or remove a correction: another one is written instead."""

from typing import ClassVar

from django.db import migrations

from gate.hub.guards import guards, never


class Migration(migrations.Migration):
    """Guards of corrections."""

    dependencies: ClassVar = [
        ("corrections", "0001_initial"),
        ("ingest", "0002_guards"),
    ]
    operations: ClassVar = [guards(*never("corrections_correction", "a correction"))]
