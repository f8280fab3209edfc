"""`gate enrol`: make a unit of this machine by a set-up code, or a blank machine of a unit."""

import json
import sys
import threading
from pathlib import Path
from typing import Final

import click

from gate.devices.clock import SystemClock
from gate.enrol.attempt import Told, join, recover
from gate.enrol.leave import leave
from gate.enrol.left_alone import NetworkLeftAlone
from gate.enrol.network_service import NetworkService
from gate.enrol.nmcli import NetworkManager
from gate.enrol.shown import code_before_camera, code_shown
from gate.enrol.staging import Staging, UnitPaths
from gate.enrol.steps import Means, Step
from gate.enrol.words import SETBACK_WORDS
from gate.errors import EnrolError
from gate.store.files import write_file
from gate.trust.fingerprint import fingerprint_words
from gate.unit.log import log_to

EXIT_NO: Final = 1

WIRING: Final = "wiring.toml"

_STEPS: Final = {
    Step.CODE: "reading the code",
    Step.NETWORK: "bringing the network up",
    Step.CLOCK: "waiting for the time of day",
    Step.TLS: "looking for the hub",
    Step.JOIN: "joining",
    Step.SYNC: "fetching rules and trust",
    Step.ENTRY: "sending the first entry",
    Step.COMMIT: "putting it in force",
}


@click.command
@click.argument("shown", metavar="[CODE]", required=False)
@click.option(
    "--camera", metavar="SOURCE", help="Wait for a code held to a camera, such as picamera2."
)
@click.option(
    "--config",
    "config_path",
    metavar="FILE",
    default="/etc/gate/unit.toml",
    show_default=True,
    type=click.Path(path_type=Path),
    help="The unit's own file, which is written; rules and certificate lie beside it.",
)
@click.option(
    "--state",
    metavar="DIRECTORY",
    default="/var/lib/gate",
    show_default=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Where record, trust and keys are to lie.",
)
@click.option(
    "--wiring",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="How it is wired; without it wiring.toml beside the unit's file, or the usual pins.",
)
@click.option(
    "--network",
    type=click.Choice(["nmcli", "left-alone"]),
    default="nmcli",
    show_default=True,
    help="Who brings the network up: NetworkManager, or somebody who has done so.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a step.")
@click.option(
    "--told",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Keep the last step in a file, for a screen.",
)
@click.option("--recover", "only_recover", is_flag=True, help="Only see to what a power cut left.")
@click.option("--leave", "leaves", is_flag=True, help="Make a blank machine of this unit.")
@click.option("--even-unsent", is_flag=True, help="With --leave: even what the hub lacks goes.")
@click.pass_context
def enrol(  # noqa: PLR0913 - a command's options
    context: click.Context,
    shown: str | None,
    camera: str | None,
    config_path: Path,
    state: Path,
    wiring: Path | None,
    network: str,
    told: Path | None,
    *,
    as_json: bool,
    only_recover: bool,
    leaves: bool,
    even_unsent: bool,
) -> None:
    """Make a unit of this machine by a set-up code.

    CODE is the code's text, a picture file, or a folder of pictures, such as a stick. All of it
    happens within five minutes, or nothing: what goes wrong is said, and everything is as it was.
    The unit's words are those of the hub's page Units, or somebody is in between.

    Exit codes: 0 it is a unit (or blank); 1 it is not, and why is said; 2 wrong use.

    Example: gate enrol /media/stick
    """
    log_to(sys.stderr)
    config_path, state = config_path.absolute(), state.absolute()
    paths = UnitPaths(config=config_path, state=state)
    teller = _Teller(as_json=as_json, file=told)
    try:
        if leaves:
            for path in leave(paths, even_unsent=even_unsent):
                click.echo(f"removed {path}")
            return
        means = _means(paths, network, wiring)
        if only_recover:
            click.echo("finished what was cut" if recover(means) else "nothing was cut")
            return
        join(_code(context, shown, camera), means, teller.tell)
    except EnrolError as error:
        teller.fail(error)
        context.exit(EXIT_NO)


def _code(context: click.Context, shown: str | None, camera: str | None) -> str:
    if (shown is None) == (camera is None):
        raise click.UsageError(
            "Give a code, a picture, a folder or --camera: one of them.", context
        )
    return code_shown(shown) if shown is not None else code_before_camera(str(camera))


def _means(paths: UnitPaths, network: str, wiring: Path | None) -> Means:
    clock = SystemClock()
    service: NetworkService = (
        NetworkManager(monotonic=clock.monotonic) if network == "nmcli" else NetworkLeftAlone()
    )
    usual = paths.config.with_name(WIRING)
    return Means(
        staging=Staging(paths),
        network=service,
        clock=clock,
        wait=threading.Event().wait,
        wiring=wiring or (usual if usual.exists() else None),
    )


class _Teller:
    """Says each step where people and a screen look."""

    def __init__(self, *, as_json: bool, file: Path | None) -> None:
        self._as_json = as_json
        self._file = file
        self._said_words = False

    def tell(self, told: Told) -> None:
        """Say that a step began, or that all is done; a setback is said by `fail`."""
        if told.setback is not None:
            return
        facts: dict[str, object] = {"step": told.step, "done": told.is_done}
        if told.code is not None:
            facts["words"] = fingerprint_words(told.code.key)
        self._write(facts)
        if self._as_json:
            return
        if told.code is not None and not self._said_words:
            self._said_words = True
            click.echo(f"the hub's words: {facts['words']}")
        click.echo("done: this machine is the unit" if told.is_done else _STEPS[told.step])

    def fail(self, error: EnrolError) -> None:
        """Say why not, what to do, and how it beeps."""
        words = SETBACK_WORDS[error.setback]
        facts: dict[str, object] = {
            "setback": error.setback,
            "what": words.what,
            "next": words.step,
            "detail": error.detail,
            "beeps": [words.long, words.short],
        }
        self._write(facts)
        if not self._as_json:
            click.echo(f"gate enrol: {words.what}", err=True)
            click.echo(f"next: {words.step}", err=True)
            if error.detail:
                click.echo(f"detail: {error.detail}", err=True)
            click.echo(f"beeps: {words.long} long, {words.short} short", err=True)

    def _write(self, facts: dict[str, object]) -> None:
        line = json.dumps(facts)
        if self._as_json:
            click.echo(line)
        if self._file is not None:
            try:
                write_file(self._file, line.encode())
            except OSError as error:
                click.echo(f"{self._file}: can't be written: {error.strerror}", err=True)
