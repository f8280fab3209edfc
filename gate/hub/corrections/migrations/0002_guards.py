"""The database itself refuses to change or remove a correction: another one is written instead."""

from typing import ClassVar

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

_ACTS = (("UPDATE", "changed"), ("DELETE", "removed"))


def _guard(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    for act, words in _ACTS:
        said = f"a correction is never {words}"
        refuse = (
            f"BEGIN SELECT RAISE(ABORT, '{said}'); END"
            if is_sqlite
            else f"FOR EACH ROW EXECUTE FUNCTION ingest_refuse('{said}')"
        )
        schema_editor.execute(
            f"CREATE TRIGGER correction_never_{words} BEFORE {act} ON corrections_correction"
            f" {refuse}",
            params=None if is_sqlite else (),
        )


def _release(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    for _, words in _ACTS:
        name = f"correction_never_{words}"
        schema_editor.execute(
            f"DROP TRIGGER {name}" + ("" if is_sqlite else " ON corrections_correction")
        )


class Migration(migrations.Migration):
    """Guards of corrections."""

    dependencies: ClassVar = [
        ("corrections", "0001_initial"),
        ("ingest", "0002_guards"),
    ]
    operations: ClassVar = [migrations.RunPython(_guard, _release)]
