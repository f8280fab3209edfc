"""A list of people as a spreadsheet saves it: CSV in, lines of named values out.

Comma or semicolon, whichever parts the head; UTF-8, with or without the mark that Excel puts first.
What can't be read as a table is one fault of the whole file.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from gate.errors import ConfigError
from gate.hub.people.facts import FIELDS

MAX_TABLE_BYTES: Final = 2 * 1024 * 1024
"""5,000 people take 500 kB; the pictures are beside it."""

MAX_LINES: Final = 5_000
"""Large sites have some thousands; more are imported in parts."""

OPTIONAL: Final = frozenset({"language", "photo"})
EXAMPLE: Final = (
    ("Jane Example", "Scaffold Ltd", "cscs", "12345678", "labourer", "2027-05-31", "", "jane.jpg"),
    ("Łukasz Nowak", "Bright Electrical", "ecs", "87654321", "electrician", "31/01/2028", "pl", ""),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One person's values, by the columns' names; `number` counts the head as line 1."""

    number: int
    values: dict[str, str]


def read_table(data: bytes, name: str) -> tuple[Line, ...]:
    """Return the lines of a list; `name` is what people know the file by.

    Raises:
        ConfigError: what keeps it from being read, with what to do.
    """
    text = _text(data, name)
    head, *_ = text.splitlines() or [""]
    mark = ";" if head.count(";") > head.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    try:
        columns = _columns(next(reader, []), name)
        lines = tuple(_lines(reader, columns, name))
    except csv.Error as error:
        step = "next: save it anew as CSV, in a spreadsheet"
        raise ConfigError(name, [f"line {reader.line_num}: {error}; {step}"]) from error
    if not lines:
        raise ConfigError(name, ["nobody stands in it; next: write a line for each person"])
    return lines


def example() -> bytes:
    """Return a list to begin with, as Excel opens it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(FIELDS)
    writer.writerows(EXAMPLE)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _text(data: bytes, name: str) -> str:
    if len(data) > MAX_TABLE_BYTES:
        fault = f"{len(data)} bytes; at most {MAX_TABLE_BYTES}; next: import it in parts"
        raise ConfigError(name, [fault])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        step = 'next: in Excel choose Save As, then "CSV UTF-8"'
        raise ConfigError(name, [f"byte {error.start} is not UTF-8; {step}"]) from error
    if "\0" in text:
        step = 'next: in Excel choose Save As, then "CSV UTF-8"'
        raise ConfigError(name, [f"it holds zero bytes, so it is no CSV; {step}"])
    return text


def _columns(head: list[str], name: str) -> list[str]:
    columns = [cell.strip().lower().replace(" ", "_") for cell in head]
    known = ", ".join(FIELDS)
    step = f"next: make the first line {known}"
    faults = [
        f"line 1: no column {field}" for field in FIELDS if field not in {*columns, *OPTIONAL}
    ]
    faults += [
        f"line 1: column {column[:40]!r} is not one of {known}; next: take it out"
        for column in columns
        if column not in FIELDS
    ]
    faults += [
        f"line 1: column {field} stands twice" for field in FIELDS if columns.count(field) > 1
    ]
    if faults:
        raise ConfigError(name, [*faults[:10], step])
    return columns


def _lines(reader: Iterator[list[str]], columns: list[str], name: str) -> Iterator[Line]:
    number = 1
    for count, cells in enumerate(reader, start=1):
        number += 1
        if count > MAX_LINES:
            step = "next: import it in parts"
            raise ConfigError(name, [f"more than {MAX_LINES} lines; {step}"])
        if not any(cell.strip() for cell in cells):
            continue
        values = dict.fromkeys(columns, "") | dict(zip(columns, cells, strict=False))
        spare = [cell for cell in cells[len(columns) :] if cell.strip()]
        if spare:
            values[""] = spare[0]
        yield Line(number=number, values=values)
