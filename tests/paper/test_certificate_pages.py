"""The commissioning certificate on paper: one page for one lane, and loose pages that are known."""

from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Final

import pytest
from PIL import Image

from gate.doctor.commissioning import WORDS
from gate.paper.certificate import Certificate, CheckedPart, SeenPicture, draw_certificate
from tests.hub.pdf_words import pdf_text

AT: Final = datetime(2026, 11, 23, 15, 50, tzinfo=UTC)
BY_ITSELF: Final = 11
WITH_SOMEBODY: Final = 13
"""Of a lane with every input that there is: docs/how-to/check-a-unit.md."""


def drawn(lanes: Sequence[str], count: int | None = None) -> bytes:
    count = count or BY_ITSELF + WITH_SOMEBODY * len(lanes)
    says = "It was seen, and it came back."
    name = f"lamps and sounder {lanes[0]}"
    picture = BytesIO()
    Image.new("L", (1280, 720), 128).save(picture, format="PNG")
    return draw_certificate(
        Certificate(
            facts=[("Unit", "Gate A"), *(("Fact", "of the unit") for _ in range(5))],
            parts=[CheckedPart(name=name, answer="passed", says=says) for _ in range(count)],
            pictures=[SeenPicture(lane=lane, png=picture.getvalue()) for lane in lanes],
            words=[text for _, text in WORDS],
            installer="Sam Field",
            uid="39f713d0a644253f",
        ),
        AT,
    )


def pages(pdf: bytes) -> int:
    return pdf.count(b"/Type /Page\n")


def test_one_lane_with_all_that_may_be_wired_is_one_page() -> None:
    assert pages(drawn(["Gate A in"])) == 1


def test_each_page_says_of_which_unit_it_is() -> None:
    pdf = drawn(["Gate A in", "Gate A out"])
    assert pages(pdf) == 2
    assert pdf_text(pdf).count("Commissioning certificate, Gate A, 39f713d0a644253f") == 2


@pytest.mark.parametrize("count", [31, 33, 35, 37, 39])
def test_no_title_stands_alone_at_the_end_of_a_page(count: int) -> None:
    text = pdf_text(drawn(["Gate A in", "Gate A out"], count))
    titles = ("What was checked", "What the cameras see", "The installer's word", "Signature")
    for title in titles:
        after = text.partition(title)[2].removeprefix(", the unit being unplugged")
        assert not after.lstrip().startswith("Commissioning certificate,"), title


def test_a_long_name_does_not_run_into_its_answer() -> None:
    """Then it has a line of its own, so that a lane of such a name takes two pages."""
    assert pages(drawn(["East turnstile, deliveries, in"])) == 2
