"""The database itself refuses to change or remove an induction, and that a pass was lost."""

from typing import ClassVar

from django.db import migrations

from gate.hub.guards import guards, never


class Migration(migrations.Migration):
    """Guards of what is written of people."""

    dependencies: ClassVar = [
        ("people", "0001_initial"),
        ("ingest", "0002_guards"),
    ]
    operations: ClassVar = [
        guards(
            *never("people_inductionrecord", "what was written of an induction"),
            *never("people_lostpass", "what was written of a lost pass"),
        )
    ]
