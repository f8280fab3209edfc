"""A unit on Raspberry Pi OS bookworm: Python, numpy, PyAV and systemd are years before trixie's.

Debian 12 has no libcamera that picamera2 would do with, so this gate has a USB camera, from its
start on.
"""

from base64 import b64encode
from collections.abc import Sequence
from typing import Final

from tests.rig import gate_rows
from tests.rig.gate_rows import USB_CAMERA
from tests.rig.machine import Machine
from tests.rig.rows import Check, wait_for_answers, wait_until_ready

AT_START: Final = """\
[Unit]
DefaultDependencies=no
After=local-fs.target systemd-udevd.service
Before=gate-unit.service
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh /srv/usb-camera /srv/frames/000.jpg
[Install]
WantedBy=multi-user.target
"""

SEES_THE_BOARD: Final = """\
[Service]
BindReadOnlyPaths=/run/cpuinfo:/proc/cpuinfo
"""
"""systemd 252 gives these services a /proc of their own, without what makes this machine a Pi."""


def has_usb_camera(machine: Machine) -> None:
    """Plug a USB camera into a machine that has its site, whose files name it from then on."""
    for name, text in (
        ("/srv/usb-camera", USB_CAMERA.read_text("utf-8")),
        ("/etc/systemd/system/rig-usb.service", AT_START),
        ("/etc/systemd/system/gate-.service.d/rig.conf", SEES_THE_BOARD),
    ):
        content = b64encode(text.encode()).decode("ascii")
        machine.run(f"mkdir -p $(dirname {name}); echo {content} | base64 -d > {name}")
    files = "/srv/rig/etc/*.toml /etc/gate/unit.toml"
    machine.run(f'sed -i \'s|source = "picamera2"|source = "usb:/dev/video0"|\' {files}')
    machine.run("systemctl -q enable rig-usb")


def libraries(machine: Machine) -> str:
    """The gate runs on what the release brings."""
    code = "import av, numpy, sys; print(sys.version.split()[0], numpy.__version__, av.__version__)"
    python, numpy, av = machine.run(f"/opt/gate/bin/python -c '{code}'").split()
    systemd = machine.run("systemctl --version | head -n 1").split()[1]
    assert python.startswith("3.11."), python
    return f"Python {python}, numpy {numpy}, PyAV {av}, systemd {systemd}"


def first_card(machine: Machine) -> str:
    """The card before the camera is read, and its holder comes in."""
    ready_s = wait_until_ready(machine)
    found = wait_for_answers(machine, 1, ready_s - 0.5)
    assert found[0]["outcome"] == "admit", found[0]
    return f"admitted, frame to relay {float(found[0]['ms']):.0f} ms"


ROWS: Final[Sequence[tuple[str, Check]]] = (
    ("boot to ready", gate_rows.boot_to_ready),
    ("the release's own", libraries),
    ("relay locked until ready", gate_rows.locked_until_ready),
    ("card by a USB camera", first_card),
    ("units sound, exposure", gate_rows.units_are_sound),
    ("sandbox", gate_rows.sandbox),
    ("exit button", gate_rows.exit_button_tells),
    ("killed while released", gate_rows.kill_locks),
    ("hang to restart", gate_rows.hang_is_ended),
    ("fire", gate_rows.fire_frees),
    ("uplink in its sandbox", gate_rows.uplink_starts),
    ("page in its sandbox", gate_rows.page_answers),
    ("doctor in its sandbox", gate_rows.doctor_looks),
    ("stops well", gate_rows.stops_well),
    ("no process crashed", gate_rows.nothing_crashed),
    ("the record after it all", gate_rows.the_record_holds),
)
