"""Tables as files: nothing in them is computed, and each is what its readers expect."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.hub.export.csv_form import csv_file, safe
from gate.hub.export.pdf_form import pdf_file
from gate.hub.export.table import Cell, Column, Table
from gate.hub.export.xlsx_form import xlsx_file
from gate.paper.typeface import Typefaces, load_typefaces
from tests.hub.pdf_words import pdf_text

MADE = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
COLUMNS = (
    Column(title="Name", chars=20, paper_mm=60),
    Column(title="Note", chars=20, paper_mm=40),
    Column(title="Number", chars=8),
)


def table(*pages: list[list[Cell]]) -> Table:
    return Table(title="Entries", about=("Shown: all.",), columns=COLUMNS, pages=pages)


def rows_of_csv(*pages: list[list[Cell]]) -> list[list[str]]:
    text = b"".join(csv_file(table(*pages))).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def rows_of_xlsx(*pages: list[list[Cell]]) -> list[list[str]]:
    data = io.BytesIO(b"".join(xlsx_file(table(*pages))))
    with zipfile.ZipFile(data) as archive:
        assert archive.testzip() is None
        for name in archive.namelist():
            ET.fromstring(archive.read(name))  # noqa: S314 - of our own making
        sheet = ET.fromstring(archive.read("xl/worksheets/sheet1.xml"))  # noqa: S314 - as above
    assert not list(sheet.iter(f"{SHEET}f"))
    return [["".join(cell.itertext()) for cell in row] for row in sheet.iter(f"{SHEET}row")]


FORMULAS = ["=1+1", "+44", "-1", "@SUM(A1)", "\t=1", " =1", "\uff1d1", "=cmd|'/c calc'!A0"]


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_spreadsheet_would_compute_is_text(text: str) -> None:
    ((name, *_),) = rows_of_csv([[text, "", 1]])[1:]
    assert name == f"'{text}"
    assert rows_of_xlsx([[text, "", 1]])[1][0] == text


@given(st.text(max_size=20) | st.integers(0, 2**53) | st.none())
def test_nothing_begins_like_a_formula_and_nothing_else_is_touched(cell: Cell) -> None:
    told = safe(cell)
    if isinstance(told, str):
        assert told.strip()[:1] not in set("=+-@")
        assert told in {cell, f"'{cell}"}
    else:
        assert told == cell


LINES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)


@given(st.lists(st.tuples(LINES, LINES, st.integers(0, 2**53)), max_size=4))
def test_a_workbook_says_what_the_table_does(cells: list[tuple[str, str, int]]) -> None:
    rows = [list[Cell](row) for row in cells]
    told = rows_of_xlsx(rows)
    plain = [
        [str(one).replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd") for one in row]
        for row in rows
    ]
    assert told == [["Name", "Note", "Number"], *plain]


def test_what_no_xml_can_hold_is_marked() -> None:
    assert rows_of_xlsx([["a\x00b\x1f", "", None]])[1] == ["a\ufffdb\ufffd", "", ""]


@pytest.mark.parametrize("form", [csv_file, xlsx_file])
def test_a_page_is_sent_before_the_next_is_asked_for(form: object) -> None:
    asked: list[int] = []

    def pages() -> Iterator[list[list[Cell]]]:
        for number in range(3):
            asked.append(number)
            yield [["x" * 20_000, "", number]] * 50

    parts = form(Table(title="T", about=(), columns=COLUMNS, pages=pages()))  # type: ignore[operator]  # one of two functions
    seen = []
    for _ in range(3):
        next(parts)
        seen.append(len(asked))
    assert seen[0] <= 1
    assert seen[1] <= 2


@pytest.fixture(scope="module")
def faces() -> Typefaces:
    return load_typefaces()


def test_paper_has_the_head_on_every_page_and_every_row_once(faces: Typefaces) -> None:
    rows: list[list[Cell]] = [[f"Łukasz {number:03}", "note", number] for number in range(90)]
    pdf = b"".join(pdf_file(table(rows[:50], rows[50:]), faces, MADE))
    text = pdf_text(pdf)
    sheets = len(re.findall(rb"/Type /Page\b(?!s)", pdf))
    assert sheets == 3
    assert text.count("Name Note") == sheets
    assert re.findall(r"Łukasz (\d+)", text) == [f"{number:03}" for number in range(90)]
    assert "Shown: all." in text
    assert "page 3" in text
    assert "Number" not in text  # a column that has no width on paper


def test_paper_is_a_document_whose_table_of_objects_is_right(faces: Typefaces) -> None:
    pdf = b"".join(pdf_file(table([["Ann", "", 1]]), faces, MADE))
    start = int(re.findall(rb"startxref\n(\d+)", pdf)[0])
    assert pdf[start:].startswith(b"xref\n0 ")
    places = [int(place) for place in re.findall(rb"(\d{10}) 00000 n ", pdf[start:])]
    for number, place in enumerate(places, 1):
        assert pdf[place:].startswith(b"%d 0 obj\n" % number)
    for length, body in re.findall(rb"/Length (\d+).*?stream\n(.*?)\nendstream", pdf, re.DOTALL):
        assert len(body) == int(length)


def test_what_is_too_wide_is_cut_and_what_has_no_letter_is_marked(faces: Typefaces) -> None:
    text = pdf_text(b"".join(pdf_file(table([["W" * 80, "王", 1]]), faces, MADE)))
    assert re.search(r"W{5,60}…", text)
    assert "W" * 61 not in text
    assert " ?" in text
