"""Files that people write: every fault at once, any text a value or that one error."""

# ruff: noqa: RUF009 - setting() and section() make a dataclasses.field

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.access.kinds import CatalogueCode, Choice, Flag, Kind, ListOf, Number, Text, Whole, Word
from gate.access.settings import describe_keys, section, sections, setting
from gate.access.tables import MAX_CHARS, read_toml
from gate.access.zones import TimeZone
from gate.errors import ConfigError


class Size(StrEnum):
    SMALL = "small"
    LARGE = "large"


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    width_mm: int = setting(Whole(low=600, high=2000, unit="mm"), "clear width")
    open: bool = setting(Flag(), "stands open", default=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lamp:
    size: Size = setting(Choice(options=Size), "how big", default=Size.SMALL)
    watts: float = setting(Number(low=0.5, high=10, unit="W"), "power", default=1.0)


def _large_is_bright(values: Mapping[str, object]) -> Iterable[tuple[str, str]]:
    if values.get("size") is Size.LARGE and values.get("watts") == 1.0:
        yield "watts", "more than 1 for a large lamp"


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    name: str = setting(Text(max_chars=10), "what it is called")
    door: tuple[Door, ...] = sections(Door, least=1, most=2, allowed="1 or 2 [[door]] tables")
    lamp: Lamp = section(Lamp, check=_large_is_bright)
    spare: Lamp | None = section(Lamp, default=None)


SOUND = 'name = "Hut"\n[[door]]\nwidth_mm = 900\n'


def faults_of(text: str) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        read_toml(House, text, "house.toml")
    assert len(str(caught.value).splitlines()) == len(caught.value.faults)
    assert all(line.startswith("house.toml: ") for line in str(caught.value).splitlines())
    return caught.value.faults


def test_what_is_left_out_has_its_default() -> None:
    house = read_toml(House, SOUND, "house.toml")
    assert house == House(name="Hut", door=(Door(width_mm=900),), lamp=Lamp(), spare=None)


def test_what_is_written_is_read() -> None:
    text = SOUND + 'open = true\n[lamp]\nsize = "large"\nwatts = 2\n[spare]\n'
    house = read_toml(House, text, "house.toml")
    assert house.door == (Door(width_mm=900, open=True),)
    assert (house.lamp, house.spare) == (Lamp(size=Size.LARGE, watts=2.0), Lamp())


def test_every_fault_is_named_at_once() -> None:
    text = 'name = ""\ncolour = "red"\n[[door]]\nopen = 1\n[lamp]\nsize = "huge"\nwatts = 0.4\n'
    assert faults_of(text) == (
        'colour = "red"; allowed here: name, door, lamp, spare',
        'name = ""; allowed: text of 1 to 10 printable characters',
        "door[1].width_mm is missing; allowed: a whole number from 600 to 2000 mm",
        "door[1].open = 1; allowed: true or false",
        'lamp.size = "huge"; allowed: one of "small", "large"',
        "lamp.watts = 0.4; allowed: a number from 0.5 to 10 W",
    )


def test_values_that_do_not_fit_together_are_named_beside_others_that_do_not_fit() -> None:
    text = SOUND + '[lamp]\nsize = "large"\nbulbs = 2\n'
    assert faults_of(text) == (
        "lamp.bulbs = 2; allowed here: size, watts",
        "lamp.watts = 1.0; allowed: more than 1 for a large lamp",
    )


SHAPES = {
    "no doors": ('name = "Hut"', "door is missing; allowed: 1 or 2 [[door]] tables"),
    "too many doors": (
        SOUND + "[[door]]\nwidth_mm = 900\n[[door]]\nwidth_mm = 900\n",
        "door = [a table, a table, a table]; allowed: 1 or 2 [[door]] tables",
    ),
    "one door, not an array": (
        'name = "Hut"\n[door]\nwidth_mm = 900',
        "door = a table; allowed: 1 or 2 [[door]] tables",
    ),
    "doors that are no tables": (
        'name = "Hut"\ndoor = [900]',
        "door = [900]; allowed: 1 or 2 [[door]] tables",
    ),
    "a lamp that is no table": ("lamp = 7\n" + SOUND, "lamp = 7; allowed: a table"),
    "a spare that is no table": ("spare = true\n" + SOUND, "spare = true; allowed: a table"),
}


@pytest.mark.parametrize(("text", "fault"), SHAPES.values(), ids=SHAPES.keys())
def test_a_wrong_shape_is_named(text: str, fault: str) -> None:
    assert faults_of(text) == (fault,)


SPELLINGS = {
    "a password in an address stays out": (
        '"rtsp://admin:secret@10.0.0.9/a"',
        '"rtsp://...@10.0.0.9/a"',
    ),
    "control and direction characters are escaped": (
        '"a\\u0007\\u202Eb"',
        '"a\\u0007\\u202eb"',
    ),
    "letters of other languages are not": ('"Łódź Brama Północna"', '"Łódź Brama Północna"'),
    "long text is cut": (f'"{"x" * 500}"', '"' + "x" * 59 + "..."),
    "text that just fits is not": (f'"{"x" * 58}"', '"' + "x" * 58 + '"'),
    "long lists are cut": ("[1, 2, 3, 4, 5, 6, 7, 8, 9]", "[1, 2, 3, 4, 5, 6, 7, 8]"),
    "lists in lists are named": ("[[1], 2]", "[a list, 2]"),
    "a number beyond any is named": ("0x" + "f" * 9000, "a number beyond 64 bits"),
    "the first number beyond": ("9223372036854775808", "a number beyond 64 bits"),
    "the last number within": ("9223372036854775807", "9223372036854775807"),
    "no number at all is named": ("nan", "nan"),
    "dates are spelled": ("2026-11-23", "2026-11-23"),
}


@pytest.mark.parametrize(("value", "shown"), SPELLINGS.values(), ids=SPELLINGS.keys())
def test_a_faulty_value_is_spelled_on_one_safe_line(value: str, shown: str) -> None:
    [fault] = faults_of(SOUND.replace('"Hut"', value))
    assert fault == f"name = {shown}; allowed: text of 1 to 10 printable characters"


@pytest.mark.parametrize(("chars", "shown"), [(60, "k" * 60), (61, '"' + "k" * 59 + "...")])
def test_a_key_that_just_fits_is_spelled_plainly(chars: int, shown: str) -> None:
    (fault,) = faults_of(f"{'k' * chars} = 1\n{SOUND}")
    assert fault == f"{shown} = 1; allowed here: name, door, lamp, spare"


def test_a_list_says_its_word_if_it_has_one() -> None:
    plain = ListOf(item=Word(), most=2)
    assert plain.allowed == f"a list of 1 to 2, none twice, each {Word().allowed}"
    assert replace(plain, word="any").allowed == f'"any", or {plain.allowed}'


def test_a_key_that_would_break_the_line_is_escaped() -> None:
    assert faults_of('"a\\nb" = 1\n' + SOUND) == (
        '"a\\nb" = 1; allowed here: name, door, lamp, spare',
    )


def test_text_that_is_not_toml_is_told_with_its_place() -> None:
    assert faults_of('name = "Hut"\ndoor = = 3\n') == (
        "not TOML: Invalid value (at line 2, column 8)",
    )


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("name = " + "[" * 100_000, "nested too deeply"),
        ("name = " + "9" * 5_000, "not TOML"),
        ("#" * (MAX_CHARS + 1), f"{MAX_CHARS + 1} characters; allowed: at most {MAX_CHARS}"),
    ],
    ids=["nested by the thousand", "a number of 5,000 digits", "longer than any file"],
)
def test_text_made_to_break_a_parser_is_one_fault(text: str, part: str) -> None:
    [fault] = faults_of(text)
    assert part in fault


def test_a_record_lists_its_keys_for_people() -> None:
    keys = describe_keys(House)
    assert [key.key for key in keys] == [
        *("name", "door[].width_mm", "door[].open"),
        *("lamp.size", "lamp.watts", "spare.size", "spare.watts"),
    ]
    assert (keys[0].default, keys[2].default, keys[3].default) == (
        "must be written",
        "false",
        '"small"',
    )
    assert keys[1].allowed == "a whole number from 600 to 2000 mm"
    assert keys[1].meaning == "clear width"


FITS: list[tuple[Kind, object, object]] = [
    (Text(max_chars=3), "a b", "a b"),
    (Text(max_chars=3), "abcd", None),
    (Text(), " a", None),
    (Text(), "a\tb", None),
    (Text(), 7, None),
    (Word(max_chars=5), "a-1-b", "a-1-b"),
    (Word(max_chars=5), "abcdef", None),
    (Word(), "a--b", None),
    (Word(), "-a", None),
    (Word(), "A", None),
    (Word(), "a\n", None),
    (Word(), 1, None),
    (CatalogueCode(), "a" * 24, "a" * 24),
    (CatalogueCode(), "a" * 25, None),
    (CatalogueCode(), "é" * 13, None),
    (CatalogueCode(), "", None),
    (CatalogueCode(), 0, 0),
    (CatalogueCode(), -1, None),
    (CatalogueCode(), True, None),
    (Whole(low=1, high=3), 1, 1),
    (Whole(low=1, high=3), 3, 3),
    (Whole(low=1, high=3), 4, None),
    (Whole(low=0, high=3), False, None),
    (Whole(low=1, high=3), 2.0, None),
    (Number(low=1, high=3), 2, 2.0),
    (Number(low=1, high=3), 3.01, None),
    (Number(low=1, high=3), float("nan"), None),
    (Number(low=0, high=3), True, None),
    (Flag(), False, False),
    (Flag(), "false", None),
    (Choice(options=Size), "large", Size.LARGE),
    (Choice(options=Size), "LARGE", None),
    (Choice(options=Size), 1, None),
    (ListOf(item=Word(), most=2), ["a", "b"], ("a", "b")),
    (ListOf(item=Word(), most=2), ["a", "b", "c"], None),
    (ListOf(item=Word(), most=2), ["a", "a"], None),
    (ListOf(item=Word(), most=2), ["a", "B"], None),
    (ListOf(item=Word(), most=2), [], None),
    (ListOf(item=Word(), most=2), "a", None),
    (ListOf(item=Word(), most=2, word="any"), "any", ("any",)),
    (ListOf(item=Word(), most=2, word="any"), "none", None),
    (TimeZone(), "Europe/Atlantis", None),
    (TimeZone(), "../etc/passwd", None),
    (TimeZone(), "Europe", None),
    (TimeZone(), "/etc/localtime", None),
    (TimeZone(), "", None),
    (TimeZone(), 1, None),
]


@pytest.mark.parametrize(("kind", "written", "read"), FITS)
def test_a_kind_reads_what_fits_and_nothing_else(kind: Kind, written: object, read: object) -> None:
    value = kind.read(written)
    assert (value, type(value)) == (read, type(read))
    assert kind.allowed


def test_a_zone_is_read_by_name() -> None:
    assert str(TimeZone().read("Europe/London")) == "Europe/London"


toml_values = st.recursive(
    st.text(max_size=12) | st.integers() | st.floats() | st.booleans() | st.dates(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


# A kind is total: any value TOML can hold is read or is None.
@given(value=toml_values, kind=st.sampled_from([kind for kind, _, _ in FITS]))
def test_a_kind_takes_anything(value: object, kind: Kind) -> None:
    read = kind.read(value)
    assert read is None or read == kind.read(value)


# Any text is a record or one ConfigError with at least one fault, each on one line.
@given(text=st.text() | st.text(alphabet='name=door[]{}"\n.1-:T#', max_size=80))
def test_any_text_is_a_record_or_named_faults(text: str) -> None:
    try:
        house = read_toml(House, text, "house.toml")
    except ConfigError as error:
        assert error.faults  # noqa: PT017 - either end is right
    else:
        assert isinstance(house, House)
