"""Who vouched for what, read from CSV: every faulty line named, all taken or none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.errors import ConfigError
from gate.hub.desk.facts import MAX_FACTS_BYTES, MAX_LINES, import_facts, read_facts
from gate.hub.desk.models import Desk, Qualification
from gate.hub.desk.selection import Selection, cards_of
from tests.hub.desk.conftest import issued

HEAD = "number,qualification,source,centre\n"


def kept() -> set[tuple[str, str, str, str]]:
    rows = Qualification.objects.select_related("card")
    return {(one.card.number, one.code, one.source, one.centre) for one in rows}


def test_each_line_is_kept_of_its_card(desk: Desk) -> None:
    issued(desk, "J1")
    issued(desk, "J2")
    text = HEAD + "J1,am2,NET,Mill Lane\r\nJ1,eal-3,EAL,\r\nJ2,,,Mill Lane\r\n\r\n"
    assert import_facts(desk, text, "f.csv") == 3
    assert kept() == {
        ("J1", "am2", "NET", "Mill Lane"),
        ("J1", "eal-3", "EAL", ""),
        ("J2", "", "", "Mill Lane"),
    }
    assert {one.number for one in cards_of(desk, Selection(centre="Mill Lane"))} == {"J1", "J2"}


def test_the_same_file_twice_adds_nothing(desk: Desk) -> None:
    issued(desk, "J1")
    text = HEAD + "J1,am2,NET,Mill Lane\nJ1,am2,NET,Mill Lane\n"
    assert [import_facts(desk, text, "f.csv") for _ in range(2)] == [1, 0]


def test_every_card_of_a_number_gets_the_fact(desk: Desk) -> None:
    issued(desk, "J1")
    issued(desk, "J1")
    assert import_facts(desk, "source,number\nNET,J1\n", "f.csv") == 2


def test_a_quoted_value_may_hold_a_comma_and_spaces_around_are_not_kept(desk: Desk) -> None:
    issued(desk, "J1")
    import_facts(desk, 'Number, Source \n J1 ,"Mill, Lane & Co"\n', "f.csv")
    assert kept() == {("J1", "", "Mill, Lane & Co", "")}


def test_every_faulty_line_is_named_and_nothing_is_kept(desk: Desk) -> None:
    issued(desk, "J1")
    lines = ["J1,am2,NET,", "J9,am2,NET,", "J1,am2", f"J1,{'x' * 25},,", "J1,,,", ",am2,NET,"]
    with pytest.raises(ConfigError) as told:
        import_facts(desk, HEAD + "\n".join(lines), "f.csv")
    assert list(told.value.faults) == [
        "line 3: card J9 was not issued at ecs",
        "line 4: 2 values, and not 4",
        f"line 5: qualification = {'x' * 25!r}; allowed: text of 1 to 24 printable characters",
        "line 6: tells nothing of the card",
        "line 7: number = ''; allowed: text of 1 to 32 printable characters",
        "nothing was kept",
    ]
    assert kept() == set()


def test_of_many_faulty_lines_the_first_are_named_and_the_rest_counted(desk: Desk) -> None:
    text = HEAD + "".join(f"J{number},,NET,\n" for number in range(50))
    with pytest.raises(ConfigError, match="and 30 other lines"):
        import_facts(desk, text, "f.csv")


@pytest.mark.parametrize(
    "head",
    ["", "source,centre", "number", "number,number,source", "number,colour", "number;source"],
)
def test_a_first_line_that_names_no_columns_says_which_are_allowed(desk: Desk, head: str) -> None:
    with pytest.raises(ConfigError, match="line 1: columns"):
        import_facts(desk, f"{head}\nJ1,x\n", "f.csv")


def test_a_file_that_is_too_long_is_refused(desk: Desk) -> None:
    with pytest.raises(ConfigError, match="which is the most"):
        import_facts(desk, "x" * (MAX_FACTS_BYTES + 1), "f.csv")
    with pytest.raises(ConfigError, match=f"over {MAX_LINES} lines"):
        import_facts(desk, HEAD + "J1,,A,\n" * (MAX_LINES + 1), "f.csv")


# Whatever the file holds, it is taken whole or refused by name.
@given(text=st.text(alphabet='number,source\n\r"J1 \x00;', max_size=60))
def test_any_text_is_taken_or_refused(text: str) -> None:
    try:
        lines, faults = read_facts(f"number,source\n{text}", "f.csv")
    except ConfigError:
        return
    assert all(line.number and line.source for line in lines.values())
    assert set(lines) & set(faults) == set()
