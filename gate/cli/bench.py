"""`gate bench NAME`: a measurement beside its floor, in one run, as a table or as JSON.

Only ratios travel from one machine to another. So a row of time decides nothing; one that is
counted, in bytes or requests, and passes its limit ends the command with 1.
"""

import json
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from typing import Any, Final, TypeVar

import click
from rich.console import Console
from rich.table import Table

from gate.bench.bursts import count_bursts
from gate.bench.degraded import count_degraded
from gate.bench.lateness import CARDS, measure_lateness
from gate.bench.read import measure_read
from gate.bench.read_bursts import BURSTS_EACH
from gate.bench.read_degraded import FRAMES_EACH, TEXT_CHARS
from gate.bench.rows import BenchRow

_Command = TypeVar("_Command", bound=Callable[..., Any])

DEFAULT_RUNS: Final = 25
"""Enough for a median that holds to a few per cent on a quiet machine."""

JOURNAL_RUNS: Final = 500
"""Commits to a disk scatter widely: a median of few says little."""

READ_RUNS: Final = 9
"""Each is 8 frames of 9 scenes through three decoders: half a minute altogether."""

INGEST_RUNS: Final = 3
"""Each is hundreds of thousands of signed entries, made, sent and stored."""

INGEST_STORED: Final = 1_000_000
"""A site of 500 people fills it in a year; ten million take minutes to make."""

PAGES_ENTRIES: Final = 1_000_000
"""A site of 500 people in a year."""

SYNC_SITES: Final = 100_000
"""A third of a million gates: what is to be carried one day."""

SYNC_PEOPLE: Final = 100
"""On so many sites that is five times as many people as hold a card."""

_json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object.")


def _runs_option(default: int) -> Callable[[_Command], _Command]:
    return click.option(
        "--runs",
        type=click.IntRange(1, 1_000_000),
        default=default,
        show_default=True,
        help="How often each thing is measured; the median counts.",
    )


@click.group()
def bench() -> None:
    """Measure a part beside the least it could cost, in one run.

    Exit code 1 if a row counted in bytes or requests FAILS its limit. A row of time never decides
    it: a busy machine would.

    Example: gate bench read --json
    """


@bench.command()
@click.option(
    "--photos",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Also count what each decoder reads in DIRECTORY (1.png with its text in 1.txt).",
)
@click.option(
    "--degraded",
    is_flag=True,
    help="Only count what is read of frames made hard to read: 33 kinds, tilted to dim screens.",
)
@click.option(
    "--burst",
    is_flag=True,
    help="Only count what is read of bursts of 15 frames in a hand, of 11 kinds that are harder.",
)
@click.option(
    "--morning",
    is_flag=True,
    help="Only measure how late cards in people's hands are read after the first frame that can be"
    " read. --each: how many cards.",
)
@click.option(
    "--slowness",
    type=click.FloatRange(0.1, 100),
    default=1.0,
    show_default=True,
    help="With --morning: as on a machine so many times slower than this one.",
)
@click.option(
    "--each",
    type=click.IntRange(1, 10_000),
    help=f"How many: of each kind with --degraded ({FRAMES_EACH} frames) or --burst ({BURSTS_EACH}"
    f" bursts), cards with --morning ({CARDS}).",
)
@click.option(
    "--chars",
    type=click.IntRange(20, 600),
    default=TEXT_CHARS,
    show_default=True,
    help="Length of the texts, with --degraded or --burst.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**31),
    default=1,
    show_default=True,
    help="Other frames for another number, with --degraded, --burst or --morning.",
)
@_runs_option(READ_RUNS)
@_json_option
def read(  # noqa: PLR0913 - the command's options
    photos: Path | None,
    runs: int,
    each: int | None,
    chars: int,
    seed: int,
    slowness: float,
    *,
    degraded: bool,
    burst: bool,
    morning: bool,
    as_json: bool,
) -> None:
    """Reading a frame: the unit's chain, and pyzbar, beside bare zxing-cpp.

    Example: gate bench read --photos photos/
    """
    if degraded + burst + morning > 1:
        raise click.UsageError("--degraded, --burst, --morning: name one of them")
    if degraded:
        rows = count_degraded(seed, each or FRAMES_EACH, chars)
    elif burst:
        rows = count_bursts(seed, each or BURSTS_EACH, chars)
    elif morning:
        rows = measure_lateness(each or CARDS, seed, slowness)
    else:
        rows = measure_read(photos, runs)
    show_rows("read", rows, as_json=as_json)


@bench.command()
@_runs_option(DEFAULT_RUNS)
@_json_option
def verify(runs: int, *, as_json: bool) -> None:
    """From QR text to card, beside a bare signature verification.

    Example: gate bench verify --json
    """
    show_rows("verify", _rows_of("gate.bench.verify", runs), as_json=as_json)


@bench.command()
@_runs_option(JOURNAL_RUNS)
@_json_option
def journal(runs: int, *, as_json: bool) -> None:
    """A durable record, beside a bare durable commit of the same bytes.

    Example: gate bench journal
    """
    show_rows("journal", _rows_of("gate.bench.journal", runs), as_json=as_json)


@bench.command()
@_runs_option(DEFAULT_RUNS)
@_json_option
def scan(runs: int, *, as_json: bool) -> None:
    """From a frame to the relay's command, beside the sum of its floors.

    Example: gate bench scan --json
    """
    show_rows("scan", _rows_of("gate.bench.scan", runs), as_json=as_json)


@bench.command()
@_runs_option(DEFAULT_RUNS)
@_json_option
def rules(runs: int, *, as_json: bool) -> None:
    """Deciding by every rule at a full site, and a day of presence read at start.

    Example: gate bench rules --json
    """
    show_rows("rules", _rows_of("gate.bench.rules", runs), as_json=as_json)


@bench.command()
@_runs_option(DEFAULT_RUNS)
@_json_option
def memory(runs: int, *, as_json: bool) -> None:
    """What `gate run` keeps in memory after 400 frames a run, beside frame 1,000.

    Example: gate bench memory --runs 25
    """
    show_rows("memory", _rows_of("gate.bench.memory", runs), as_json=as_json)


@bench.command()
@click.option(
    "--database",
    "databases",
    type=click.Choice(("sqlite", "postgresql")),
    multiple=True,
    default=("sqlite", "postgresql"),
    show_default=True,
    help="Which database the hub stands on; may be given twice.",
)
@click.option(
    "--stored",
    type=click.IntRange(0, 100_000_000),
    default=INGEST_STORED,
    show_default=True,
    help="Entries in the fuller of two hubs that are compared; 0 leaves that out.",
)
@_runs_option(INGEST_RUNS)
@_json_option
def ingest(databases: tuple[str, ...], stored: int, runs: int, *, as_json: bool) -> None:
    """What a hub takes from its units over HTTP, beside the database alone.

    Runs a hub and, for PostgreSQL, a server of its own, on loopback and in /var/tmp.

    Example: gate bench ingest --database postgresql --stored 10000000
    """
    measure: Callable[..., Iterable[BenchRow]] = import_module("gate.bench.ingest").measure_ingest
    show_rows("ingest", list(measure(databases, runs, stored)), as_json=as_json)


@bench.command()
@click.option(
    "--sites",
    type=click.IntRange(1, 10_000_000),
    default=SYNC_SITES,
    show_default=True,
    help="How many sites to count with.",
)
@click.option(
    "--people",
    type=click.IntRange(1, 20_000),
    default=SYNC_PEOPLE,
    show_default=True,
    help="How many people pass the gates of each.",
)
@_runs_option(DEFAULT_RUNS)
@_json_option
def sync(sites: int, people: int, runs: int, *, as_json: bool) -> None:
    """What keeps a unit's trust fresh: requests, bytes, and a list of 2.1 million cards.

    Runs a hub of its own on loopback, and counts on the wire between it and a unit. A row with a
    limit says whether it holds; 1 if one counted in bytes or requests FAILS. Last comes what many
    sites would ask of their hubs and a CDN.

    Example: gate bench sync --sites 100000 --people 500
    """
    module = import_module("gate.bench.sync")
    scale = module.Scale(sites=sites, people=people)
    show_rows("sync", list(module.measure_sync(runs, scale)), as_json=as_json)


@bench.command()
@click.option(
    "--database",
    "databases",
    type=click.Choice(("sqlite", "postgresql")),
    multiple=True,
    default=("sqlite", "postgresql"),
    show_default=True,
    help="Which database the hub stands on; may be given twice.",
)
@click.option(
    "--entries",
    type=click.IntRange(4_000, 100_000_000),
    default=PAGES_ENTRIES,
    show_default=True,
    help="Entries that the hub has; 500 people are on site.",
)
@_runs_option(DEFAULT_RUNS)
@_json_option
def pages(databases: tuple[str, ...], entries: int, runs: int, *, as_json: bool) -> None:
    """The hub's pages, beside the same questions asked of the database bare.

    Makes a hub and, for PostgreSQL, a server of its own, in /var/tmp.

    Example: gate bench pages --database sqlite --entries 100000
    """
    measure: Callable[..., Iterable[BenchRow]] = import_module("gate.bench.pages").measure_pages
    show_rows("pages", list(measure(databases, runs, entries)), as_json=as_json)


def show_rows(name: str, rows: list[BenchRow], *, as_json: bool) -> None:
    """Print the rows on stdout: one JSON object, or a table of 80 columns for people.

    Raises:
        click.exceptions.Exit: with 1, after all is printed: something counted passes its limit.
    """
    if as_json:
        click.echo(json.dumps({"bench": name, "rows": [row.as_json() for row in rows]}))
    else:
        _show_table(name, rows)
    if any(row.breaks_promise for row in rows):
        raise click.exceptions.Exit(1)


def _show_table(name: str, rows: list[BenchRow]) -> None:
    table = Table(title=f"gate bench {name}", title_justify="left", box=None)
    has_limits = any(row.limit is not None for row in rows)
    headings = ("what", "median", "floor", "ratio", "unit", "runs")
    for heading in (*headings, *(("limit",) if has_limits else ())):
        figure = heading in {"median", "floor", "ratio", "runs"}
        table.add_column(heading, justify="right" if figure else "left", no_wrap=heading != "what")
    for row in rows:
        ratio = "-" if row.ratio is None else f"{row.ratio:.2f}"
        figures = (f"{row.value:.4g}", f"{row.floor:.4g}", ratio)
        told = (_promise(row),) if has_limits else ()
        table.add_row(row.name, *figures, row.unit, str(row.runs), *told)
    console = Console(highlight=False)
    console.print(table)
    for floor_is in dict.fromkeys(row.floor_is for row in rows):
        console.print(f"floor: {floor_is}")


def _promise(row: BenchRow) -> str:
    """Say what was promised, and whether it is kept."""
    if row.limit is None:
        return "-"
    return f"{row.limit.words} {'holds' if row.holds else 'FAILS'}"


def _rows_of(module: str, runs: int) -> list[BenchRow]:
    """Measure with `module`, loaded now: a bench loads what another does not need."""
    rows: list[BenchRow] = import_module(module).rows(runs)
    return rows
