"""What may stand in a list of people, and what may come around it."""

from datetime import date
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.errors import ConfigError
from gate.hub.people.bundle import MAX_PICTURE_BYTES, opened
from gate.hub.people.facts import FIELDS, day_of, judge
from gate.hub.people.table import MAX_LINES, MAX_TABLE_BYTES, OPTIONAL, Line, example, read_table
from tests.hub.people import GOOD, picture, table, zipped

FAULTS = {
    "no name": ({"name": " "}, "name", "write the name"),
    "a formula": ({"name": "=cmd()"}, "name", "letters, digits"),
    "a name of 65 bytes": ({"name": "A" * 65}, "name", "at most 64 bytes"),
    "a line break in a company": ({"company": "A\nB"}, "company", "printable"),
    "a company of 65": ({"company": "A" * 65}, "company", "1 to 64"),
    "no scheme": ({"scheme": ""}, "scheme", "such as cscs"),
    "a scheme of another site": ({"scheme": "site:riverside"}, "scheme", "catalogue"),
    "a number with an accent": ({"card_number": "12é"}, "card_number", "plain letters"),
    "a number of 33": ({"card_number": "1" * 33}, "card_number", "1 to 32"),
    "a type of 25": ({"card_type": "x" * 25}, "card_type", "1 to 24"),
    "no such day": ({"card_expires": "31/02/2028"}, "card_expires", "as 2027-05-31"),
    "an American day": ({"card_expires": "05/31/2028"}, "card_expires", "31/05/2027"),
    "a language that no gate speaks": ({"language": "Klingon"}, "language", "en, cy, pl"),
    "a day of 2019": ({"card_expires": "2019-01-01"}, "card_expires", "2020 to 2100"),
}


@pytest.mark.parametrize(("change", "field", "words"), FAULTS.values(), ids=FAULTS)
def test_a_value_that_can_not_be_is_told_with_what_to_do(
    change: dict[str, str], field: str, words: str
) -> None:
    facts, (fault,) = judge(GOOD | change)
    assert facts is None
    assert fault.field == field
    assert words in fault.step
    assert fault.value == change[field].strip()[:60]


@pytest.mark.parametrize(
    "text", ["2027-05-31", "2027-5-31", "31/05/2027", "31/5/2027", "31.05.2027"]
)
def test_a_day_is_read_as_spreadsheets_of_britain_write_it(text: str) -> None:
    assert day_of(text) == date(2027, 5, 31)


def test_what_is_left_empty_is_told_all_at_once_in_the_order_of_the_columns() -> None:
    _, faults = judge({})
    assert [fault.field for fault in faults] == [field for field in FIELDS if field not in OPTIONAL]


def test_space_around_a_value_and_letters_in_two_parts_are_put_right() -> None:
    facts, _ = judge(GOOD | {"name": "  Ioana\N{NO-BREAK SPACE}", "company": "Zoe\u0308 Ltd"})
    assert facts is not None
    assert (facts.name, facts.company) == ("Ioana", "Zoë Ltd")


def test_a_list_is_read_with_commas_or_semicolons_and_excel_s_mark() -> None:
    plain = table({"name": "Łukasz Nowak"})
    marked = b"\xef\xbb\xbf" + plain.replace(b",", b";")
    (line,) = read_table(plain, "a.csv")
    assert line == read_table(marked, "b.csv")[0]
    assert (line.number, line.values["name"]) == (2, "Łukasz Nowak")


def test_a_line_is_counted_as_its_row_in_a_spreadsheet_whatever_is_empty() -> None:
    lines = read_table(table({}).replace(b"Jane", b"\r\n,,,,,,\r\nJane", 1), "a.csv")
    assert [line.number for line in lines] == [3 + 1]


def test_the_list_to_begin_with_is_a_good_one() -> None:
    assert all(judge(line.values)[1] == [] for line in read_table(example(), "people.csv"))


UNREADABLE = {
    "empty": (b"", "no column name"),
    "nobody": (table(), "nobody stands in it"),
    "windows' own letters": ("name\nZo\xeb".encode("cp1252"), "CSV UTF-8"),
    "utf-16": ("name".encode("utf-16"), "CSV UTF-8"),
    "a spreadsheet": (b"name\0", "CSV UTF-8"),
    "a quotation mark left open": (table({}) + b'"x', "save it anew"),
    "another column": (table({}).replace(b"photo", b"phone", 1), "'phone' is not one of"),
    "a column twice": (b"name,name,company\n", "name stands twice"),
    "too large": (b"x" * (MAX_TABLE_BYTES + 1), "import it in parts"),
    "too long": (table({}) + b"\na" * MAX_LINES, f"more than {MAX_LINES} lines"),
}


@pytest.mark.parametrize(("data", "words"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_file_that_is_no_list_is_refused_by_name(data: bytes, words: str) -> None:
    with pytest.raises(ConfigError, match=r"people\.csv") as caught:
        read_table(data, "people.csv")
    assert words in str(caught.value)


BUNDLES = {
    "no list": ({"a.jpg": b""}, "holds 0 lists: none"),
    "two lists": ({"a.csv": b"", "b.CSV": b""}, "holds 2 lists: a.csv, b.CSV"),
    "a picture twice": ({"a.csv": b"", "x/a.jpg": b"", "y/A.JPG": b""}, "in it twice"),
    "a list of zeros": ({"a.csv": bytes(MAX_TABLE_BYTES + 1)}, "save it smaller"),
}


@pytest.mark.parametrize(("files", "words"), BUNDLES.values(), ids=BUNDLES)
def test_a_zip_that_is_no_list_with_pictures_is_refused(
    files: dict[str, bytes], words: str
) -> None:
    with pytest.raises(ConfigError, match=words), opened(zipped(files), "people.zip"):
        pass


def test_a_picture_is_found_whatever_its_folder_and_case_and_what_a_mac_adds_is_left_out() -> None:
    files = {"in/a.csv": b"", "in/Ph/Jane.JPG": b"x", "__MACOSX/in/._a.csv": b"", "in/._b.csv": b""}
    with opened(zipped(files), "people.zip") as bundle:
        assert bundle.picture("jane.jpg") == b"x"
        assert bundle.picture("../Ph\\JANE.jpg") == b"x"
        assert bundle.picture("other.jpg") is None


def test_a_picture_that_unpacks_to_more_than_it_may_is_refused_unread() -> None:
    files = {"a.csv": b"", "bomb.png": bytes(MAX_PICTURE_BYTES + 1)}
    with (
        opened(zipped(files), "people.zip") as bundle,
        pytest.raises(ConfigError, match=r"bomb\.png: over"),
    ):
        bundle.picture("bomb.png")


def test_a_damaged_zip_is_refused_in_words() -> None:
    whole = zipped({"a.csv": table({}), "a.jpg": picture()}).getvalue()
    cut = whole.replace(b"PK\x01\x02", b"PK\x01\x03", 1)
    with (
        pytest.raises(ConfigError, match=r"people\.zip: is a damaged zip"),
        opened(BytesIO(cut), "people.zip"),
    ):
        pass


# Invariant: any bytes are lines with every column, or one ConfigError.
@given(
    st.binary(max_size=300)
    | st.text(max_size=200).map(lambda rest: table({}) + rest.encode(errors="replace"))
)
def test_any_bytes_are_lines_or_are_refused(data: bytes) -> None:
    try:
        lines = read_table(data, "people.csv")
    except ConfigError:
        return
    assert all(
        isinstance(line, Line) and set(FIELDS) - OPTIONAL <= set(line.values) for line in lines
    )


# Invariant: a zip with any byte changed gives a bundle or one ConfigError; so does each picture.
@given(st.integers(0, 10_000), st.integers(1, 255))
def test_a_zip_with_a_byte_changed_is_read_or_refused(place: int, change: int) -> None:
    data = bytearray(zipped({"a.csv": table({}), "a.jpg": b"picture" * 9}).getvalue())
    data[place % len(data)] ^= change
    try:
        with opened(BytesIO(bytes(data)), "people.zip") as bundle:
            for name in bundle.pictures:
                bundle.picture(name)
    except ConfigError:
        return
