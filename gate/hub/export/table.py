"""A table to be sent as a file: its columns, and its rows as they come.

A row is a cell for each column, and is forgotten once it was written. Rows come in pages, each of
which is sent before the next is asked for.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

Cell = str | int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: how wide in characters of a spreadsheet, and in mm on paper (0: not printed)."""

    title: str
    chars: int
    paper_mm: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table; `about` is what stands above it on paper, a line each."""

    title: str
    about: tuple[str, ...]
    columns: tuple[Column, ...]
    pages: Iterable[Sequence[Sequence[Cell]]] = field(repr=False)
