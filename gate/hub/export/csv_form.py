"""A table as CSV (RFC 4180) in UTF-8, marked as such for Excel, in which nothing is a formula.

What a spreadsheet would take for a formula gets an apostrophe before it (OWASP, CSV Injection):
names come from cards, and a card may say anything.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Final

from gate.hub.export.table import Cell, Table

CONTENT_TYPE: Final = "text/csv; charset=utf-8"

_MARK: Final = "\ufeff"
_FORMULA: Final = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
"""What a formula begins with, the wide forms of East Asian keyboards among it."""


def csv_file(table: Table) -> Iterator[bytes]:
    """Yield the file in parts, one a page."""
    yield (_MARK + _lines([[column.title for column in table.columns]])).encode()
    for page in table.pages:
        yield _lines(page).encode("utf-8", "replace")


def safe(cell: Cell) -> Cell:
    """Return a cell that no spreadsheet computes; blanks before a formula don't hide it."""
    if not isinstance(cell, str):
        return cell
    is_formula = cell[:1] in _FORMULA or cell.lstrip()[:1] in _FORMULA
    return f"'{cell}" if cell and is_formula else cell


def _lines(rows: Sequence[Sequence[Cell]]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([safe(cell) for cell in row] for row in rows)
    return out.getvalue()
