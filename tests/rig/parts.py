"""The parts of the rig: each starts machines of its own, and returns its rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from tests.rig import bookworm_rows, gate_rows, install_rows, screen_rows
from tests.rig.cuts import cut_power
from tests.rig.hub_parts import alone, enrol, walk, wifi
from tests.rig.kept import ordered_by
from tests.rig.machine import Machine, RigError
from tests.rig.prepare import Bench, prepare_bookworm
from tests.rig.rows import GATE_WORDS, QUIET, SCREENLESS, Check, Row, tried

GATE: Final[Sequence[tuple[str, Check]]] = (
    ("boot to ready", gate_rows.boot_to_ready),
    ("processor as emulated", gate_rows.processor_is_sound),
    ("relay locked until ready", gate_rows.locked_until_ready),
    ("cards by picamera2", gate_rows.cards_are_judged),
    ("units sound, exposure", gate_rows.units_are_sound),
    ("sandbox", gate_rows.sandbox),
    ("exit button", gate_rows.exit_button_tells),
    ("killed while released", gate_rows.kill_locks),
    ("hang to restart", gate_rows.hang_is_ended),
    ("fire", gate_rows.fire_frees),
    ("USB camera by PyAV", gate_rows.usb_camera),
    ("uplink in its sandbox", gate_rows.uplink_starts),
    ("page in its sandbox", gate_rows.page_answers),
    ("doctor in its sandbox", gate_rows.doctor_looks),
    ("exit line", gate_rows.exit_is_free),
    ("stops well", gate_rows.stops_well),
    ("no process crashed", gate_rows.nothing_crashed),
    ("crash to reboot", gate_rows.crash_restarts),
    ("exit line after a crash", gate_rows.exit_is_free),
    ("the record after it all", gate_rows.the_record_holds),
)


def gate(bench: Bench) -> list[Row]:
    with bench.machine("gate", words=f"{SCREENLESS} {GATE_WORDS}") as machine:
        machine.log_in()
        return [tried(name, check, machine) for name, check in GATE]


def uninstall(bench: Bench) -> list[Row]:
    with bench.machine("uninstall", words=QUIET) as machine:
        machine.log_in()
        return [
            tried("uninstall", install_rows.uninstall, machine),
            tried("uninstall with the record", install_rows.wipe, machine),
        ]


def install(bench: Bench) -> list[Row]:
    return _installed(bench, "install", lambda _machine: None)


def bookworm(newer: Bench) -> list[Row]:
    """The release before: installed, and at work with a USB camera."""
    bench = prepare_bookworm(newer)
    rows = _installed(bench, "bookworm-install", bookworm_rows.has_usb_camera)
    with bench.machine("bookworm", words=f"{SCREENLESS} {GATE_WORDS}") as machine:
        machine.log_in()
        rows += [tried(name, check, machine) for name, check in bookworm_rows.ROWS]
    return [replace(row, name=f"bookworm: {row.name}") for row in rows]


def _installed(bench: Bench, name: str, and_then: Callable[[Machine], None]) -> list[Row]:
    """Make a unit of the machine as it was flashed, and keep its disk."""
    with bench.machine(name, words=QUIET, stock=True) as machine:
        machine.log_in()
        rows = [
            tried("install", install_rows.install, machine),
            tried("install again", install_rows.install_again, machine),
        ]
        if not all(row.passed for row in rows):
            raise RigError("without a unit there is nothing to try")
        install_rows.add_site(machine)
        and_then(machine)
        machine.power_off()
    machine.disk.replace(bench.installed)
    return rows


def screen(bench: Bench) -> list[Row]:
    """A unit with a screen, which is looked at from outside the machine."""
    eye = bench.folder / "eye"
    extra = [*ordered_by(eye), *screen_rows.DEVICE]
    with bench.machine("screen", words=QUIET, extra=extra) as machine:
        machine.log_in()
        screen = screen_rows.Screen(eye=eye, picture=bench.folder / "screen.png")
        return [
            tried("no screen asked for", screen_rows.none_asked_for, machine),
            tried("screen at work", screen.shows_what_the_gate_tells, machine),
            tried("screen without a gate", screen.tells_of_no_gate, machine),
        ]


def install_cut(bench: Bench) -> list[Row]:
    words = f"{QUIET} {GATE_WORDS}"
    machine = bench.machine("install-cut", words=words, stock=True, is_cut=True)
    for moment in install_rows.MOMENTS:
        with machine:
            machine.log_in(begin=len(machine.said))
            install_rows.cut_at(machine, moment)
            print(f"  cut at {moment}", flush=True)
    with machine:
        machine.log_in(begin=len(machine.said))
        return [tried("install cut by power", install_rows.install_completes, machine)]


def cuts(bench: Bench) -> list[Row]:
    cuts = bench.cuts
    disks = cut_power(bench.stock, bench.installed, bench.folder / "cuts", cuts)
    honest, lying = disks["honest"], disks["lying"]
    return [
        Row(
            name="power cuts, honest disk",
            passed=honest.lost == 0 and honest.unsound == 0 and honest.entries > cuts,
            figure=f"{cuts} cuts, {honest.entries} entries admitted, {honest.lost} lost",
        ),
        Row(
            name="power cuts, lying disk",
            passed=lying.entries > cuts and (lying.unsound == 0 or lying.aside > 0),
            figure=f"{cuts} cuts, {lying.entries} entries, {lying.lost} lost,"
            f" {lying.aside} journals set aside, the gate began again each time",
        ),
    ]


CHECKED: Final[Mapping[str, Callable[[Bench], list[Row]]]] = {
    "gate": gate,
    "enrol": enrol,
    "alone": alone,
    "wifi": wifi,
    "screen": screen,
    "uninstall": uninstall,
    "walk": walk,
    "bookworm": bookworm,
    "cuts": cuts,
    "install-cut": install_cut,
}
"""Each part but the first, which makes the unit that the others need."""

PARTS: Final = ("install", *CHECKED)
STOCK: Final = {"install-cut", "walk", "bookworm"}
"""What begins with the machine as it was flashed, and needs no unit."""
