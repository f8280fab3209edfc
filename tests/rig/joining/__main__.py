"""Runs the namespaces and prints their table; `scripts/joining` starts it, alone in its own."""

import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from gate.enrol.steps import Step
from gate.errors import Setback
from tests.rig.joining.machine import Machine, UnexpectedError
from tests.rig.joining.place import PROXY, Place
from tests.rig.troubles import Trouble, troubles
from tests.uplink.test_proxy import Proxy

Check = Callable[[], str]

CUT_AT = (Step.NETWORK, Step.CLOCK, Step.TLS, Step.JOIN, Step.SYNC, Step.ENTRY, Step.COMMIT)


def main() -> int:
    """Try each; return 0 if every row held, 1 if not."""
    rows: list[tuple[str, bool]] = []

    def tried(name: str, check: Check) -> None:
        try:
            said, held = check(), True
        except (AssertionError, UnexpectedError) as error:
            said, held = str(error).strip(), False
        print(f"{'pass' if held else 'FAIL'}  {name:<22} {said}", flush=True)
        rows.append((name, held))

    with tempfile.TemporaryDirectory() as folder, ExitStack() as opened:
        place = Place(Path(folder), opened)
        machine = Machine(Path(folder) / "unit", place)
        for name, trouble in troubles(place.hub.front, place.other_front):
            tried(name, partial(tells, machine, trouble))
        for step in CUT_AT:
            tried(f"cut at {step}", partial(cut_at, machine, step))
        tried("joins after those cuts", partial(joins, machine, "cut"))
        tried("code shown again", partial(shown_again, machine))
        tried("alarms at the hub", partial(alarms, place))
        other = Machine(Path(folder) / "other", place)
        tried("leaves", partial(leaves, machine))
        tried("code of another's", partial(told, other, "cut", Setback.USED))
        tried("joins by a proxy", partial(joins_by_proxy, other, place, opened))
    failed = sum(not held for _, held in rows)
    print(f"\n{len(rows)} rows, {failed} failed")
    return 1 if failed else 0


def tells(machine: Machine, trouble: Trouble) -> str:
    """The setback is told by its words and beeps, and everything is as it was."""
    for command in trouble.before:
        machine.place.lay(command)
    try:
        return told(machine, trouble.code, trouble.setback, is_1970=trouble.is_1970)
    finally:
        for command in trouble.after:
            machine.place.lay(command)


def told(machine: Machine, code: str, setback: Setback, *, is_1970: bool = False) -> str:
    """Showing a code ends in a setback, and leaves nothing behind."""
    said = machine.shown(code, is_1970=is_1970)
    assert said.get("setback") == setback, said
    left = machine.left_behind()
    assert not left, f"left behind: {left}"
    long, short = said["beeps"]
    return f"{long}+{short} beeps: {said['what']} ({said['detail'][:70]})"


def cut_at(machine: Machine, step: Step) -> str:
    """Killed as a step begins, it is a blank machine as before, once it has started anew."""
    machine.cut_at("cut", step)
    is_unit = machine.starts_anew()
    left = [] if is_unit else machine.left_behind()
    assert not is_unit, f"a unit by a cut at {step}"
    assert not left, f"left behind: {left}"
    return "as it was, after its next start"


def joins(machine: Machine, code: str) -> str:
    """The code makes it the unit, and its network is kept."""
    said = machine.shown(code)
    assert said.get("done"), said
    assert machine.network() == ["gate"], machine.network()
    return f"the unit, by NetworkManager, in {machine.took_s:.1f} s"


def shown_again(machine: Machine) -> str:
    """A machine at work is not made another one."""
    said = machine.shown("cable")
    assert said.get("setback") == Setback.IN_USE, said
    return f"{said['beeps']} beeps: {said['what']} {said['detail'][:60]}"


def leaves(machine: Machine) -> str:
    """A unit that leaves is blank, and its network is gone with its profile."""
    machine.leaves()
    assert machine.is_blank()
    assert "gate" not in machine.network(), machine.network()
    return "blank; NetworkManager has its network no more"


def alarms(place: Place) -> str:
    """The hub raised an alarm for who came with another's code."""
    found = place.hub.alarms()
    assert found, "no alarm"
    return ", ".join(found)


def joins_by_proxy(machine: Machine, place: Place, opened: ExitStack) -> str:
    """A code that names a proxy joins through it, and the unit's file has it."""
    proxy = Proxy(address=PROXY[0], port=PROXY[1])
    opened.callback(proxy.close)
    joined = joins(machine, "proxy")
    assert all(asked.startswith(b"CONNECT 10.7.0.1:8443 ") for asked in proxy.asked), proxy.asked
    assert f'proxy = "{PROXY[0]}:{PROXY[1]}"' in machine.config.read_text("utf-8")
    assert place.hub.entries(), "nothing at the hub"
    return f"{joined}, {len(proxy.asked)} times through the proxy"


if __name__ == "__main__":
    sys.exit(main())
