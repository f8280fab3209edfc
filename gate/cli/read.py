"""`gate read`: the QR codes in pictures, by the unit's own decoders.

One line a picture on stdout, in the order given; what can't be read as a picture is told on stderr
and the others are read all the same. Exit 0: a code in every picture; 1: some had none; 2: some
could not be read.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Final

import click
from rich.cells import cell_len, set_cell_size

from gate.devices.ports import Decoder, Frame
from gate.devices.still_decoder import open_still_decoder
from gate.devices.stills import list_stills, load_still
from gate.errors import DeviceError

_TEXT_CELLS: Final = 35
_PATH_CELLS: Final = 25
"""80 columns altogether; a wide character takes two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    path: Path
    texts: tuple[str, ...]
    decoder: str | None
    ms: float


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a picture.")
@click.argument(
    "images", metavar="IMAGE...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.pass_context
def read(ctx: click.Context, images: tuple[Path, ...], *, as_json: bool) -> None:
    """Read the QR codes in pictures.

    IMAGE is a PNG, JPEG, WebP, TIFF, BMP, GIF or PPM file, or a directory of them. Whether a code
    is a good card is not judged here: see gate card check.

    Example: gate read --json card.png photos/
    """
    empty = broken = False
    if not as_json:
        click.echo(f"{'PICTURE':<{_PATH_CELLS}} {'TEXT':<{_TEXT_CELLS}} {'READ BY':<10} {'MS':>7}")
    for answer in _answers(images):
        if isinstance(answer, DeviceError):
            click.echo(f"gate read: {answer}", err=True)
            broken = True
        else:
            click.echo(_as_json(answer) if as_json else _as_table(answer))
            empty = empty or not answer.texts
    ctx.exit(2 if broken else int(empty))


def _answers(named: Sequence[Path]) -> Iterator[_Answer | DeviceError]:
    decoder = open_still_decoder()
    for path in named:
        try:
            stills = list_stills(path) if path.is_dir() else (path,)
        except DeviceError as error:
            yield error
            continue
        for still in stills:
            yield _read(decoder, still)


def _read(decoder: Decoder, path: Path) -> _Answer | DeviceError:
    try:
        luma = load_still(path)
    except DeviceError as error:
        return error
    begun_s = perf_counter()
    readings = decoder.decode(Frame(luma=luma, at_s=0.0)).readings
    return _Answer(
        path=path,
        texts=tuple(reading.text for reading in readings),
        decoder=readings[0].decoder if readings else None,
        ms=(perf_counter() - begun_s) * 1e3,
    )


def _as_json(answer: _Answer) -> str:
    return json.dumps(
        {
            "path": str(answer.path),
            "texts": answer.texts,
            "decoder": answer.decoder,
            "ms": round(answer.ms, 3),
        }
    )


def _as_table(answer: _Answer) -> str:
    """Return one line a text; of a long path the end, of a long text the beginning."""
    texts = answer.texts or ("no code read",)
    figures = f"{answer.decoder or '-':<10} {answer.ms:7.1f}"
    cells = [_text_cell(text) for text in texts]
    more = [f"{'':<{_PATH_CELLS}} {cell}".rstrip() for cell in cells[1:]]
    return "\n".join([f"{_path_cell(answer.path)} {cells[0]} {figures}", *more])


def _path_cell(path: Path) -> str:
    shown = _printable(str(path))
    while cell_len(shown) > _PATH_CELLS:
        shown = f"...{shown[4:]}"
    return set_cell_size(shown, _PATH_CELLS)


def _text_cell(text: str) -> str:
    shown = _printable(text)
    if cell_len(shown) > _TEXT_CELLS:
        shown = f"{set_cell_size(shown, _TEXT_CELLS - 3)}..."
    return set_cell_size(shown, _TEXT_CELLS)


def _printable(text: str) -> str:
    """Return `text` without what would move a terminal's cursor or change its colours."""
    return "".join(char if char.isprintable() else "\N{MIDDLE DOT}" for char in text)
