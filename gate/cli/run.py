"""`gate run`: the gate process of a unit."""

import signal
import sys
import threading
from pathlib import Path

import click

from gate.config import load_config
from gate.unit.daemon import run as run_unit
from gate.unit.log import log_to
from gate.unit.wiring import build


@click.command
@click.option(
    "--config",
    "config_path",
    metavar="FILE",
    required=True,
    type=click.Path(path_type=Path),
    help="The unit's own file, such as /etc/gate/unit.toml.",
)
@click.option(
    "--camera",
    "camera_spec",
    metavar="SPEC",
    help="In place of the configured camera: picamera2, usb:/dev/video0, rtsp://HOST/PATH,"
    " file:VIDEO or dir:DIRECTORY.",
)
@click.pass_context
def run(context: click.Context, config_path: Path, camera_spec: str | None) -> None:
    """Read cards, decide, record, and drive the portal, until SIGTERM or Ctrl-C.

    It needs no network and opens no socket but its supervisor's. Its log is on stderr, one line a
    fact. A directory or video that comes to its end ends it too.

    Exit codes: 0 told to stop, or no more pictures; 2 it can't start, or something broke.

    Example: gate run --config /etc/gate/unit.toml --camera usb:/dev/video0
    """
    log_to(sys.stderr)
    config = load_config(config_path)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    context.exit(run_unit(build(config, camera_spec=camera_spec), stop))
