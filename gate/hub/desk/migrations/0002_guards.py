"""The database itself refuses to change or remove a card, a change of status, or what it changed.

A card's status and the change that set it move on, its name may be erased; its number and its place
in a list stay for ever: another card in that place would be cancelled with it.
"""

from typing import ClassVar, Final

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

_KEPT: Final = {
    "issuedcard": (
        *("id", "desk_id", "status_list_id", "index", "number", "scheme", "card_type"),
        *("issued_at", "expires_at"),
    ),
    "statuschange": (
        *("id", "desk_id", "at", "by_id", "by_name", "reason", "status", "selection", "count"),
    ),
    "changedcard": ("id", "change_id", "card_id", "before"),
}
_WORDS: Final = {
    "issuedcard": "a card",
    "statuschange": "a change of status",
    "changedcard": "what a change of status changed",
}


def _changed(what: str, different: str) -> str:
    kept = [f'NEW."{column}" {different} OLD."{column}"' for column in _KEPT[what]]
    if what == "issuedcard":
        kept.append("(NEW.name <> OLD.name AND NEW.name <> '')")
    return " OR ".join(kept)


def _guard(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    different = "IS NOT" if is_sqlite else "IS DISTINCT FROM"
    for what in _KEPT:
        for act, words, condition in (
            ("UPDATE", "changed", f" WHEN ({_changed(what, different)})"),
            ("DELETE", "removed", ""),
        ):
            said = f"what was written of {_WORDS[what]} is never {words}"
            refuse = (
                f"{condition} BEGIN SELECT RAISE(ABORT, '{said}'); END"
                if is_sqlite
                else f" FOR EACH ROW{condition} EXECUTE FUNCTION ingest_refuse('{said}')"
            )
            schema_editor.execute(
                f"CREATE TRIGGER desk_{what}_never_{words} BEFORE {act} ON desk_{what}{refuse}",
                params=None if is_sqlite else (),
            )


def _release(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    for what in _KEPT:
        for words in ("changed", "removed"):
            name = f"desk_{what}_never_{words}"
            schema_editor.execute(
                f"DROP TRIGGER {name}" + ("" if is_sqlite else f" ON desk_{what}")
            )


class Migration(migrations.Migration):
    """Guards of what is written at a desk."""

    dependencies: ClassVar = [
        ("desk", "0001_initial"),
        ("ingest", "0002_guards"),
    ]
    operations: ClassVar = [migrations.RunPython(_guard, _release)]
