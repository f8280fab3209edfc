"""The database itself refuses to change or remove what was set, and what a night did."""

from typing import ClassVar

from django.db import migrations

from gate.hub.guards import guards, never


class Migration(migrations.Migration):
    """Guards of periods and nights."""

    dependencies: ClassVar = [
        ("retention", "0001_initial"),
        ("ingest", "0002_guards"),
    ]
    operations: ClassVar = [
        guards(
            *never("retention_period", "for how long something is kept"),
            *never("retention_run", "what a night let go"),
        )
    ]
