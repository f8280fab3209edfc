"""The parts of the rig: each starts machines of its own, and returns its rows."""

import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from typing import Final

from tests.rig import (
    alone_rows,
    enrol_rows,
    gate_rows,
    install_rows,
    leave_rows,
    screen_rows,
    support_rows,
    walk_rows,
    wifi_rows,
)
from tests.rig.cuts import cut_power
from tests.rig.enrol_rows import with_hub
from tests.rig.hub import CodeWish, RigHub
from tests.rig.join_codes import DOOR
from tests.rig.kept import ordered_by
from tests.rig.machine import RigError
from tests.rig.prepare import Bench
from tests.rig.rows import GATE_WORDS, Check, Row, tried
from tests.rig.site import CARDS, card_picture, draw_set_up_frames

QUIET: Final = "systemd.watchdog_sec=0"
"""The hardware's watchdog sleeps but in its own row: a host that is busy for 15 s is no crash."""

SCREENLESS: Final = f"{QUIET} systemd.mask=gate-screen.service"
"""A machine without a screen, though it was installed for one."""

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
    with bench.machine("install", words=QUIET, stock=True) as machine:
        machine.log_in()
        rows = [
            tried("install", install_rows.install, machine),
            tried("install again", install_rows.install_again, machine),
        ]
        if not all(row.passed for row in rows):
            raise RigError("without a unit there is nothing to try")
        install_rows.add_site(machine)
        machine.power_off()
    machine.disk.replace(bench.installed)
    return rows


def enrol(bench: Bench) -> list[Row]:
    """A blank machine, with a network, and a hub on the host."""
    place = bench.folder / "enrol"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    with ExitStack() as opened:
        hub = RigHub(place, opened)
        card = card_picture(bench.share / "site", CARDS[0])
        [code] = hub.codes([CodeWish(name="Rig")]).values()
        hub.start()
        draw_set_up_frames(place / "share" / "frames", code, card)
        words = f"{SCREENLESS} {GATE_WORDS} init=/srv/rig/blank-init"
        machine = bench.machine("enrol", words=words, share=place / "share", network=True)
        with machine:
            machine.log_in()
            return [
                tried("set-up waits", enrol_rows.set_up_waits, machine),
                tried("joins by camera", with_hub(enrol_rows.joins_by_camera, hub), machine),
                tried("gate takes over", enrol_rows.gate_takes_over, machine),
                tried("worker at the hub", with_hub(enrol_rows.worker_reaches_hub, hub), machine),
                tried("support bundle", with_hub(support_rows.comes_by_one_press, hub), machine),
                tried("leaving refused at work", leave_rows.refused_at_work, machine),
                tried("leaves its hub", with_hub(leave_rows.leaves, hub), machine),
            ]


def wifi(bench: Bench) -> list[Row]:
    """A blank machine whose only network is the site's Wi-Fi, and a hub behind it."""
    place = bench.folder / "wifi"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    with ExitStack() as opened:
        hub = RigHub(place, opened, DOOR[0])
        wifi_rows.lay_out(place / "share", hub)
        hub.start()
        words = f"{SCREENLESS} {GATE_WORDS} init=/srv/rig/blank-init"
        machine = bench.machine("wifi", words=words, share=place / "share", network=True)
        with machine:
            machine.log_in()
            wifi_rows.bring_up(machine, hub.front)
            return [tried(name, check, machine) for name, check in wifi_rows.checks(hub)]


def alone(bench: Bench) -> list[Row]:
    """A unit that stands alone, whose power is cut while it joins a hub."""
    place = bench.folder / "alone"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    with ExitStack() as opened:
        hub = RigHub(place, opened)
        [code] = hub.codes([CodeWish(name="Rig")]).values()
        hub.start()
        words = f"{SCREENLESS} {GATE_WORDS}"
        machine = bench.machine("alone", words=words, network=True, is_cut=True)
        with machine:
            machine.log_in()
            cut = alone_rows.cut_while_joining(machine, code)
        with machine:
            machine.log_in(begin=len(machine.said))
            goes_on = with_hub(alone_rows.joins_after_the_cut, hub)
            row = tried("stand-alone, cut while joining", goes_on, machine)
        return [Row(name=row.name, passed=row.passed, figure=f"{cut}; {row.figure}")]


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


def walk(bench: Bench) -> list[Row]:
    """The machine as it was flashed, a stick, a hub, a code and a worker."""
    place = bench.folder / "walk"
    shutil.rmtree(place, ignore_errors=True)
    share = place / "share"
    shutil.copytree(bench.share, share, copy_function=os.link)
    with ExitStack() as opened:
        hub = RigHub(place / "hub", opened)
        [code] = hub.codes([CodeWish(name="Rig")]).values()
        hub.start()
        shutil.rmtree(share / "frames", ignore_errors=True)
        draw_set_up_frames(share / "frames", code, card_picture(bench.share / "site", CARDS[0]))
        words = f"{QUIET} {GATE_WORDS}"
        machine = bench.machine("walk", words=words, stock=True, share=share, network=True)
        with machine:
            machine.log_in()
            workshop = walk_rows.in_the_workshop(machine)
        with machine:
            machine.log_in(begin=len(machine.said))
            row = tried("a contractor's walk", with_hub(walk_rows.at_the_gate, hub), machine)
        return [Row(name=row.name, passed=row.passed, figure=f"{workshop}; {row.figure}")]


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
    "cuts": cuts,
    "install-cut": install_cut,
}
"""Each part but the first, which makes the unit that the others need."""

PARTS: Final = ("install", *CHECKED)
STOCK: Final = {"install-cut", "walk"}
"""What begins with the machine as it was flashed, and needs no unit."""
