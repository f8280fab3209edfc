"""A table on paper: A4 across, its head on every page, written as it is sent (ISO 32000-1).

fpdf2 keeps a whole document in memory; here a page is forgotten once it was sent, and what is kept
is where each object began. Letters that Inter has not are written as "?".
"""

import zlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Final

from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # ships no types

from gate.hub.export.table import Cell, Table
from gate.paper.typeface import Typeface, Typefaces, Weight

CONTENT_TYPE: Final = "application/pdf"

MAX_ROWS: Final = 50_000
"""1,500 sheets."""

_PT: Final = 72 / 25.4
_WIDTH_MM, _HEIGHT_MM = 297.0, 210.0
_LEFT_MM: Final = 10.0
_TOP_MM: Final = 12.0
_BOTTOM_MM: Final = 198.0
_ROW_MM: Final = 5.2
_GAP_MM: Final = 2.0
_SIZE_PT: Final = 7.5
_FACES: Final = {"F1": Weight.REGULAR, "F2": Weight.BOLD}
_CATALOGUE, _PAGES, _INFO = 1, 2, 3
_FIRST_FREE: Final = 4
_MAX_CODES: Final = 100
"""Of one list in a character map (Adobe technical note 5411)."""


def pdf_file(table: Table, faces: Typefaces, drawn_at: datetime) -> Iterator[bytes]:
    """Yield the file in parts, one a page of the table at most."""
    out = _Objects()
    fonts = {name: _Font(faces[weight], out) for name, weight in _FACES.items()}
    yield b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + out.take()
    sheet = _Sheets(table, fonts, out)
    sheet.begin(is_first=True)
    for page in table.pages:
        for cells in page:
            sheet.row(cells)
        yield out.take()
    sheet.end()
    named = " ".join(f"{number} 0 R" for number in sheet.numbers)
    out.put(_PAGES, f"<< /Type /Pages /Count {len(sheet.numbers)} /Kids [{named}] >>".encode())
    out.put(_CATALOGUE, f"<< /Type /Catalog /Pages {_PAGES} 0 R /Lang (en-GB) >>".encode())
    title = table.title.encode("utf-16-be").hex()
    made = f"D:{drawn_at.astimezone(UTC):%Y%m%d%H%M%SZ}"
    out.put(_INFO, f"<< /Title <FEFF{title}> /CreationDate ({made}) >>".encode())
    yield out.take() + out.ending()


class _Objects:
    """The objects of a document, numbered, and where each of them began."""

    def __init__(self) -> None:
        self._places: dict[int, int] = {}
        self._at = len(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        self._parts: list[bytes] = []
        self._next = _FIRST_FREE

    def number(self) -> int:
        """Return a number that is free."""
        self._next += 1
        return self._next - 1

    def put(self, number: int, body: bytes) -> int:
        """Write an object; return its number."""
        data = b"%d 0 obj\n%b\nendobj\n" % (number, body)
        self._places[number] = self._at
        self._at += len(data)
        self._parts.append(data)
        return number

    def stream(self, data: bytes, more: str = "") -> int:
        """Write a stream, compressed; return its number."""
        packed = zlib.compress(data)
        head = f"<< /Length {len(packed)} /Filter /FlateDecode{more} >>\nstream\n".encode()
        return self.put(self.number(), head + packed + b"\nendstream")

    def take(self) -> bytes:
        """Return what was written since it was taken last."""
        parts, self._parts = self._parts, []
        return b"".join(parts)

    def ending(self) -> bytes:
        """Return the table of where everything is."""
        count = self._next
        rows = [b"0000000000 65535 f \n"]
        rows += [b"%010d 00000 n \n" % self._places[number] for number in range(1, count)]
        tail = f"trailer\n<< /Size {count} /Root {_CATALOGUE} 0 R /Info {_INFO} 0 R >>\n"
        return (
            b"xref\n0 %d\n%b" % (count, b"".join(rows))
            + tail.encode()
            + b"startxref\n%d\n%%%%EOF\n" % self._at
        )


class _Font:
    """A face of Inter in a document: its glyphs by letter, and their widths."""

    def __init__(self, face: Typeface, out: _Objects) -> None:
        font = TTFont(BytesIO(face.file), lazy=True)
        places = {name: place for place, name in enumerate(font.getGlyphOrder())}
        self._glyphs = {chr(code): places[name] for code, name in face.glyph_names.items()}
        self._widths = face.advances
        self.number = self._write(face, font, out)

    def width_mm(self, text: str, size_pt: float) -> float:
        """Return how wide a text is."""
        return sum(self._widths.get(letter, self._widths["?"]) for letter in text) * size_pt / _PT

    def fitted(self, text: str, most_mm: float, size_pt: float) -> str:
        """Return a text, cut with an ellipsis if it is wider than that."""
        if self.width_mm(text, size_pt) <= most_mm:
            return text
        room_em = most_mm * _PT / size_pt - self._widths["…"]
        for place, letter in enumerate(text):
            room_em -= self._widths.get(letter, self._widths["?"])
            if room_em < 0:
                return f"{text[:place].rstrip()}…"
        return text

    def shown(self, text: str) -> str:
        """Return the operand that shows a text."""
        other = self._glyphs["?"]
        return f"<{''.join(f'{self._glyphs.get(letter, other):04X}' for letter in text)}>"

    def _write(self, face: Typeface, font: TTFont, out: _Objects) -> int:
        head, metrics = font["head"], font["hmtx"].metrics
        scale = 1000 / face.units_per_em
        order = font.getGlyphOrder()
        widths = " ".join(str(round(metrics[name][0] * scale)) for name in order)
        box = " ".join(
            str(round(one * scale)) for one in (head.xMin, head.yMin, head.xMax, head.yMax)
        )
        name = font["name"].getDebugName(6)
        file = out.stream(face.file, f" /Length1 {len(face.file)}")
        cap = round(face.cap_height_em * 1000)
        line = font["hhea"]
        described = out.put(
            out.number(),
            f"<< /Type /FontDescriptor /FontName /{name} /Flags 32 /FontBBox [{box}]"
            f" /ItalicAngle 0 /Ascent {round(line.ascent * scale)}"
            f" /Descent {round(line.descent * scale)} /CapHeight {cap} /StemV 80"
            f" /FontFile2 {file} 0 R >>".encode(),
        )
        single = out.put(
            out.number(),
            f"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /{name} /CIDSystemInfo"
            f" << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /CIDToGIDMap /Identity"
            f" /FontDescriptor {described} 0 R /W [0 [{widths}]] >>".encode(),
        )
        letters = out.stream(_letters(self._glyphs))
        return out.put(
            out.number(),
            f"<< /Type /Font /Subtype /Type0 /BaseFont /{name} /Encoding /Identity-H"
            f" /DescendantFonts [{single} 0 R] /ToUnicode {letters} 0 R >>".encode(),
        )


def _letters(glyphs: dict[str, int]) -> bytes:
    """Return the map from glyphs to letters, by which a reader copies and searches."""
    by_glyph = {glyph: letter for letter, glyph in reversed(glyphs.items())}
    pairs = [
        f"<{glyph:04X}> <{letter.encode('utf-16-be').hex().upper()}>"
        for glyph, letter in sorted(by_glyph.items())
    ]
    lists = [pairs[at : at + _MAX_CODES] for at in range(0, len(pairs), _MAX_CODES)]
    body = "\n".join(f"{len(one)} beginbfchar\n" + "\n".join(one) + "\nendbfchar" for one in lists)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        f"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n{body}\n"
        "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
    ).encode()


class _Sheets:
    """The pages, one at a time."""

    def __init__(self, table: Table, fonts: dict[str, _Font], out: _Objects) -> None:
        self.numbers: list[int] = []
        self._table = table
        self._fonts = fonts
        self._out = out
        self._printed = [
            (place, column) for place, column in enumerate(table.columns) if column.paper_mm
        ]
        self._drawn: list[str] = []
        self._y_mm = 0.0

    def begin(self, *, is_first: bool) -> None:
        """Begin a page: on the first stands what the table is, on each the heads of its columns."""
        self._drawn, self._y_mm = [], _TOP_MM
        if is_first:
            self._text("F2", 14, _LEFT_MM, self._y_mm + 3, self._table.title)
            self._y_mm += 8
            for words in self._table.about:
                self._text("F1", 8, _LEFT_MM, self._y_mm + 2, words)
                self._y_mm += 4.4
            self._y_mm += 1
        foot = f"{self._table.title} · page {len(self.numbers) + 1}"
        self._text("F1", 7, _LEFT_MM, _HEIGHT_MM - 7, foot)
        self._cells("F2", [column.title for column in self._table.columns])

    def row(self, cells: Sequence[Cell]) -> None:
        """Draw a row, on a new page if this one is full."""
        if self._y_mm + _ROW_MM > _BOTTOM_MM:
            self.end()
            self.begin(is_first=False)
        self._cells("F1", cells)

    def end(self) -> None:
        """Write the page."""
        drawn = self._out.stream("\n".join(self._drawn).encode())
        fonts = " ".join(f"/{name} {font.number} 0 R" for name, font in self._fonts.items())
        box = f"{_WIDTH_MM * _PT:.2f} {_HEIGHT_MM * _PT:.2f}"
        body = (
            f"<< /Type /Page /Parent {_PAGES} 0 R /MediaBox [0 0 {box}] /Contents {drawn} 0 R"
            f" /Resources << /Font << {fonts} >> >> >>"
        )
        self.numbers.append(self._out.put(self._out.number(), body.encode()))

    def _cells(self, font: str, cells: Sequence[Cell]) -> None:
        x_mm = _LEFT_MM
        for place, column in self._printed:
            cell = cells[place]
            if cell is not None and cell != "":
                most_mm = column.paper_mm - _GAP_MM
                fitted = self._fonts[font].fitted(str(cell), most_mm, _SIZE_PT)
                self._text(font, _SIZE_PT, x_mm, self._y_mm + 3.4, fitted)
            x_mm += column.paper_mm
        self._y_mm += _ROW_MM
        y_pt = (_HEIGHT_MM - self._y_mm) * _PT
        ends = f"{_LEFT_MM * _PT:.2f} {y_pt:.2f} m {x_mm * _PT:.2f} {y_pt:.2f} l S"
        self._drawn.append(f"0.75 G 0.3 w {ends}")

    def _text(self, font: str, size_pt: float, x_mm: float, y_mm: float, text: str) -> None:
        x_pt, y_pt = x_mm * _PT, (_HEIGHT_MM - y_mm) * _PT
        shown = self._fonts[font].shown(text)
        self._drawn.append(
            f"BT /{font} {size_pt} Tf 1 0 0 1 {x_pt:.2f} {y_pt:.2f} Tm {shown} Tj ET"
        )
