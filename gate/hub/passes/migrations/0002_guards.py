"""The database itself refuses to change or remove a pass; what names its holder may be erased."""

from typing import ClassVar, Final

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

_KEPT: Final = (
    *("id", "site_id", "at", "by_id", "by_name", "version", "card_id", "person", "beneath"),
    *("scheme", "beneath_expires_at", "was_read", "checked_by"),
)
_EMPTIED: Final = ("issuer", "number", "company", "text")


def _changed(different: str) -> str:
    return " OR ".join(
        (
            *(f"NEW.{column} {different} OLD.{column}" for column in _KEPT),
            *(f"(NEW.{one} <> OLD.{one} AND NEW.{one} <> '')" for one in _EMPTIED),
            f"(NEW.photo IS NOT NULL AND NEW.photo {different} OLD.photo)",
        )
    )


def _guard(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    different = "IS NOT" if is_sqlite else "IS DISTINCT FROM"
    for act, words, condition in (
        ("UPDATE", "changed", f" WHEN ({_changed(different)})"),
        ("DELETE", "removed", ""),
    ):
        said = f"what was written of a pass is never {words}"
        refuse = (
            f"{condition} BEGIN SELECT RAISE(ABORT, '{said}'); END"
            if is_sqlite
            else f" FOR EACH ROW{condition} EXECUTE FUNCTION ingest_refuse('{said}')"
        )
        schema_editor.execute(
            f"CREATE TRIGGER passes_pass_never_{words} BEFORE {act} ON passes_pass{refuse}",
            params=None if is_sqlite else (),
        )


def _release(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    for words in ("changed", "removed"):
        name = f"passes_pass_never_{words}"
        schema_editor.execute(f"DROP TRIGGER {name}" + ("" if is_sqlite else " ON passes_pass"))


class Migration(migrations.Migration):
    """Guards of what is written of a pass."""

    dependencies: ClassVar = [
        ("passes", "0001_initial"),
        ("ingest", "0002_guards"),
    ]
    operations: ClassVar = [migrations.RunPython(_guard, _release)]
