"""The database itself refuses to change or remove what was said on a roll call."""

from typing import ClassVar, Final

from django.db import migrations

from gate.hub.guards import guards, never

_TABLES: Final = ("rollcall_call", "rollcall_named", "rollcall_mark", "rollcall_step")


class Migration(migrations.Migration):
    """Guards of roll calls."""

    dependencies: ClassVar = [
        ("rollcall", "0001_initial"),
        ("ingest", "0002_guards"),
    ]
    operations: ClassVar = [
        guards(*(one for table in _TABLES for one in never(table, "a roll call")))
    ]
