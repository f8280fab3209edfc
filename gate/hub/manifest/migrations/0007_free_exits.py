"""Rules tell how long somebody may be inside where exits are free; written once, as the rest."""

from typing import Final

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

_BEFORE: Final = ("id", "site_id", "at", "by_id", "by_name", "version", "text")
_AFTER: Final = (*_BEFORE, "stay_h")
_TRIGGER: Final = "manifest_rules_never_changed"


def _guarded(schema_editor: BaseDatabaseSchemaEditor, columns: tuple[str, ...]) -> None:
    """Have the database refuse to change these columns, as migration 0002 does."""
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    different = "IS NOT" if is_sqlite else "IS DISTINCT FROM"
    condition = " OR ".join(f"NEW.{column} {different} OLD.{column}" for column in columns)
    said = "what was written of a rules is never changed"
    refuse = (
        f" BEGIN SELECT RAISE(ABORT, '{said}'); END"
        if is_sqlite
        else f" EXECUTE FUNCTION ingest_refuse('{said}')"
    )
    each = "" if is_sqlite else " FOR EACH ROW"
    schema_editor.execute(f"DROP TRIGGER {_TRIGGER}" + ("" if is_sqlite else " ON manifest_rules"))
    schema_editor.execute(
        f"CREATE TRIGGER {_TRIGGER} BEFORE UPDATE ON manifest_rules{each} WHEN ({condition})"
        f"{refuse}",
        params=None if is_sqlite else (),
    )


def _guard(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _guarded(schema_editor, _AFTER)


def _release(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _guarded(schema_editor, _BEFORE)


class Migration(migrations.Migration):
    dependencies = [
        ("manifest", "0006_release"),
    ]

    operations = [
        migrations.AddField(
            model_name="rules",
            name="stay_h",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.RunPython(_guard, _release),
    ]
