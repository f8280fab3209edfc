"""`gate demo`: a whole site on this machine, and whether every verdict is what the card is."""

import json
import tempfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Final

import click
from rich.console import Console

from gate.cli.demo_lines import card_lines, differences, json_lines, print_lines, summary
from gate.cli.demo_watch import Watch, hold
from gate.errors import ConfigError, DeviceError, EventError, JournalError
from gate.sim.demo import DemoRun, judged_before
from gate.sim.demo_hub import DemoHub
from gate.sim.demo_muster import Mustered, mustered_in
from gate.sim.demo_record import RECORD, MorningRecord, save_record
from gate.sim.demo_script import MAX_CARDS, Morning, Turn, morning
from gate.sim.hub_holdings import Holdings
from gate.sim.site import CONFIG, open_site, reopen_site
from gate.sim.verdicts import Verdict

EXIT_NO: Final = 1
PACE_S: Final = 2.0
"""Between two cards once the morning is over: as people come through one lane."""


@click.command()
@click.option("--once", is_flag=True, help="End after the morning; exit 1 on any difference.")
@click.option(
    "--cards",
    type=click.IntRange(1, MAX_CARDS),
    default=60,
    show_default=True,
    help="How many are held up in the morning.",
)
@click.option(
    "--lanes",
    type=click.IntRange(1, 2),
    default=1,
    show_default=True,
    help="Of the gate: with two, one leads in and one out, each with a camera of its own.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**32 - 1),
    default=1,
    show_default=True,
    help="Of names, looks, order and times.",
)
@click.option(
    "--frames",
    type=click.Path(path_type=Path, file_okay=False),
    help="Keep a frame of each card as a PNG in DIRECTORY.",
)
@click.option(
    "--keep",
    type=click.Path(path_type=Path, file_okay=False),
    help="Keep desks, configuration and both databases in DIRECTORY: new, empty, or of a demo that"
    " was kept, whose record is then brought to its hub.",
)
@click.option("--json", "as_json", is_flag=True, help="With --once: one JSON object a card.")
@click.pass_context
def demo(
    context: click.Context,
    *,
    once: bool,
    cards: int,
    lanes: int,
    seed: int,
    frames: Path | None,
    keep: Path | None,
    as_json: bool,
) -> None:
    """Show a site at work: issuers, cards, a real gate process with a simulated camera, a hub.

    The gate's camera frames are real pixels for its real decoders; its clock is simulated. Its
    verdicts are read back from its journal, and each is held against what the card is. Its record
    goes to a hub on loopback, and what the hub holds is held against the journal. Without --once,
    more people come after the morning until Ctrl-C.

    Exit codes: 0 all as expected; 1 not; 2 wrong use, or it can't be set up.

    Example: gate demo --once --cards 20 --frames frames/
    """
    if as_json and not once:
        raise click.UsageError("--json goes with --once")
    console = Console(stderr=as_json, highlight=False)
    with ExitStack() as opened:
        directory = keep or Path(opened.enter_context(tempfile.TemporaryDirectory()))
        if (directory / RECORD).is_file():
            if frames is not None:
                raise click.UsageError(f"{directory}: its morning is over, so --frames draws none")
            console.print(f"{directory}: its morning is over; it is told again", soft_wrap=True)
            site = reopen_site(directory)
            hub = opened.enter_context(DemoHub(site, is_new=False))
            watch = Watch(console, hub, once=once)
            watch.stay("The hub answers until Ctrl-C.")
            record = judged_before(site)
        else:
            _make_directory(frames)
            site = open_site(directory, lanes=lanes)
            script = morning(site, cards=cards, seed=seed, frames=frames)
            hub = opened.enter_context(DemoHub(site, is_new=True))
            watch = Watch(console, hub, once=once)
            run = DemoRun(site=site, seed=seed)
            _present(run, script, watch, None if as_json else console)
            record = run.judge().record()
            save_record(directory, record)
        held = hold(hub)
        _tell(record, held, console, site.journal if not as_json else None)
        _show_where_to_look(console, keep, frames, held)
        context.exit(EXIT_NO if any(differences(record, held)) else 0)


def _present(run: DemoRun, script: Morning, watch: Watch, console: Console | None) -> None:
    """Run the gate through the morning, and on until Ctrl-C unless it is once."""
    plain = console is None or not console.encoding.lower().startswith("utf")

    def say(verdict: Verdict) -> None:
        if console is not None:
            print_lines(console, card_lines(verdict, plain=plain))
        watch.look()

    try:
        with run.start() as gate:
            for verdict in run.present(gate, _until(watch.stop, script.turns)):
                say(verdict)
            if not watch.once and not watch.stop.is_set():
                click.echo("The morning is over; people go on coming until Ctrl-C.", err=True)
                people = _until(watch.stop, script.later())
                for verdict in run.present(gate, people, pause=partial(watch.stop.wait, PACE_S)):
                    say(verdict)
                watch.stay("The site has closed; the hub answers until Ctrl-C.")
            run.finish(gate)
    except DeviceError as error:
        run.died = str(error)


def _until(stop: threading.Event, turns: Iterable[Turn]) -> Iterator[Turn]:
    coming = iter(turns)
    while not stop.is_set():
        turn = next(coming, None)
        if turn is None:
            return
        yield turn


def _tell(record: MorningRecord, held: Holdings, console: Console, journal: Path | None) -> None:
    """Tell people what it all came to, by `journal` too, or a program without."""
    if journal is not None:
        print_lines(console, summary(record, held, _alarm_in(journal)))
        return
    for line in json_lines(record, held):
        click.echo(json.dumps(line))
    for difference in differences(record, held):
        click.echo(difference, err=True)


def _alarm_in(journal: Path) -> Mustered | None:
    try:
        return mustered_in(journal)
    except (JournalError, EventError):
        return None  # that it can't be read is told already, as a difference


def _show_where_to_look(
    console: Console, keep: Path | None, frames: Path | None, held: Holdings
) -> None:
    if keep is None:
        where = "To keep all of it for a look: gate demo --once --keep DIRECTORY"
    else:
        where = f"Kept in {keep}; look: gate journal show --config {keep / CONFIG}"
    console.print(where, soft_wrap=True)
    if keep is not None and held.faults:
        console.print(f"To try again: gate demo --once --keep {keep}", soft_wrap=True)
    if frames is not None:
        console.print(f"Frames: {frames}", soft_wrap=True)


def _make_directory(path: Path | None) -> None:
    if path is None:
        return
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(str(path), [f"can't be made: {error.strerror}"]) from error
