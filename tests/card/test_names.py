"""Names: every person's, and nothing that hides or runs."""

import unicodedata
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.card import name_ranges
from gate.card.name_ranges import NAME_RANGES
from gate.card.names import MAX_NAME_BYTES, is_name

BROWSERS: Final = Path(name_ranges.__file__).parents[1] / "hub/static/card/name-ranges.js"


@pytest.mark.parametrize(
    "name",
    [
        "Jane Example",
        "O'Neil-Smith, Jr.",
        "O\u2019Neil",
        "\u0141ukasz \u017b\u00f3\u0142\u0107",
        "\u015etefan Ru\u021b\u0103",
        "Ll\u0177r ap Gwilym",
        "\u0a17\u0a41\u0a30\u0a2a\u0a4d\u0a30\u0a40\u0a24",
        "J" * MAX_NAME_BYTES,
    ],
)
def test_a_persons_name_is_one(name: str) -> None:
    assert is_name(name)


# Invariant: a name has only characters of Unicode 14 in NFC, and does not begin like a formula.
@given(st.text(min_size=1, max_size=12))
def test_what_passes_for_a_name_is_harmless(text: str) -> None:
    if not is_name(text):
        return

    assert unicodedata.is_normalized("NFC", text)
    assert text[0] not in "=+-@ "
    assert all(unicodedata.category(char)[0] != "C" for char in text)


def test_the_frozen_table_is_ordered_and_holds_what_python_knows_of_it() -> None:
    spans = [span.partition("-") for span in NAME_RANGES.split()]
    ranges = [(int(first, 16), int(last or first, 16)) for first, _, last in spans]

    assert ranges == sorted(ranges)
    for first, last in ranges:
        for point in (first, last):
            category = unicodedata.category(chr(point))
            assert category[0] in "LM" or category == "Nd"


def test_browsers_have_the_same_frozen_table() -> None:
    _, table, _ = BROWSERS.read_text().split("`")

    assert table.split() == NAME_RANGES.split()
