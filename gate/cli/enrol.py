"""`gate enrol`: make a unit of this machine by a set-up code, or a blank machine of a unit."""

import sys
import threading
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import click

from gate.cli.enrol_told import Teller
from gate.config_camera import CameraConfig
from gate.devices.camera import open_camera, parse_camera
from gate.devices.clock import SystemClock
from gate.devices.decoder_chain import open_decoder
from gate.enrol.attempt import join, recover
from gate.enrol.leave import leave
from gate.enrol.left_alone import NetworkLeftAlone
from gate.enrol.network_service import NetworkService
from gate.enrol.nmcli import NetworkManager
from gate.enrol.set_up import is_unit, set_up
from gate.enrol.set_up_lights import BROKEN, open_lights
from gate.enrol.shown import code_before_camera, code_shown
from gate.enrol.staging import Staging, UnitPaths
from gate.enrol.steps import Means
from gate.enrol.unit_file import tables_of
from gate.errors import ConfigError, DeviceError, EnrolError
from gate.unit.log import log_to

EXIT_NO: Final = 1

WIRING: Final = "wiring.toml"

AT_WORK: Final = "gate-unit gate-uplink gate-status"
"""They read the unit's file as they start: one that stood alone goes by it until then."""

BROKEN_S: Final = 10.0
"""So long it is told that the camera or the wiring fails, before the service is started anew."""


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
@click.option(
    "--set-up",
    "sets_up",
    is_flag=True,
    help="Wait for codes before the camera until one is good, with lamps and beeps.",
)
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
    sets_up: bool,
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
    teller = Teller(as_json=as_json, file=told)
    try:
        means = _means(paths, network, wiring)
        if leaves:
            for path in leave(means.staging, means.network, even_unsent=even_unsent):
                click.echo(f"removed {path}")
            click.echo("next: sudo systemctl start gate-enrol, or switch it off", err=True)
            return
        if only_recover:
            click.echo("finished what was cut" if recover(means) else "nothing was cut")
            return
        if sets_up:
            wait_for_codes(means, teller, camera)
            return
        stood_alone = config_path.exists()
        join(_code(context, shown, camera), means, teller.tell)
        if stood_alone:
            click.echo(f"next: sudo systemctl restart {AT_WORK}", err=True)
    except EnrolError as error:
        teller.fail(error)
        context.exit(EXIT_NO)


def wait_for_codes(means: Means, teller: Teller, source: str | None) -> None:
    """Wait for codes before the camera of the wiring, or the one that is named.

    Raises:
        ConfigError, DeviceError: the wiring, the camera: told where people look, for a while.
    """
    if is_unit(means):
        click.echo("this machine is a unit already")
        return
    try:
        lights = open_lights(means.wiring, means.clock.monotonic)
        spec = parse_camera(source or _camera_of(means.wiring))
    except (ConfigError, DeviceError) as error:  # on which pins lamps are is not known
        teller.broken(str(error))
        means.wait(BROKEN_S)
        raise
    try:
        camera = open_camera(spec)
        try:
            teller.wait()
            set_up(camera, open_decoder(), means, lights, (teller.tell, teller.fail))
        finally:
            camera.close()
    except DeviceError as error:
        teller.broken(str(error))
        lights.play(BROKEN, "broken")
        means.wait(BROKEN_S)
        raise
    finally:
        lights.close()


def _camera_of(wiring: Path | None) -> str:
    tables = {} if wiring is None else tables_of(wiring)
    return str(tables.get("camera", {}).get("source", CameraConfig().source))


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
        has_screen=find_spec("pygame") is not None,
    )
