"""Everything stands on the card, and nothing on anything else."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.paper.colour import COLOUR_NAMES, card_colour
from gate.paper.face import CardFace
from gate.paper.layout import (
    BAND_HEIGHT_MM,
    CARD_HEIGHT_MM,
    CARD_WIDTH_MM,
    Code,
    Mark,
    Picture,
    Words,
    lay_out,
)
from gate.paper.typeface import MM_PER_PT, Typefaces

# How far Inter's deepest letters hang below the baseline, in em.
DESCENT_EM = 0.21


def right_mm(words: Words, typefaces: Typefaces) -> float:
    width_em = typefaces[words.weight].width_em(words.text)
    return words.x_mm + width_em * words.size_pt * MM_PER_PT


def first_dark_mm(code: Code) -> float:
    return code.x_mm + 4 * code.side_mm / len(code.modules)


def faults(marks: tuple[Mark, ...], typefaces: Typefaces) -> list[str]:
    """What a proof-reader with a ruler would mark."""
    code = next(mark for mark in marks if isinstance(mark, Code))
    words = [mark for mark in marks if isinstance(mark, Words)]
    column = sorted(
        (mark for mark in words if mark.y_mm > BAND_HEIGHT_MM), key=lambda mark: mark.y_mm
    )
    found = [f"{mark.text} runs into the code" for mark in column
             if right_mm(mark, typefaces) > first_dark_mm(code) - 2]  # fmt: skip
    found += [f"{mark.text} hangs over the card" for mark in words
              if not (mark.x_mm >= 3 and right_mm(mark, typefaces) <= CARD_WIDTH_MM - 3)
              or not 2 < mark.y_mm <= CARD_HEIGHT_MM - 2]  # fmt: skip
    found += [f"{lower.text} touches {upper.text}" for upper, lower in pairwise(column)
              if lower.y_mm - 0.72 * lower.size_pt * MM_PER_PT
              < upper.y_mm + DESCENT_EM * upper.size_pt * MM_PER_PT]  # fmt: skip
    for picture in (mark for mark in marks if isinstance(mark, Picture)):
        found += [f"{mark.text} runs into the photograph" for mark in column
                  if mark.x_mm < picture.x_mm + picture.width_mm
                  and mark.y_mm + DESCENT_EM * mark.size_pt * MM_PER_PT > picture.y_mm
                  ]  # fmt: skip
    return found


LONG_NAMES = [
    "Ewa Nowak",
    "Ștefan Ionuț Țăranu",
    "Aleksandra Maria Brzęczyszczykiewicz-Wiśniewska",
    "Konstantynopolitańczykowianeczkiewiczówna-Brzęczyszczykie",
    "W" * 64,
]


@pytest.mark.parametrize("with_photo", [False, True], ids=["plain", "with photograph"])
@pytest.mark.parametrize("name", LONG_NAMES)
@pytest.mark.parametrize(
    "card_type",
    ["Labourer", "Network Infrastructure Advanced Installer (under development 2022)"],
)
def test_nothing_overlaps(
    *,
    with_photo: bool,
    name: str,
    card_type: str,
    make_face: Callable[..., CardFace],
    make_photo: Callable[..., bytes],
    typefaces: Typefaces,
) -> None:
    photo = make_photo() if with_photo else None
    number = "ECS-ABCDEFGH-0123456789-WWWWWWWW"

    marks = lay_out(
        make_face(name=name, card_type=card_type, number=number, photo=photo), typefaces
    )

    assert faults(marks, typefaces) == []


# Whatever the name, number and colour, nothing overlaps and nothing is lost.
@given(
    st.text("AbcdefgWWĄęŻșțŵjpq -", min_size=1, max_size=40).filter(str.strip),
    st.text("0123456789ABCW-/ ", min_size=1, max_size=32).filter(str.strip),
    st.sampled_from(sorted(COLOUR_NAMES)),
)
def test_any_name_and_number_have_their_place(
    make_face: Callable[..., CardFace], typefaces: Typefaces, name: str, number: str, colour: str
) -> None:
    name = name.encode()[:64].decode(errors="ignore")
    face = make_face(name=name, number=number, colour=card_colour(colour), payload="CC1:A")

    marks = lay_out(face, typefaces)

    printed = "".join(mark.text for mark in marks if isinstance(mark, Words)).replace(" ", "")
    assert faults(marks, typefaces) == []
    assert name.replace(" ", "") in printed
    assert number.replace(" ", "") in printed


def test_a_card_says_everything_it_must(
    make_face: Callable[..., CardFace], typefaces: Typefaces
) -> None:
    marks = lay_out(make_face(), typefaces)

    assert [mark.text for mark in marks if isinstance(mark, Words)] == [
        "ECS administered by JIB",
        "(England, Wales, NI)",
        "GOLD",
        "Tomos Wyn Llŷr",
        "Installation Electrician",
        "12 Mar 2029",
        "Expires",
        "ECS 0032 5518",
        "Card number",
    ]


def test_the_photograph_is_there_when_given(
    make_face: Callable[..., CardFace], make_photo: Callable[..., bytes], typefaces: Typefaces
) -> None:
    with_photo, without = (
        [mark for mark in lay_out(make_face(photo=photo), typefaces) if isinstance(mark, Picture)]
        for photo in (make_photo(), None)
    )

    assert len(with_photo) == 1
    assert with_photo[0].width_mm / with_photo[0].height_mm == pytest.approx(35 / 45, abs=0.001)
    assert without == []


def test_a_module_of_a_measured_card_is_at_least_six_tenths_of_a_millimetre(
    make_face: Callable[..., CardFace], typefaces: Typefaces
) -> None:
    code = next(mark for mark in lay_out(make_face(), typefaces) if isinstance(mark, Code))

    assert code.side_mm / len(code.modules) >= 0.6
    assert code.x_mm + code.side_mm <= CARD_WIDTH_MM
    assert code.y_mm + code.side_mm <= CARD_HEIGHT_MM
    assert code.y_mm >= BAND_HEIGHT_MM
