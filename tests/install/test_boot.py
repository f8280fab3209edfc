"""Our block in config.txt, and everybody else's lines around it."""

import re
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.errors import InstallError
from gate.install.boot import BEGIN, END, NEUTRAL, with_block, without_block

FIRMWARE: Final = Path(__file__).parent.parent.parent / "firmware" / "boot"
LINES: Final = st.lists(
    st.text(
        st.characters(exclude_characters="\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"), max_size=9
    )
).map(lambda lines: "".join(f"{line}\n" for line in lines))


# Whatever stands outside the block stays as it is, to the byte.
@given(LINES)
def test_a_block_that_was_put_in_and_taken_out_leaves_the_file_as_it_was(text: str) -> None:
    assert without_block(with_block(text, ["dtparam=watchdog=on"])) == text


@given(LINES)
def test_a_block_put_in_twice_is_there_once(text: str) -> None:
    once = with_block(text, ["dtparam=watchdog=on"])
    assert with_block(once, ["dtparam=watchdog=on"]) == once


def test_lines_around_an_older_block_stay() -> None:
    text = f"before\n{BEGIN}\nold\n{END}\nafter\n"
    assert without_block(text) == "before\nafter\n"
    assert with_block(text, ["new"]).startswith("before\nafter\n" + BEGIN)


def test_each_part_begins_on_every_board_and_outside_any_overlay() -> None:
    lines = with_block("dtoverlay=imx219\n", ["[pi5]\na=1\n", "b=1\n"]).splitlines()
    assert lines[2:] == [*NEUTRAL, "[pi5]", "a=1", *NEUTRAL, "b=1", *NEUTRAL, END]


@pytest.mark.parametrize("text", [BEGIN + "\n", END + "\n", f"{END}\n{BEGIN}\n", f"{BEGIN}\n" * 2])
def test_a_block_without_its_other_end_is_not_guessed_at(text: str) -> None:
    with pytest.raises(InstallError, match="lines"):
        with_block(text, ["a=1"])


def test_a_line_that_the_firmware_would_cut_is_refused() -> None:
    with pytest.raises(InstallError, match="99 characters, at most 98"):
        with_block("", ["x" * 99])


@pytest.mark.parametrize("file", sorted(FIRMWARE.glob("*.txt")), ids=lambda file: file.stem)
def test_every_part_fits_and_is_made_of_lines_that_the_firmware_knows(file: Path) -> None:
    text = file.read_text("utf-8")
    with_block("", [text])
    for line in text.splitlines():
        assert re.fullmatch(r"#.*|\[\w+\]|[a-z_]+=[\w=,.-]+|dtparam=\w+", line), line


def test_both_kinds_of_relay_board_are_held_at_their_locked_level() -> None:
    high = (FIRMWARE / "relays-high.txt").read_text("utf-8").splitlines()[-1]
    low = (FIRMWARE / "relays-low.txt").read_text("utf-8").splitlines()[-1]
    assert high == "gpio=17,18=op,pd,dl"
    assert low == "gpio=17,18=op,pu,dh"
