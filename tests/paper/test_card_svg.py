"""The SVG holds the same symbol and the same words, and needs nothing from elsewhere."""

import re
from collections.abc import Callable
from itertools import pairwise
from xml.etree import ElementTree as ET

from gate.paper.face import CardFace
from gate.paper.layout import Words, lay_out
from gate.paper.qr import qr_modules
from gate.paper.svg import draw_svg
from gate.paper.typeface import Typefaces

SVG = "{http://www.w3.org/2000/svg}"


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314  # our own drawing, a moment old


def test_a_drawing_has_the_size_of_a_credit_card(make_face: Callable[..., CardFace]) -> None:
    root = parsed(draw_svg(make_face()))

    assert (root.get("width"), root.get("height")) == ("85.6mm", "53.98mm")
    assert root.get("viewBox") == "0 0 85.6 53.98"
    assert root.find(f"{SVG}clipPath/{SVG}rect").get("rx") == "3.18"  # type: ignore[union-attr]  # fails as it should


def test_the_drawn_symbol_is_the_payloads(make_face: Callable[..., CardFace], payload: str) -> None:
    path = parsed(draw_svg(make_face())).find(f".//{SVG}path[@class='qr']")
    assert path is not None
    modules = qr_modules(payload)
    painted = [[False] * len(modules) for _ in modules]

    for x, y, length, back in re.findall(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z", path.get("d", "")):
        assert length == back
        painted[int(y)][int(x) : int(x) + int(length)] = [True] * int(length)

    assert tuple(tuple(row) for row in painted) == modules


def test_every_word_is_drawn_and_labelled(
    make_face: Callable[..., CardFace], typefaces: Typefaces
) -> None:
    face = make_face(name="Bríd <O'Brien> & Co")
    groups = [g for g in parsed(draw_svg(face)).iter(f"{SVG}g") if g.get("fill")]

    expected = [mark.text for mark in lay_out(face, typefaces) if isinstance(mark, Words)]
    assert [group.get("aria-label") for group in groups] == expected
    for group, text in zip(groups, expected, strict=True):
        assert len(group) == len(text.replace(" ", ""))


def test_letters_stand_in_reading_order(make_face: Callable[..., CardFace]) -> None:
    for group in parsed(draw_svg(make_face())).iter(f"{SVG}g"):
        if group.get("fill"):
            starts = [
                int(letter.get("transform", "").removeprefix("translate(").split()[0])
                for letter in group
            ]
            assert all(left < right for left, right in pairwise(starts))


def test_nothing_is_fetched_and_no_font_is_needed(
    make_face: Callable[..., CardFace], make_photo: Callable[..., bytes]
) -> None:
    root = parsed(draw_svg(make_face(photo=make_photo())))

    links = [link for element in root.iter() if (link := element.get("href"))]
    assert [link[:23] for link in links] == ["data:image/jpeg;base64,"]
    assert list(root.iter(f"{SVG}text")) == []
