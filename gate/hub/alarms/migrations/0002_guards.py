"""The database itself refuses to remove an alarm, and to change or remove who took notice of one."""

from typing import ClassVar, Final

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

_REFUSED: Final = {
    "ingest_alarm_never_removed": ("DELETE", "ingest_alarm", "alarms are never removed"),
    "alarms_acknowledgement_never_removed": (
        *("DELETE", "alarms_acknowledgement"),
        "who took notice of an alarm is never removed",
    ),
    "alarms_acknowledgement_never_changed": (
        *("UPDATE", "alarms_acknowledgement"),
        "who took notice of an alarm is never changed",
    ),
}


def _guard(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    for name, (act, table, words) in _REFUSED.items():
        refuse = (
            f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
            if is_sqlite
            else f"FOR EACH ROW EXECUTE FUNCTION ingest_refuse('{words}')"
        )
        schema_editor.execute(
            f"CREATE TRIGGER {name} BEFORE {act} ON {table} {refuse}",
            params=None if is_sqlite else (),
        )


def _release(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    for name, (_, table, _) in _REFUSED.items():
        schema_editor.execute(f"DROP TRIGGER {name}" + ("" if is_sqlite else f" ON {table}"))


class Migration(migrations.Migration):
    """Guards of alarms."""

    dependencies: ClassVar = [
        ("alarms", "0001_acknowledgements"),
        ("ingest", "0002_guards"),
    ]
    operations: ClassVar = [migrations.RunPython(_guard, _release)]
