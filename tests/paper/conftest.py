"""A card face with good defaults, and photographs made on the spot."""

from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from gate.paper.colour import card_colour
from gate.paper.face import CardFace
from gate.paper.typeface import Typefaces, load_typefaces

# 408 characters of the alphanumeric set: the length of a measured card.
PAYLOAD = ("CC1:" + "6BFOXN%TS3DH+0 $*-./" * 21)[:408]


@pytest.fixture
def payload() -> str:
    return PAYLOAD


@pytest.fixture(scope="session")
def typefaces() -> Typefaces:
    return load_typefaces()


@pytest.fixture(scope="session")
def make_face() -> Callable[..., CardFace]:
    def make(**changed: object) -> CardFace:
        words: dict[str, Any] = {
            "name": "Tomos Wyn Llŷr",
            "number": "ECS 0032 5518",
            "scheme": "ECS administered by JIB (England, Wales, NI)",
            "card_type": "Installation Electrician",
            "colour": card_colour("gold"),
            "expires_on": date(2029, 3, 12),
            "payload": PAYLOAD,
        }
        return CardFace(**(words | changed))

    return make


@pytest.fixture(scope="session")
def make_photo() -> Callable[..., bytes]:
    """A red field with a blue top quarter, so that a test can see which way up it is."""

    def make(
        *, size_px: tuple[int, int] = (350, 450), file_format: str = "JPEG", **options: object
    ) -> bytes:
        image = Image.new("RGB", size_px, (200, 30, 30))
        image.paste((30, 30, 200), (0, 0, size_px[0], size_px[1] // 4))
        out = BytesIO()
        image.save(out, file_format, **options)
        return out.getvalue()

    return make
