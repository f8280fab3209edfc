"""What the database itself refuses to change or remove: triggers, written by migrations.

    operations = [guards(*never("passes_pass", "what was written of a pass", kept=(...)))]

What a person with a database client can do is switch these off; that is what the nightly check,
the receipts and the units' own journals are for. On PostgreSQL a trigger calls `ingest_refuse`,
which ingest's own guards make: a migration with guards depends on `("ingest", "0002_guards")`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import RunPython
from django.db.migrations.state import StateApps


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One trigger: an act on a table's rows that is refused, `when` a condition holds or always.

    `said` is what the database answers, without a quotation mark; `when` is given the comparison
    by which NULL differs from a value and not from NULL.
    """

    name: str
    table: str
    act: Literal["UPDATE", "DELETE"]
    said: str
    when: Callable[[str], str] | None = None


def never(
    table: str,
    what: str,
    *,
    kept: Sequence[str] = (),
    emptied: Sequence[str] = (),
    nulled: Sequence[str] = (),
) -> Sequence[Refusal]:
    """Refuse to change and to remove a row of `table`, of which the refusal says `what`.

    Columns named as `kept` stay as they are, `emptied` ones may become the empty text and `nulled`
    ones NULL, and the rest is free. Where none is named nothing of a row may change.
    """

    def changed(different: str) -> str:
        return " OR ".join(
            (
                *(f'NEW."{one}" {different} OLD."{one}"' for one in kept),
                *(f'(NEW."{one}" <> OLD."{one}" AND NEW."{one}" <> \'\')' for one in emptied),
                *(
                    f'(NEW."{one}" IS NOT NULL AND NEW."{one}" {different} OLD."{one}")'
                    for one in nulled
                ),
            )
        )

    return (
        Refusal(
            name=f"{table}_never_changed",
            table=table,
            act="UPDATE",
            said=f"{what} is never changed",
            when=changed if kept or emptied or nulled else None,
        ),
        never_removed(table, f"{what} is never removed"),
    )


def never_removed(table: str, said: str) -> Refusal:
    """Refuse to remove a row of `table`, in these words."""
    return Refusal(name=f"{table}_never_removed", table=table, act="DELETE", said=said)


class Guards(RunPython):
    """A migration's operation that makes triggers, or drops those of `refusals`."""

    def __init__(self, refusals: Sequence[Refusal], *, stand: bool) -> None:
        self.refusals = refusals
        self.stand = stand
        make, drop = partial(_make, refusals), partial(_drop, refusals)
        super().__init__(*((make, drop) if stand else (drop, make)))


def guards(*refusals: Refusal) -> Guards:
    """Return what makes these triggers in a migration, and drops them on its way back."""
    return Guards(refusals, stand=True)


def unguarded(*refusals: Refusal) -> Guards:
    """Return what drops these triggers in a migration, before others are made in their place."""
    return Guards(refusals, stand=False)


def run(editor: BaseDatabaseSchemaEditor, statement: str) -> None:
    """Run a statement of ours: psycopg counts parameters even where there are none."""
    editor.execute(statement, params=None if editor.connection.vendor == "sqlite" else ())


def _make(refusals: Sequence[Refusal], _apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    for one in refusals:
        run(editor, _made(one, is_sqlite=editor.connection.vendor == "sqlite"))


def _drop(refusals: Sequence[Refusal], _apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    of_table = editor.connection.vendor != "sqlite"
    for one in refusals:
        run(editor, f"DROP TRIGGER {one.name}" + (f" ON {one.table}" if of_table else ""))


def _made(refusal: Refusal, *, is_sqlite: bool) -> str:
    different = "IS NOT" if is_sqlite else "IS DISTINCT FROM"
    condition = "" if refusal.when is None else f" WHEN ({refusal.when(different)})"
    before = f"CREATE TRIGGER {refusal.name} BEFORE {refusal.act} ON {refusal.table}"
    if is_sqlite:
        return f"{before}{condition} BEGIN SELECT RAISE(ABORT, '{refusal.said}'); END"
    call = f"EXECUTE FUNCTION ingest_refuse('{refusal.said}')"
    return f"{before} FOR EACH ROW{condition} {call}"
