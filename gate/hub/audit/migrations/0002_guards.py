"""The database itself refuses to change or remove what stands in the audit record."""

from typing import ClassVar

from django.db import migrations

from gate.hub.guards import guards, never


class Migration(migrations.Migration):
    """Guards of the audit record."""

    dependencies: ClassVar = [
        ("audit", "0001_initial"),
        ("ingest", "0002_guards"),
    ]
    operations: ClassVar = [guards(*never("audit_record", "what stands in the audit record"))]
