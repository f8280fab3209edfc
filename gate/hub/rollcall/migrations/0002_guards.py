"""The database itself refuses to change or remove what was said on a roll call."""

from typing import ClassVar, Final

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

_TABLES: Final = ("rollcall_call", "rollcall_named", "rollcall_mark", "rollcall_step")
_REFUSED: Final = {
    f"{table}_never_{done}": (act, table, f"a roll call is never {done}")
    for table in _TABLES
    for act, done in (("DELETE", "removed"), ("UPDATE", "changed"))
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
    """Guards of roll calls."""

    dependencies: ClassVar = [
        ("rollcall", "0001_initial"),
        ("ingest", "0002_guards"),
    ]
    operations: ClassVar = [migrations.RunPython(_guard, _release)]
