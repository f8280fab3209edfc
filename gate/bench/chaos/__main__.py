"""`scripts/chaos`: campaigns with seeds, a row each, and a total.

Exit codes: 0 nothing was lost, doubled or changed, and every chain holds; 1 something was; 2 a
campaign can't be prepared.
"""

import json
import os
import signal
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

import click
from click.core import ParameterSource

from gate.bench.chaos.books import PostgresqlShelf, Shelf, SqliteShelf
from gate.bench.chaos.campaign import Outcome, run_campaign
from gate.bench.chaos.gate_lines import kill_gate
from gate.bench.chaos.plan import draw_plan
from gate.bench.chaos.wire import Trouble
from gate.errors import GateError

MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a directory of our own is made in it
LEAST_ENTRIES: Final = 200
"""So that something is under way whenever something breaks."""

_HEADING: Final = "database    seed  entries  wire  other   seconds  lost doubled changed"


@click.command
@click.option("--seeds", default=10, show_default=True, type=click.IntRange(1, 100_000))
@click.option(
    "--entries",
    default=20_000,
    show_default=True,
    type=click.IntRange(LEAST_ENTRIES, 1_000_000),
    help="Of each campaign.",
)
@click.option(
    "--database",
    default="both",
    show_default=True,
    type=click.Choice(["sqlite", "postgresql", "both"]),
)
@click.option("--seed", default=1, show_default=True, help="The first one.")
@click.option(
    "--kill-gate",
    "kills",
    metavar="N",
    type=click.IntRange(1, 100_000),
    help="Instead of all that: kill the gate process N times while it reads cards.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object at the end.")
@click.option(
    "--keep",
    type=click.Path(path_type=Path, file_okay=False),
    help="Work in this directory, which must not exist, and leave the logs there.",
)
@click.pass_context
def chaos(
    context: click.Context,
    seeds: int,
    entries: int,
    database: str,
    seed: int,
    kills: int | None,
    *,
    as_json: bool,
    keep: Path | None,
) -> None:
    """Break everything between a gate and its hub, and see that the record is whole.

    Unit, uplink, hub and database are real processes; journal and hub lie in memory if there is
    /dev/shm, PostgreSQL on disk. Full disks are tried only as root, for they are mounted.

    With --kill-gate it is `gate run` alone, with its real decoder before pictures of cards, and a
    journal on disk. Whoever its relay let in must stand in the journal.

    Example: scripts/chaos --seeds 1 --seed 7 --database sqlite
    """
    if kills is not None:
        _refuse_others(context)
        context.exit(kill_gate(kills, seed, keep, as_json=as_json))
    if os.geteuid() != 0:
        click.echo("full disks are left out: mounting small ones takes root", err=True)
    if not as_json:
        click.echo(_HEADING)
    databases = ["sqlite", "postgresql"] if database == "both" else [database]
    outcomes: list[Outcome] = []
    try:
        for one in databases:
            for outcome in _outcomes(one, range(seed, seed + seeds), entries, keep):
                outcomes.append(outcome)
                if not as_json:
                    _show(outcome)
    except GateError as error:
        click.echo(f"chaos: {error}", err=True)
        context.exit(2)
    if as_json:
        click.echo(json.dumps(_total(outcomes)))
    else:
        _show_total(outcomes)
    context.exit(0 if all(outcome.verdict.holds for outcome in outcomes) else 1)


def _refuse_others(context: click.Context) -> None:
    """Refuse options that --kill-gate has no use for."""
    for name in ("seeds", "entries", "database"):
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            raise click.UsageError(f"--{name} does not go with --kill-gate")


def _outcomes(
    database: str, seeds: Iterable[int], entries: int, keep: Path | None
) -> Iterator[Outcome]:
    """Run a campaign for each seed."""
    with _shelf(database, keep) as (shelf, directory):
        for seed in seeds:
            place = directory / f"seed-{seed}"
            place.mkdir()
            yield run_campaign(draw_plan(seed, entries, shelf.database), shelf, place)


@contextmanager
def _shelf(database: str, keep: Path | None) -> Iterator[tuple[Shelf, Path]]:
    """Yield where a database's campaigns begin, and a directory for them."""
    with ExitStack() as opened:
        if keep is None:
            place = str(MEMORY) if MEMORY.is_dir() else None
            made = tempfile.TemporaryDirectory(prefix="gate-chaos-", dir=place)
            directory = Path(opened.enter_context(made))
        else:
            directory = keep.absolute() / database
            directory.mkdir(parents=True)
        template = directory / "template"
        template.mkdir()
        if database == "sqlite":
            yield SqliteShelf(template), directory
            return
        # Imported here: without PostgreSQL nothing needs libpq.
        from gate.bench.chaos.cluster import TEMPLATE, Cluster  # noqa: PLC0415 - reason above

        cluster = opened.enter_context(Cluster())
        yield PostgresqlShelf(template, cluster, TEMPLATE), directory


def _show(outcome: Outcome) -> None:
    row = _row(outcome)
    click.echo(
        f"{row['database']:<11}{row['seed']:>5}{row['entries']:>9}{row['wire']:>6}{row['other']:>7}"
        f"{row['seconds']:>10.1f}{row['lost']:>6}{row['doubled']:>8}{row['changed']:>8}"
    )
    for fault in outcome.verdict.faults:
        click.echo(f"  {fault}")


def _show_total(outcomes: Sequence[Outcome]) -> None:
    total = _total(outcomes)["total"]
    click.echo(
        f"{'total':<11}{'':>5}{total['entries']:>9}{total['wire']:>6}{total['other']:>7}"
        f"{total['seconds']:>10.1f}{total['lost']:>6}{total['doubled']:>8}{total['changed']:>8}"
    )
    for name, count in sorted(total["faults"].items()):
        click.echo(f"  {count:>6}  {name}")
    answers = (f"{status}: {count}" for status, count in sorted(total["answers"].items()))
    click.echo(f"the hub answered {', '.join(answers)}")


def _row(outcome: Outcome) -> dict[str, Any]:
    verdict, plan = outcome.verdict, outcome.plan
    wire = sum(outcome.faults.get(str(trouble), 0) for trouble in Trouble)
    return {
        "database": plan.database,
        "seed": plan.seed,
        "entries": verdict.entries,
        "wire": wire,
        "other": sum(outcome.faults.values()) - wire,
        "seconds": round(outcome.seconds, 1),
        "lost": verdict.lost,
        "doubled": verdict.doubled,
        "changed": verdict.changed,
        "faults": list(verdict.faults),
        "injected": dict(outcome.faults),
        "answers": dict(outcome.answers),
    }


def _total(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    rows = [_row(outcome) for outcome in outcomes]
    faults: Counter[str] = Counter()
    answers: Counter[str] = Counter()
    for outcome in outcomes:
        faults.update(outcome.faults)
        answers.update(outcome.answers)
    figures = ("entries", "wire", "other", "seconds", "lost", "doubled", "changed")
    total = {name: sum(row[name] for row in rows) for name in figures}
    return {"rows": rows, "total": total | {"faults": dict(faults), "answers": dict(answers)}}


def _end(*_: object) -> None:
    """Leave by way of every `finally`, once: disks are mounted and servers run."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise SystemExit(128 + signal.SIGTERM)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _end)
    chaos()
