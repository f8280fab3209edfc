"""The least that storing a batch could cost: the database alone, given the same rows.

What the hub stored is read back, and written again in the same transaction sizes into a table of
the same columns and indexes: by COPY of ready-made binary blocks over as many connections as the
hub has threads, or by `executemany` on SQLite, durable both times. No HTTP, signature or chain.
"""

import sqlite3
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from time import perf_counter
from typing import Final, Protocol

import psycopg

CONNECTIONS: Final = 8
"""Two processes of the hub with four threads each."""

Blocks = Sequence[bytes]


class Floor(Protocol):
    """Writes what units sent again, with nothing else to do."""

    told: str

    def write_again(self, uids: Sequence[str], batch_entries: int) -> float:
        """Return the seconds it took for everything stored of these units."""
        ...


class CopyFloor:
    """PostgreSQL's COPY."""

    told = (
        f"COPY of the same rows, same transaction sizes, same columns and indexes,"
        f" {CONNECTIONS} connections"
    )

    def __init__(self, url: str) -> None:
        """Write to the hub's own server."""
        self._url = url

    def write_again(self, uids: Sequence[str], batch_entries: int) -> float:
        """Return the seconds it took for everything stored of these units."""
        with psycopg.connect(self._url, autocommit=True) as connection:
            lanes = [_blocks(connection, uid, batch_entries) for uid in uids]
            connection.execute("DROP TABLE IF EXISTS bare_entry")
            connection.execute("CREATE TABLE bare_entry (LIKE ingest_entry INCLUDING ALL)")
        shares = [
            [block for lane in lanes[number::CONNECTIONS] for block in lane]
            for number in range(CONNECTIONS)
        ]
        connections = [psycopg.connect(self._url, autocommit=True) for _ in shares]
        try:
            with ThreadPoolExecutor(CONNECTIONS) as pool:
                begun_s = perf_counter()
                list(pool.map(_copy_all, connections, shares))
                return perf_counter() - begun_s
        finally:
            for one in connections:
                one.close()


class ExecutemanyFloor:
    """SQLite's INSERT, prepared, WAL and synchronous=FULL, one connection."""

    told = (
        "executemany of the same rows, same transaction sizes, same columns and indexes, WAL,"
        " synchronous=FULL, one connection"
    )

    def __init__(self, hub_file: Path) -> None:
        """Read from the hub's file, write to another beside it."""
        self.hub_file = hub_file

    def write_again(self, uids: Sequence[str], batch_entries: int) -> float:
        """Return the seconds it took for everything stored of these units."""
        with closing(sqlite3.connect(self.hub_file)) as stored:
            lanes = [_rows(stored, uid) for uid in uids]
            statements = [
                statement
                for (statement,) in stored.execute(
                    "SELECT sql FROM sqlite_master WHERE tbl_name = 'ingest_entry'"
                    " AND type IN ('table', 'index') AND sql IS NOT NULL ORDER BY type DESC"
                )
            ]
        bare = self.hub_file.with_name("bare.db")
        for file in self.hub_file.parent.glob("bare.db*"):
            file.unlink()
        with closing(sqlite3.connect(bare, isolation_level=None)) as connection:
            for statement in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", *statements):
                connection.execute(statement)
            return _insert_all(connection, lanes, batch_entries)


def _blocks(connection: "psycopg.Connection[tuple[object, ...]]", uid: str, size: int) -> Blocks:
    """Return a unit's stored entries as binary COPY blocks, one a batch."""
    found = connection.execute(
        "SELECT journal.id, stored_through FROM ingest_journal AS journal"
        " JOIN sites_unit AS unit ON unit.id = journal.unit_id WHERE uid = %s",
        (uid,),
    ).fetchall()
    blocks: list[bytes] = []
    for journal, through in found:
        for first in range(1, int(str(through)) + 1, size):
            query = (
                "COPY (SELECT * FROM ingest_entry WHERE journal_id = %s AND seq >= %s AND seq < %s"
                " ORDER BY seq) TO STDOUT (FORMAT BINARY)"
            )
            cursor = psycopg.ClientCursor(connection)
            with cursor.copy(query, (journal, first, first + size)) as copy:
                blocks.append(b"".join(copy))
    return blocks


def _copy_all(connection: "psycopg.Connection[tuple[object, ...]]", blocks: Blocks) -> None:
    with connection.cursor() as cursor:
        for block in blocks:
            with cursor.copy("COPY bare_entry FROM STDIN (FORMAT BINARY)") as copy:
                copy.write(block)


def _rows(stored: sqlite3.Connection, uid: str) -> list[tuple[object, ...]]:
    return stored.execute(
        "SELECT entry.* FROM ingest_entry AS entry JOIN ingest_journal AS journal"
        " ON journal.id = entry.journal_id JOIN sites_unit AS unit ON unit.id = journal.unit_id"
        " WHERE uid = ? ORDER BY entry.journal_id, seq",
        (uid,),
    ).fetchall()


def _insert_all(
    connection: sqlite3.Connection, lanes: Sequence[list[tuple[object, ...]]], size: int
) -> float:
    places = ", ".join("?" * len(lanes[0][0]))
    insert = f"INSERT INTO ingest_entry VALUES ({places})"  # noqa: S608 - question marks only
    begun_s = perf_counter()
    for first in range(0, max(map(len, lanes)), size):
        for rows in lanes:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(insert, rows[first : first + size])
            connection.execute("COMMIT")
    return perf_counter() - begun_s
