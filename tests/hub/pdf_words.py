"""What somebody reads on a PDF: its texts, each font's glyphs told by the font's own table."""

import re
import zlib
from collections.abc import Iterator
from typing import Final

_ESCAPES: Final = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_SHOWN: Final = re.compile(
    rb"/(F\d+) [\d.]+ Tf|\((?P<text>(?:[^()\\]|\\.)*)\) Tj|<(?P<hex>[0-9A-Fa-f]*)> Tj", re.DOTALL
)


def pdf_text(pdf: bytes) -> str:
    """Return every text that is drawn, in order, joined by spaces."""
    objects = {
        int(number): body
        for number, body in re.findall(rb"(?:^|\n)(\d+) 0 obj\s(.*?)\nendobj", pdf, re.DOTALL)
    }
    fonts = {
        name: _glyphs(objects, int(number))
        for body in objects.values()
        for name, number in re.findall(rb"/(F\d+) (\d+) 0 R", body)
    }
    pages = [body for body in objects.values() if re.search(rb"/Type /Page\b(?!s)", body)]
    return " ".join(text for page in pages for text in _texts(objects, page, fonts))


def _texts(
    objects: dict[int, bytes], page: bytes, fonts: dict[bytes, dict[int, str]]
) -> Iterator[str]:
    found = re.search(rb"/Contents (\d+) 0 R", page)
    assert found is not None
    table: dict[int, str] = {}
    for shown in _SHOWN.finditer(_stream(objects[int(found[1])])):
        if shown[1]:
            table = fonts[shown[1]]
        else:
            yield "".join(table[code] for code in _codes(shown))


def _codes(shown: re.Match[bytes]) -> list[int]:
    data = bytes.fromhex((shown["hex"] or b"").decode())
    if shown["text"] is not None:
        data = re.sub(rb"\\(.)", lambda one: _ESCAPES.get(one[1], one[1]), shown["text"])
    return [int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data), 2)]


def _glyphs(objects: dict[int, bytes], number: int) -> dict[int, str]:
    found = re.search(rb"/ToUnicode (\d+) 0 R", objects[number])
    assert found is not None
    pairs = re.findall(rb"<([0-9A-Fa-f]{4})> <([0-9A-Fa-f]+)>", _stream(objects[int(found[1])]))
    return {int(code, 16): bytes.fromhex(to.decode()).decode("utf-16-be") for code, to in pairs}


def _stream(body: bytes) -> bytes:
    found = re.search(rb"stream\r?\n(.*)\r?\nendstream", body, re.DOTALL)
    assert found is not None
    return zlib.decompress(found[1]) if b"/FlateDecode" in body else found[1]
