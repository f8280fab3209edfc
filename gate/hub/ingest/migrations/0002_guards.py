"""The database itself refuses to change or remove an entry, or to move a mark back.

It lets a person be erased: salt and holder become NULL together and nothing else changes.
"""

from typing import ClassVar, Final

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from gate.hub.guards import Refusal, guards, never_removed, run

_KEPT: Final = (
    *("journal_id", "site_id", "received_ms", "seq", "at_ms", "clock_trusted", "kind"),
    *("access_point", "direction", "outcome", "reason", "reasons", "count", "list_age_s"),
    *("detail", "commitment", "hash"),
)
_NEVER_BACK: Final = "a journal never goes back and is never removed"
_REFUSE: Final = """CREATE FUNCTION ingest_refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '%%', TG_ARGV[0] USING ERRCODE = 'restrict_violation'; END $$"""
_ROOM: Final = "ALTER TABLE ingest_journal SET (fillfactor = 50)"
"""Every batch changes its journal's row: with room in the page the new version stays beside the
old one and no index is touched (measured: a mark costs the same after a million batches)."""


def _changed(different: str) -> str:
    columns = " OR ".join(f"NEW.{column} {different} OLD.{column}" for column in _KEPT)
    return f"NEW.salt IS NOT NULL OR NEW.holder IS NOT NULL OR {columns}"


def _moved_back(different: str) -> str:
    return (
        f"NEW.stored_through < OLD.stored_through OR NEW.unit_id {different} OLD.unit_id"
        f" OR NEW.journal_id {different} OLD.journal_id"
    )


def _prepare(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor != "sqlite":
        run(editor, _REFUSE)
        run(editor, _ROOM)


def _let_go(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor != "sqlite":
        run(editor, "DROP FUNCTION ingest_refuse")


class Migration(migrations.Migration):
    """Guards of entries and journals."""

    dependencies: ClassVar = [("ingest", "0001_initial")]
    operations: ClassVar = [
        migrations.RunPython(_prepare, _let_go),
        guards(
            Refusal(
                name="ingest_entry_never_changed",
                table="ingest_entry",
                act="UPDATE",
                said="stored entries are never changed; a holder may be erased",
                when=_changed,
            ),
            never_removed("ingest_entry", "stored entries are never removed"),
            Refusal(
                name="ingest_journal_never_back",
                table="ingest_journal",
                act="UPDATE",
                said=_NEVER_BACK,
                when=_moved_back,
            ),
            never_removed("ingest_journal", _NEVER_BACK),
        ),
    ]
