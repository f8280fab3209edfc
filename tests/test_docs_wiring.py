"""The wiring page, its drawing, the example file and the boot configuration name the same pins."""

import re
import tomllib
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
PAGE: Final = (ROOT / "docs" / "reference" / "wiring.md").read_text("utf-8")
DRAWING: Final = (ROOT / "docs" / "images" / "wiring.svg").read_text("utf-8")
HEADER: Final = {
    # GPIO: pin of the 40-pin header (raspberrypi.com, GPIO and the 40-pin header)
    5: 29, 6: 31, 12: 32, 13: 33, 16: 36, 17: 11, 18: 12,
    20: 38, 21: 40, 22: 15, 23: 16, 24: 18, 27: 13,
}  # fmt: skip


def _table() -> dict[str, tuple[int, int]]:
    rows = re.findall(r"^\| `(\w+)` \| GPIO(\d+) \| (\d+) \|", PAGE, re.MULTILINE)
    return {key: (int(gpio), int(pin)) for key, gpio, pin in rows}


def _example() -> dict[str, int]:
    """Return the pins of config/unit.toml, those behind a # included."""
    text = (ROOT / "config" / "unit.toml").read_text("utf-8")
    part = text[text.index("[outputs]") : text.index("# [hub]")]
    found = tomllib.loads(re.sub(r"^# (?=\w+ = )", "", part, flags=re.MULTILINE))
    pins = {**found["outputs"], **found["inputs"]}
    return {key: pins[key] for key in _table()}


def test_the_page_names_the_pins_of_the_example_file() -> None:
    assert {key: gpio for key, (gpio, _) in _table().items()} == _example()


def test_each_gpio_is_on_its_pin_of_the_header() -> None:
    assert dict(_table().values()) == HEADER


def test_the_drawing_shows_each_pin_and_no_other() -> None:
    drawn = {int(gpio) for gpio in re.findall(r">GPIO(\d+)<", DRAWING)}
    assert drawn == {gpio for gpio, _ in _table().values()}
    pins = {int(pin) for pin in re.findall(r">pin (\d+)<", DRAWING)}
    assert pins == {pin for _, pin in _table().values()}


def test_the_boot_configuration_locks_the_relay_lines_of_the_page() -> None:
    lines = {_table()["entry_relay"][0], _table()["exit_relay"][0]}
    for file in sorted((ROOT / "firmware" / "boot").glob("relays-*.txt")):
        match = re.search(r"^gpio=([\d,]+)=op,", file.read_text("utf-8"), re.MULTILINE)
        assert match is not None
        assert {int(gpio) for gpio in match[1].split(",")} == lines
