"""What is really drawn: every letter there is, nothing over its edge, colours that can be read."""

from datetime import date
from typing import Final

import pygame
import pytest

from gate.access.languages import Language
from gate.access.model import Direction
from gate.access.words import reason_texts
from gate.errors import Reason
from gate.events.lane_state import LaneState, Shown
from gate.screen.catalogues import load_catalogue, speaker
from gate.screen.drawing import DAY, MIN_SIZE_PX, NIGHT, draw
from gate.screen.lettering import Colour, fitted, lacking, width_of
from gate.screen.phrases import Phrase
from gate.screen.scene import Paint, Scene, Symbol, scene_of
from gate.screen.symbols import draw_symbol

SIZES: Final = [(800, 480), (1280, 720), (480, 320)]
BLACK: Final[Colour] = (0, 0, 0)
WHITE: Final[Colour] = (255, 255, 255)


def said(language: Language) -> set[str]:
    if language is Language.ENGLISH:
        return set(reason_texts()) | set(Phrase)
    return set(load_catalogue(language).values())


@pytest.mark.parametrize("language", Language)
def test_every_letter_of_a_language_is_in_its_typeface(language: Language) -> None:
    assert lacking("".join(said(language))) == set()


def test_a_letter_of_another_script_is_known_to_be_lacking() -> None:
    assert lacking("Li \u674e") == {"\u674e"}


def test_gurmukhi_is_shaped_the_r_of_pr_stands_below_its_p() -> None:
    """Unshaped, PA, VIRAMA and RA stand side by side, as wide as PA and RA."""
    below, beside = width_of("\u0a2a\u0a4d\u0a30", 40), width_of("\u0a2a\u0a30", 40)
    assert below < 0.8 * beside


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Konstantinas-Aleksandras", ("Konstantinas-", "Aleksandras")),
        ("Anna-Maria Rose", ("Anna-Maria", "Rose")),
        ("iki gruod. 30\u00a0d.", ("iki gruod.", "30\u00a0d.")),
        ("Kod Wi-Fi", ("Kod", "Wi-Fi")),
        ("- tik -", ("- tik -",)),
    ],
)
def test_a_line_ends_after_a_space_or_the_hyphen_of_a_name(
    text: str, lines: tuple[str, ...]
) -> None:
    width_px = max(width_of(line, 40) for line in lines)
    assert fitted(text, width_px, 100, largest_px=40).lines == lines


@pytest.mark.parametrize("shown", [Shown.STALE, Shown.REFUSED])
def test_the_longest_english_foot_is_clear_of_the_edge_of_the_smallest_screen(
    shown: Shown,
) -> None:
    state = LaneState(
        at_s=0,
        lane="A",
        direction=Direction.IN,
        shown=shown,
        reason=Reason.LIVE_NOT_SHOWN if shown is Shown.REFUSED else None,
        language=Language.POLISH,
    )
    surface = pygame.Surface(MIN_SIZE_PX)

    draw(surface, scene_of(state, 0, speaker(Language.POLISH)))

    width, height = MIN_SIZE_PX
    paper = surface.get_at((0, 0))
    assert {tuple(surface.get_at((x, height - 1))) for x in range(width)} == {tuple(paper)}
    assert {tuple(surface.get_at((x, height - 2))) for x in range(width)} == {tuple(paper)}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", Language)
def test_no_words_of_any_answer_are_cut_off(language: Language, size: tuple[int, int]) -> None:
    say = speaker(language)
    for reason in Reason:
        for shown in (Shown.REFUSED, Shown.REFERRED):
            state = LaneState(
                at_s=0,
                lane="A",
                direction=Direction.IN,
                shown=shown,
                reason=reason,
                expires_on=date(2026, 12, 30),
                language=language,
            )
            scene = scene_of(state, 0, say)
            width_px = size[0] - 3 * (size[1] // 16) - round(size[0] * 0.34)
            block = fitted(scene.headline, width_px, size[1] // 2, largest_px=size[1] // 5)
            assert all(width_of(line, block.size_px) <= width_px for line in block.lines)
            assert block.size_px >= size[1] // 16, scene.headline


@pytest.mark.parametrize("size", SIZES)
def test_nothing_touches_the_edge_of_the_screen(size: tuple[int, int]) -> None:
    state = LaneState(
        at_s=0,
        lane="A",
        direction=Direction.IN,
        shown=Shown.REFUSED,
        reason=Reason.RAMS,
        language=Language.PUNJABI,
    )
    surface = pygame.Surface(size)
    draw(surface, scene_of(state, 0, speaker(Language.PUNJABI)))
    paper = DAY[Paint.RED][0]
    width, height = size
    edge = [(x, y) for x in range(width) for y in (0, height - 1)]
    edge += [(x, y) for x in (0, width - 1) for y in range(height)]
    assert {tuple(surface.get_at(at))[:3] for at in edge} == {paper}


def test_every_shape_is_told_from_the_others_without_colour() -> None:
    shapes = [draw_symbol(one, 60, BLACK, WHITE) for one in Symbol]
    assert len({pygame.image.tobytes(shape, "RGB") for shape in shapes}) == len(Symbol)


def test_the_warning_the_way_and_the_night_can_be_seen() -> None:
    plain = Scene(symbol=Symbol.CARD, paint=Paint.CALM, headline="Show your card")
    others = [
        Scene(
            symbol=Symbol.CARD,
            paint=Paint.CALM,
            headline="Show your card",
            warning="Gate needs an update",
        ),
        Scene(symbol=Symbol.CARD, paint=Paint.CALM, headline="Show your card", corner="In"),
        Scene(symbol=Symbol.CARD, paint=Paint.CALM, headline="Show your card", is_night=True),
    ]
    assert len({pixels(scene) for scene in (plain, *others)}) == 4


def pixels(scene: Scene) -> bytes:
    surface = pygame.Surface((320, 240))
    draw(surface, scene)
    return pygame.image.tobytes(surface, "RGB")


@pytest.mark.parametrize("colours", [DAY, NIGHT], ids=["day", "night"])
@pytest.mark.parametrize("paint", Paint)
def test_words_have_a_contrast_of_four_and_a_half_to_one(
    paint: Paint, colours: dict[Paint, tuple[Colour, Colour]]
) -> None:
    lighter, darker = sorted(map(luminance, colours[paint]), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


def test_the_night_gives_less_than_half_the_light() -> None:
    for paint in Paint:
        assert luminance(NIGHT[paint][0]) < luminance(DAY[paint][0]) / 2


def luminance(colour: Colour) -> float:
    """WCAG 2.2, relative luminance."""
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (value / 255 for value in colour)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
