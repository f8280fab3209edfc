"""The journal's tables: what a person with sqlite3 finds, and what the database itself refuses.

`entries` holds one record a row in plain columns; they are the truth, and the bytes that were
hashed are made from them again. Rows are added at the end and never changed, but for erasing a
person: salt and holder become NULL together. They are removed from the beginning only, up to the
one row of `anchor`, which keeps the number and hash of the last that went, so that the chain can be
followed from there. `journal` holds the one id; the view `readable` shows times in ISO and the
holder part in columns of its own.

The version is SQLite's `user_version`. Migration n brings a file from version n to n + 1 and is
never edited once released.
"""

import sqlite3
from collections.abc import Sequence
from typing import Final

_TABLES: Final = (
    """
    CREATE TABLE journal (
      id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 32),
      created_ms INTEGER NOT NULL,
      predecessor TEXT NOT NULL
    ) STRICT, WITHOUT ROWID""",
    """
    CREATE TABLE entries (
      seq INTEGER PRIMARY KEY CHECK (seq >= 1),
      at_ms INTEGER NOT NULL CHECK (at_ms >= 0),
      clock_trusted INTEGER NOT NULL CHECK (clock_trusted IN (0, 1)),
      kind TEXT NOT NULL,
      access_point TEXT NOT NULL,
      direction TEXT NOT NULL,
      outcome TEXT NOT NULL,
      reason TEXT GENERATED ALWAYS AS (substr(reasons, 1, instr(reasons || ' ', ' ') - 1)) VIRTUAL,
      reasons TEXT NOT NULL,
      count INTEGER NOT NULL CHECK (count >= 1),
      list_age_s INTEGER CHECK (list_age_s >= 0),
      detail TEXT NOT NULL,
      commitment BLOB NOT NULL CHECK (length(commitment) = 32),
      salt BLOB CHECK (length(salt) = 16),
      holder TEXT,
      hash BLOB NOT NULL CHECK (length(hash) = 32),
      CHECK ((salt IS NULL) = (holder IS NULL))
    ) STRICT""",
)

_GUARDS: Final = (
    """
    CREATE TRIGGER entries_are_added_at_the_end BEFORE INSERT ON entries
    WHEN EXISTS (SELECT 1 FROM entries WHERE seq >= NEW.seq)
    BEGIN SELECT RAISE(ABORT, 'journal entries are added at the end only'); END""",
    """
    CREATE TRIGGER entries_are_never_removed BEFORE DELETE ON entries
    BEGIN SELECT RAISE(ABORT, 'journal entries are never removed'); END""",
    """
    CREATE TRIGGER entries_are_never_changed BEFORE UPDATE ON entries
    WHEN NEW.salt IS NOT NULL OR NEW.holder IS NOT NULL
      OR (NEW.seq, NEW.at_ms, NEW.clock_trusted, NEW.kind, NEW.access_point, NEW.direction,
          NEW.outcome, NEW.reasons, NEW.count, NEW.detail, NEW.commitment, NEW.hash)
      != (OLD.seq, OLD.at_ms, OLD.clock_trusted, OLD.kind, OLD.access_point, OLD.direction,
          OLD.outcome, OLD.reasons, OLD.count, OLD.detail, OLD.commitment, OLD.hash)
      OR NEW.list_age_s IS NOT OLD.list_age_s
    BEGIN SELECT RAISE(ABORT, 'journal entries are never changed; a holder may be erased'); END""",
)

_READABLE: Final = """
    SELECT seq, strftime('%Y-%m-%dT%H:%M:%fZ', at_ms / 1000.0, 'unixepoch') AS at, clock_trusted,
      kind, access_point, direction, outcome, reason, reasons, count, list_age_s, detail,
      json_extract(holder, '$.name') AS name, json_extract(holder, '$.number') AS number,
      json_extract(holder, '$.card_type') AS card_type, json_extract(holder, '$.issuer') AS issuer,
      json_extract(holder, '$.person') AS person
    FROM entries"""

_ANCHOR: Final = (
    """
    CREATE TABLE anchor (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      seq INTEGER NOT NULL,
      hash BLOB NOT NULL CHECK (length(hash) = 32),
      pruned_ms INTEGER NOT NULL CHECK (pruned_ms >= 0)
    ) STRICT""",
    """
    CREATE TRIGGER anchor_names_an_entry_with_others_after_it BEFORE INSERT ON anchor
    WHEN NOT EXISTS (SELECT 1 FROM entries WHERE seq = NEW.seq AND hash = NEW.hash)
      OR NOT EXISTS (SELECT 1 FROM entries WHERE seq > NEW.seq)
    BEGIN SELECT RAISE(ABORT, 'the anchor names an entry that has others after it'); END""",
    """
    CREATE TRIGGER anchor_is_never_changed BEFORE UPDATE ON anchor
    BEGIN SELECT RAISE(ABORT, 'the anchor is replaced, never changed'); END""",
    """
    CREATE TRIGGER anchor_is_never_removed BEFORE DELETE ON anchor
    BEGIN SELECT RAISE(ABORT, 'the anchor is replaced, never removed'); END""",
    "DROP TRIGGER entries_are_never_removed",
    """
    CREATE TRIGGER entries_after_the_anchor_are_never_removed BEFORE DELETE ON entries
    WHEN OLD.seq > coalesce((SELECT seq FROM anchor), 0)
    BEGIN SELECT RAISE(ABORT, 'journal entries after the anchor are never removed'); END""",
)

_MIGRATIONS: Final[Sequence[Sequence[str]]] = (
    (*_TABLES, *_GUARDS, f"CREATE VIEW readable AS {_READABLE}"),
    _ANCHOR,
)

VERSION: Final = len(_MIGRATIONS)

ANCHOR_VERSION: Final = 2
"""From here on a file has an anchor; until it has been pruned, no row in it."""

INSERT_JOURNAL: Final = "INSERT INTO journal (id, created_ms, predecessor) VALUES (?, ?, ?)"


def read_version(connection: sqlite3.Connection) -> int:
    """Return the file's version; 0 is a file with no journal in it yet."""
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the file to `VERSION`; the caller holds the transaction open."""
    # Imported here: it costs a running gate 26 MB of memory, and only a new or old file needs it.
    from sqlite_utils import Database  # noqa: PLC0415 - reason above

    database = Database(connection, execute_plugins=False)
    version = read_version(connection)
    for steps in _MIGRATIONS[version:]:
        for step in steps:
            database.execute(step)
        version += 1
        database.execute(f"PRAGMA user_version = {version}")
