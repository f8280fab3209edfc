"""Colour is never alone, and what is printed on it can be read."""

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.errors import ConfigError
from gate.paper.colour import (
    COLOUR_NAMES,
    MIN_TEXT_CONTRAST,
    WHITE,
    CardColour,
    card_colour,
    contrast,
    ink_on,
)
from gate.paper.face import CardFace
from gate.paper.layout import INK, QUIET_INK, Bar, Words, lay_out
from gate.paper.typeface import Typefaces

CATALOGUE = Path(__file__).parents[2] / "config" / "schemes.toml"

NAMES = sorted(COLOUR_NAMES)


def test_every_colour_of_the_catalogue_can_be_printed() -> None:
    catalogue = tomllib.loads(CATALOGUE.read_text(encoding="utf-8"))

    named = {row["colour"] for row in catalogue["card_type"]}

    assert named
    assert named <= COLOUR_NAMES


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#d00000", "#d00000", 1.0)],
)
def test_contrast_is_what_the_standard_defines(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.01)
    assert contrast(other, one) == contrast(one, other)


# Whatever the fill, the chosen ink has at least the contrast that text needs.
@given(st.integers(0, 0xFFFFFF))
def test_ink_is_readable_on_any_fill(fill: int) -> None:
    colour = f"#{fill:06x}"

    assert contrast(ink_on(colour), colour) >= MIN_TEXT_CONTRAST


@pytest.mark.parametrize("name", NAMES)
def test_a_card_says_its_colour_in_readable_words(
    name: str, make_face: Callable[..., CardFace], typefaces: Typefaces
) -> None:
    colour = card_colour(name)

    marks = lay_out(make_face(colour=colour), typefaces)

    band = next(mark for mark in marks[1:] if isinstance(mark, Bar))
    on_band = [mark for mark in marks if isinstance(mark, Words) and mark.y_mm < band.height_mm]
    assert band.fill == colour.fill
    assert all(contrast(words.ink, band.fill) >= MIN_TEXT_CONTRAST for words in on_band)
    assert colour.word in " ".join(words.text for words in on_band)


def test_only_an_unknown_colour_has_no_word() -> None:
    assert [name for name in NAMES if not card_colour(name).word] == ["unknown"]


def test_no_two_colours_look_or_read_the_same() -> None:
    looks = {(card_colour(name).fill, card_colour(name).stripe) for name in NAMES}
    words = {card_colour(name).word for name in NAMES}

    assert len(looks) == len(words) == len(NAMES)


@pytest.mark.parametrize("ink", [INK, QUIET_INK])
def test_ink_is_readable_on_the_card(ink: str) -> None:
    assert contrast(ink, WHITE) >= MIN_TEXT_CONTRAST


def test_an_unknown_colour_name_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(ConfigError, match="'mauve' is not one of: black, blue, gold"):
        card_colour("mauve")


def test_a_colour_in_another_form_is_refused_whole() -> None:
    with pytest.raises(ConfigError) as refusal:
        CardColour(word="RED", fill="red", stripe="#ABCDEF")

    assert len(refusal.value.faults) == 2
