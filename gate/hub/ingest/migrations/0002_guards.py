"""The database itself refuses to change or remove an entry, or to move a mark back.

It lets a person be erased: salt and holder become NULL together and nothing else changes. What a
person with a database client can do is switch these off; that is what the nightly check, the
receipts and the units' own journals are for.
"""

from typing import ClassVar, Final

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

_KEPT: Final = (
    *("journal_id", "site_id", "received_ms", "seq", "at_ms", "clock_trusted", "kind"),
    *("access_point", "direction", "outcome", "reason", "reasons", "count", "list_age_s"),
    *("detail", "commitment", "hash"),
)


def _changed(different: str) -> str:
    columns = " OR ".join(f"NEW.{column} {different} OLD.{column}" for column in _KEPT)
    return f"NEW.salt IS NOT NULL OR NEW.holder IS NOT NULL OR {columns}"


def _moved_back(different: str) -> str:
    return (
        f"NEW.stored_through < OLD.stored_through OR NEW.unit_id {different} OLD.unit_id"
        f" OR NEW.journal_id {different} OLD.journal_id"
    )


_NEVER_CHANGED: Final = "stored entries are never changed; a holder may be erased"
_NEVER_REMOVED: Final = "stored entries are never removed"
_NEVER_BACK: Final = "a journal never goes back and is never removed"

_NAMES: Final = {
    "ingest_entry_never_changed": "ingest_entry",
    "ingest_entry_never_removed": "ingest_entry",
    "ingest_journal_never_back": "ingest_journal",
    "ingest_journal_never_removed": "ingest_journal",
}

_SQLITE: Final = (
    f"""CREATE TRIGGER ingest_entry_never_changed BEFORE UPDATE ON ingest_entry
        WHEN {_changed("IS NOT")}
        BEGIN SELECT RAISE(ABORT, '{_NEVER_CHANGED}'); END""",
    f"""CREATE TRIGGER ingest_entry_never_removed BEFORE DELETE ON ingest_entry
        BEGIN SELECT RAISE(ABORT, '{_NEVER_REMOVED}'); END""",
    f"""CREATE TRIGGER ingest_journal_never_back BEFORE UPDATE ON ingest_journal
        WHEN {_moved_back("IS NOT")}
        BEGIN SELECT RAISE(ABORT, '{_NEVER_BACK}'); END""",
    f"""CREATE TRIGGER ingest_journal_never_removed BEFORE DELETE ON ingest_journal
        BEGIN SELECT RAISE(ABORT, '{_NEVER_BACK}'); END""",
)

_DISTINCT: Final = "IS DISTINCT FROM"

_POSTGRESQL: Final = (
    """CREATE FUNCTION ingest_refuse() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE EXCEPTION '%%', TG_ARGV[0] USING ERRCODE = 'restrict_violation'; END $$""",
    f"""CREATE TRIGGER ingest_entry_never_changed BEFORE UPDATE ON ingest_entry
        FOR EACH ROW WHEN ({_changed(_DISTINCT)})
        EXECUTE FUNCTION ingest_refuse('{_NEVER_CHANGED}')""",
    f"""CREATE TRIGGER ingest_entry_never_removed BEFORE DELETE ON ingest_entry
        FOR EACH ROW EXECUTE FUNCTION ingest_refuse('{_NEVER_REMOVED}')""",
    f"""CREATE TRIGGER ingest_journal_never_back BEFORE UPDATE ON ingest_journal
        FOR EACH ROW WHEN ({_moved_back(_DISTINCT)})
        EXECUTE FUNCTION ingest_refuse('{_NEVER_BACK}')""",
    f"""CREATE TRIGGER ingest_journal_never_removed BEFORE DELETE ON ingest_journal
        FOR EACH ROW EXECUTE FUNCTION ingest_refuse('{_NEVER_BACK}')""",
    # Every batch changes its journal's row: with room in the page the new version stays beside the
    # old one and no index is touched (measured: a mark costs the same after a million batches).
    "ALTER TABLE ingest_journal SET (fillfactor = 50)",
)


def _guard(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    for statement in _SQLITE if is_sqlite else _POSTGRESQL:
        schema_editor.execute(statement, params=None if is_sqlite else ())


def _release(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    for name, table in _NAMES.items():
        schema_editor.execute(f"DROP TRIGGER {name}" + ("" if is_sqlite else f" ON {table}"))
    if not is_sqlite:
        schema_editor.execute("DROP FUNCTION ingest_refuse")


class Migration(migrations.Migration):
    """Guards of entries and journals."""

    dependencies: ClassVar = [("ingest", "0001_initial")]
    operations: ClassVar = [migrations.RunPython(_guard, _release)]
