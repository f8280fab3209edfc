"""The database itself refuses to remove an alarm, and to change or remove who took notice of one."""

from typing import ClassVar

from django.db import migrations

from gate.hub.guards import guards, never, never_removed


class Migration(migrations.Migration):
    """Guards of alarms."""

    dependencies: ClassVar = [
        ("alarms", "0001_acknowledgements"),
        ("ingest", "0002_guards"),
    ]
    operations: ClassVar = [
        guards(
            never_removed("ingest_alarm", "alarms are never removed"),
            *never("alarms_acknowledgement", "who took notice of an alarm"),
        )
    ]
