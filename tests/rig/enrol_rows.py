"""Day one in the machine: a blank one, a set-up code before its camera, a hub, a worker's card."""

import re
import time
from collections.abc import Callable

from tests.rig.hub import RigHub
from tests.rig.machine import Machine, RigError
from tests.rig.rows import relay_changes, wait_until_ready

JOIN_S = 2400.0
"""For a code to be seen and a unit to be made, under emulation; its own fail-safe is 300 s."""

STEPS = {
    "network": "bringing the network up",
    "entry": "sending the first entry",
    "done": "done: this machine is the unit",
}


def set_up_waits(machine: Machine) -> str:
    """The machine waits for a code by itself, and tells whoever draws it on a screen."""
    waits_s = wait_for_words(machine, "Hold the set-up code")
    read = "setpriv --reuid gate --regid gate --clear-groups cat /run/gate/setup.json"
    assert machine.run(read).strip(), "gate-screen's user can't read what set-up tells"
    state = machine.run("systemctl is-active gate-enrol; systemctl is-active gate-unit || true")
    assert state.split() == ["active", "inactive"], state
    return f"asks for a code {waits_s:.0f} s after the kernel's start"


def joins_by_camera(machine: Machine, hub: RigHub) -> str:
    """The code that the camera sees makes it a unit, whose first entry the hub acknowledged."""
    ends = {name: wait_for_words(machine, words) for name, words in STEPS.items()}
    entries = hub.entries()
    assert entries, "the hub has no entry"
    profile = machine.run("nmcli -t -f NAME,DEVICE connection show --active; ls /etc/gate")
    assert re.search(r"^gate:\w+$", profile, re.MULTILINE), profile
    assert "hub-ca.pem" in profile, profile
    left = machine.run("ls -A /var/lib/gate/enrol; ls /run/NetworkManager/system-connections")
    assert "gate-setup" not in left, left
    assert "new" not in left.split(), left
    took_s = ends["done"] - ends["network"]
    return f"{took_s:.0f} s from code to unit, first entry acknowledged in them; network kept"


def gate_takes_over(machine: Machine) -> str:
    """The gate and its uplink start by themselves; no relay moved before READY."""
    ready_s = wait_until_ready(machine)
    early = [change for change in relay_changes(machine) if change.at_s < ready_s and change.value]
    assert not early, f"set high {len(early)} times before READY: {early[:3]}"
    machine.run("systemctl start gate-uplink")  # joins its start, which is under way
    state = machine.run("systemctl is-active gate-uplink; systemctl is-active gate-enrol || true")
    assert state.split() == ["active", "inactive"], state
    again = machine.run("systemctl show -p NRestarts --value gate-unit gate-uplink").split()
    assert again == ["0", "0"], f"gate and uplink were started anew {again} times"
    return f"READY at {ready_s:.0f} s, relay 0 times high before it"


def worker_reaches_hub(machine: Machine, hub: RigHub) -> str:
    """Who comes in stands in the hub's record."""
    until_s = time.monotonic() + JOIN_S
    while "admit" not in (found := hub.entries("access")):
        if time.monotonic() > until_s:
            said = machine.run("journalctl -u gate-unit -u gate-uplink -o cat --no-pager | tail")
            raise RigError(f"at the hub: {found}\n{said}")
        machine.run("sleep 10")
    return (
        f"{found.count('admit')} admitted, and at the hub as {len(hub.entries())} entries with it"
    )


def wait_for_words(machine: Machine, words: str, after_s: float = 0.0) -> float:
    """Wait until set-up says so; return when it did, in seconds since the kernel's start."""
    look = "journalctl -u gate-enrol -o short-monotonic --no-pager"
    until_s = time.monotonic() + JOIN_S
    while time.monotonic() < until_s:
        said = machine.run(f"sleep 8; {look} | grep -v '^--' | tail -n 40")
        for line in said.splitlines():
            stamp = re.match(r"\[ *(\d+\.\d+)\]", line)
            if stamp and words in line and float(stamp[1]) > after_s:
                return float(stamp[1])
    raise RigError(f"set-up did not say {words!r}\n{said}")


def with_hub(check: Callable[[Machine, RigHub], str], hub: RigHub) -> Callable[[Machine], str]:
    """Return a check that knows the hub."""
    return lambda machine: check(machine, hub)
