"""The database itself refuses to change or remove a login of a site's units, and its end."""

from typing import ClassVar, Final

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

_WRITTEN: Final = ("id", "site_id", "at", "by_id", "by_name", "version")
_KEPT: Final = {
    "login": (*_WRITTEN, "name", "role", "salt", "hash"),
    "loginend": (*_WRITTEN, "login_id"),
}


def _changed(what: str, different: str) -> str:
    return " OR ".join(f"NEW.{column} {different} OLD.{column}" for column in _KEPT[what])


def _guard(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    different = "IS NOT" if is_sqlite else "IS DISTINCT FROM"
    for what in _KEPT:
        for act, words, condition in (
            ("UPDATE", "changed", f" WHEN ({_changed(what, different)})"),
            ("DELETE", "removed", ""),
        ):
            said = f"what was written of a {what} is never {words}"
            refuse = (
                f"{condition} BEGIN SELECT RAISE(ABORT, '{said}'); END"
                if is_sqlite
                else f" FOR EACH ROW{condition} EXECUTE FUNCTION ingest_refuse('{said}')"
            )
            schema_editor.execute(
                f"CREATE TRIGGER locals_{what}_never_{words} BEFORE {act} ON locals_{what}{refuse}",
                params=None if is_sqlite else (),
            )


def _release(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    for what in _KEPT:
        for words in ("changed", "removed"):
            name = f"locals_{what}_never_{words}"
            schema_editor.execute(
                f"DROP TRIGGER {name}" + ("" if is_sqlite else f" ON locals_{what}")
            )


class Migration(migrations.Migration):
    """Guards of logins."""

    dependencies: ClassVar = [
        ("locals", "0001_initial"),
        ("ingest", "0002_guards"),
    ]
    operations: ClassVar = [migrations.RunPython(_guard, _release)]
