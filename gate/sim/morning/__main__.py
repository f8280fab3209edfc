"""`scripts/morning`: a morning at the gates, and whether every roll call was right.

Exit codes: 0 each equals the truth or names what it can't know; 1 one doesn't; 2 it can't be run.
"""

import logging
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click

from gate.errors import GateError
from gate.sim.morning.day import HUB, HUB_PAGE, Called, Day
from gate.sim.morning.plan import Passback, Plan
from gate.sim.morning.reckoning import Cause, Reckoned

_HEADING: Final = "who calls the roll    on it  awaited  not known  forgiven  too many  missing"


@click.command
@click.option("--workers", default=400, show_default=True, type=click.IntRange(10, 2_000))
@click.option("--seed", default=1, show_default=True, help="Of all that people do.")
@click.option(
    "--passback",
    default=Passback.HARD,
    show_default=True,
    type=click.Choice(Passback, case_sensitive=False),
    help="What the site does about a second entry without leaving.",
)
@click.option("--every-lane", is_flag=True, help="Print every caller, not one of each gate.")
@click.option(
    "--keep",
    type=click.Path(path_type=Path, file_okay=False),
    help="Keep what lies on every unit's disk and the hub's in DIRECTORY, which must be new.",
)
@click.pass_context
def morning(
    context: click.Context,
    *,
    workers: int,
    seed: int,
    passback: Passback,
    every_lane: bool,
    keep: Path | None,
) -> None:
    """Run a morning of 400 workers at three gates, and hold every roll call against the truth.

    Gates, uplinks and the hub are the real ones, over HTTP; their clocks are simulated, and so are
    people: breaks, forgotten exits, turns without a card, cut links, power cuts, a fire at ten.
    """
    logging.disable(logging.CRITICAL)
    plan = Plan(workers=workers, seed=seed, passback=passback)
    with tempfile.TemporaryDirectory() as directory:
        try:
            day = Day(plan, (keep or Path(directory)) / "site")
            right = True
            for called in day.run():
                for line in lines_of(called, every_lane=every_lane):
                    click.echo(line)
                right &= not any(one.unexplained for one in called.reckoned)
        except GateError as error:
            click.echo(f"can't be run: {error}", err=True)
            sys.exit(2)
    click.echo()
    for what, count in sorted(day.people.done.items()):
        click.echo(f"{count:>6}  {what}")
    verdict = "Every roll call equals the truth or names what it can't know."
    click.echo(f"\n{verdict if right else 'NOT EVERY roll call is explained.'}")
    context.exit(0 if right else 1)


def lines_of(called: Called, *, every_lane: bool) -> Iterator[str]:
    """Yield a roll call as a site manager reads it."""
    yield ""
    yield f"{called.at:%H:%M:%S}  {called.what}: {called.inside} are inside"
    yield _HEADING
    for one in called.reckoned:
        if (
            every_lane
            or one.viewer in {HUB, HUB_PAGE}
            or one.viewer.endswith(" in")
            or one.unexplained
        ):
            yield from _row(one)


def _row(one: Reckoned) -> Iterator[str]:
    yield (
        f"{one.viewer:<20}  {one.inside:>5}  {one.awaited:>7}  {one.not_known:>9}"
        f"  {one.forgiven:>8}  {sum(one.too_many.values()):>8}  {sum(one.missing.values()):>7}"
    )
    for what, causes in (("too many", one.too_many), ("missing", one.missing)):
        told = [f"{count} {cause}" for cause, count in causes.items()]
        if told:
            yield f"    {what}: {', '.join(told)}"
    for story in one.unexplained[:5]:
        yield f"    {Cause.UNEXPLAINED}: {story}"


if __name__ == "__main__":
    morning()
