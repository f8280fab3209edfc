"""`scripts/chaos --kill-gate`: the campaign against the gate process, told as it goes."""

import json
import tempfile
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Final

import click

from gate.bench.chaos.gate_kills import GateCampaign, GateVerdict, Hit
from gate.devices.clock import SystemClock
from gate.errors import GateError

TOLD_EVERY: Final = 50
"""Kills; half a minute."""

EXIT_NO: Final = 1
EXIT_UNPREPARED: Final = 2


def kill_gate(kills: int, seed: int, keep: Path | None, *, as_json: bool) -> int:
    """Run the campaign and tell what came of it; return the exit code."""
    clock = SystemClock()
    start_s = clock.monotonic()
    with ExitStack() as opened:
        try:
            campaign = GateCampaign(_directory(keep, opened), seed, kills)
        except (GateError, OSError) as error:
            click.echo(f"chaos: {error}", err=True)
            return EXIT_UNPREPARED
        try:
            for number, hit in enumerate(campaign.hits(), 1):
                _tell(number, hit, clock.monotonic() - start_s, as_json=as_json)
            verdict = campaign.verdict()
        except GateError as error:
            click.echo(f"chaos: {error}", err=True)
            return EXIT_NO
    seconds = clock.monotonic() - start_s
    if as_json:
        click.echo(json.dumps(asdict(verdict) | {"kills": kills, "seconds": round(seconds, 1)}))
    else:
        _show(verdict, kills, seconds)
    return 0 if verdict.holds else EXIT_NO


def _directory(keep: Path | None, opened: ExitStack) -> Path:
    """Return an empty directory, on disk: a record takes as long there as it does on a unit."""
    if keep is None:
        return Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="gate-chaos-")))
    directory = keep.absolute() / "gate"
    directory.mkdir(parents=True)
    return directory


def _tell(number: int, hit: Hit, seconds: float, *, as_json: bool) -> None:
    if hit.missing or hit.fault is not None:
        what = hit.fault or f"{hit.released} releases, {hit.admitted} admitted entries"
        click.echo(f"kill {number}, {hit.phase}: {what}", err=True)
    elif not as_json and number % TOLD_EVERY == 0:
        click.echo(f"{number} kills in {seconds:.0f} s", err=True)


def _show(verdict: GateVerdict, kills: int, seconds: float) -> None:
    click.echo(f"gate killed {kills} times in {seconds:.1f} s")
    for phase, count in verdict.phases.items():
        click.echo(f"  {count:>6}  {phase}")
    click.echo(
        f"entries {verdict.entries}, admitted {verdict.admitted}, released {verdict.released},"
        f" missing {verdict.missing}, changed {verdict.changed}"
    )
    click.echo(verdict.told)
    for fault in verdict.faults:
        click.echo(f"  {fault}")
