"""`gate card check`: judge one or many QR texts."""

import json
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

import click

from gate.access.words import words_for
from gate.card.describe import describe_card
from gate.card.model import Card
from gate.card.verify import authenticate, standing
from gate.cli.moments import MOMENT
from gate.devices.clock import SystemClock
from gate.errors import CardError, Reason
from gate.store.trust_store import load_trust
from gate.trust.bundle import TrustBundle

_MAX_LINE_BYTES: Final = 1 << 16
"""Over fifty times the longest card; what is longer is judged by its beginning, and refused."""


@click.command()
@click.argument("texts", metavar="[TEXT...|-]", nargs=-1)
@click.option(
    "--trust",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Whom to trust.",
)
@click.option("--at", type=MOMENT, help="Judge as of this moment; now if left out.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a text.")
@click.pass_context
def check(
    ctx: click.Context, texts: tuple[str, ...], trust: Path, at: datetime | None, *, as_json: bool
) -> None:
    """Judge QR texts, given as arguments or one a line on standard input.

    Whether a site lets the holder in is another matter: see gate policy explain.

    Example: gate card check --trust unit-trust --at 2026-11-22T07:00:00Z --json -
    """
    bundle = load_trust(trust)
    now = at or SystemClock().now()
    every_one_valid = True
    for text in _lines(texts):
        found, against = _judge(text, bundle, now)
        every_one_valid &= not against
        click.echo(_as_json(found, against) if as_json else _for_people(found, against))
    if not every_one_valid:
        ctx.exit(1)


def _judge(text: str, trust: TrustBundle, now: datetime) -> tuple[Card | None, Reason | None]:
    try:
        found = authenticate(text, trust)
    except CardError as error:
        return None, error.reason
    return found, next(iter(standing(found, trust, now)), None)


def _as_json(found: Card | None, against: Reason | None) -> str:
    return json.dumps(
        {
            "verdict": "refused" if against else "valid",
            "reason": against,
            "card": describe_card(found) if found else None,
        }
    )


def _for_people(found: Card | None, against: Reason | None) -> str:
    who = f"{found.issuer} {found.number}  {found.name}" if found else "no card to be believed"
    if against is None:
        return f"valid    {who}"
    return f"refused  {who}: {words_for(against).headline}"


def _lines(texts: tuple[str, ...]) -> Iterator[str]:
    if texts and texts != ("-",):
        yield from texts
        return
    yield from map(_text, _bounded(iter(lambda: sys.stdin.buffer.readline(_MAX_LINE_BYTES), b"")))


def _bounded(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Give each line's first piece only."""
    at_start = True
    for piece in pieces:
        if at_start:
            yield piece
        at_start = piece.endswith(b"\n")


def _text(line: bytes) -> str:
    """Undo the line end only: a space may be a card's last character."""
    return line.removesuffix(b"\n").removesuffix(b"\r").decode("utf-8", "surrogateescape")
