"""Reading entries back as they were sent: the rows are the truth, and are not believed.

Reading is total: whatever a database client has put into a row gives an entry or an EventError
that names its number. Rows come a thousand at a time, so that no transaction stays open for long.
"""

from collections.abc import Iterator
from itertools import product
from types import NoneType
from typing import Final

from django.db import connection

from gate.errors import EventError
from gate.events.batch_rows import COLUMNS, Row, to_entry
from gate.events.model import Entry

PAGE_ROWS: Final = 1000

_PAGE: Final = (
    f"SELECT {', '.join(COLUMNS)} FROM ingest_entry"  # noqa: S608 - constants only
    f" WHERE journal_id = %s AND seq > %s AND seq <= %s ORDER BY seq LIMIT {PAGE_ROWS}"
)
_CLOCK: Final = COLUMNS.index("clock_trusted")
_REASON: Final = COLUMNS.index("reason")
_REASONS: Final = COLUMNS.index("reasons")

_SHAPES: Final = frozenset(
    (int, int, clock, *[str] * 6, int, age, str, bytes, *holder_part, bytes)
    for clock in (int, bool)
    for age in (int, NoneType)
    for holder_part in product((bytes, NoneType), (str, NoneType))
)
"""SQLite lets a database client write any type into any column."""


def entries_of(journal: int, journal_id: bytes, through: int) -> Iterator[Entry]:
    """Yield the entries of the journal in row `journal` up to number `through`, oldest first.

    Raises:
        EventError: a row is none that the hub could have stored; its number comes first.
    """
    after = 0
    while page := _page(journal, after, through):
        for row in page:
            yield _entry(journal_id, row)
        after = page[-1][0]


def one_entry(journal: int, journal_id: bytes, seq: int) -> Entry:
    """Return entry `seq` of the journal in row `journal`.

    Raises:
        EventError: there is none, or it is none that the hub could have stored.
    """
    rows = _page(journal, seq - 1, seq)
    if not rows:
        raise EventError(f"entry {seq}: it is missing")
    return _entry(journal_id, rows[0])


def _page(journal: int, after: int, through: int) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(_PAGE, (journal, after, through))
        rows: list[Row] = cursor.fetchall()
    return rows


def _entry(journal_id: bytes, row: Row) -> Entry:
    if tuple(map(type, row)) not in _SHAPES or row[_CLOCK] not in {0, 1}:
        raise EventError(f"entry {row[0]}: no record: a value in a column of another type")
    if row[_REASON] != row[_REASONS].partition(" ")[0]:
        raise EventError(f"entry {row[0]}: its reason was changed")
    try:
        return to_entry(journal_id, row)
    except (EventError, ValueError) as error:
        raise EventError(f"entry {row[0]}: no record: {error}") from error
