"""The parts of the rig in which a unit joins a hub: each starts one on the host."""

import os
import shutil
from contextlib import ExitStack

from tests.rig import alone_rows, enrol_rows, leave_rows, support_rows, walk_rows, wifi_rows
from tests.rig.enrol_rows import with_hub
from tests.rig.hub import CodeWish, RigHub
from tests.rig.join_codes import DOOR
from tests.rig.prepare import Bench
from tests.rig.rows import GATE_WORDS, QUIET, SCREENLESS, Row, tried
from tests.rig.site import CARDS, card_picture, draw_set_up_frames


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
