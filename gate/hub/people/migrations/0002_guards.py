"""The database itself refuses to change or remove an induction, and that a pass was lost."""

from typing import ClassVar, Final

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

_KEPT: Final = {"inductionrecord": "of an induction", "lostpass": "of a lost pass"}
_ACTS: Final = (("UPDATE", "changed"), ("DELETE", "removed"))


def _guard(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    for table, what in _KEPT.items():
        for act, words in _ACTS:
            said = f"what was written {what} is never {words}"
            refuse = (
                f"BEGIN SELECT RAISE(ABORT, '{said}'); END"
                if is_sqlite
                else f"FOR EACH ROW EXECUTE FUNCTION ingest_refuse('{said}')"
            )
            schema_editor.execute(
                f"CREATE TRIGGER people_{table}_never_{words} BEFORE {act}"
                f" ON people_{table} {refuse}",
                params=None if is_sqlite else (),
            )


def _release(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    for table in _KEPT:
        for _, words in _ACTS:
            name = f"people_{table}_never_{words}"
            schema_editor.execute(
                f"DROP TRIGGER {name}" + ("" if is_sqlite else f" ON people_{table}")
            )


class Migration(migrations.Migration):
    """Guards of what is written of people."""

    dependencies: ClassVar = [
        ("people", "0001_initial"),
        ("ingest", "0002_guards"),
    ]
    operations: ClassVar = [migrations.RunPython(_guard, _release)]
