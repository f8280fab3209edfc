"""A unit that stands alone joins a hub, and its power is cut while that is put in force."""

import json
import time
from typing import Final

from tests.rig.enrol_rows import JOIN_S, worker_reaches_hub
from tests.rig.hub import RigHub
from tests.rig.machine import Machine, RigError
from tests.rig.rows import wait_until_ready

ORDER: Final = "/var/lib/gate/enrol/new.json"
"""Once it is there the unit is the hub's, whatever is cut (gate.enrol.staging)."""

SETTLED: Final = (
    '[ "$(systemctl is-active gate-enrol)" = inactive ]'
    " && ! systemctl list-jobs --no-legend | grep -q gate-unit"
)
"""Set-up has ended, and a gate that ran by the file before was told to start anew."""

WRITTEN_S: Final = 8
"""Until the file system has written by itself what nobody flushed: ext4 does so each 5 s."""


def cut_while_joining(machine: Machine, code: str) -> str:
    """Show it the code by hand, and cut the power between two of the moves that put it in force.

    Raises:
        RigError: it never came to that.
    """
    wait_until_ready(machine)
    machine.run(f"echo '{code}' > /run/code")
    # The shell looks by itself, 500 times a second: a program for each look would come too late.
    said = machine.run(
        "exec 9<> <(:); gate=/opt/gate/bin/gate;"
        ' $gate enrol "$(cat /run/code)" --json >/run/joined 2>&1 & P=$!;'
        f" until [ -e {ORDER} ]; do read -t 0.002 -u 9; kill -0 $P || break; done; kill -STOP $P;"
        f" cat {ORDER} || cat /run/joined",
        JOIN_S,
    )
    begin = said.find('{"moves"')
    if begin < 0:
        raise RigError(f"it was not to be stopped in time: {said[-900:]}")
    moves = json.JSONDecoder().raw_decode(said[begin:])[0]["moves"]
    sources = " ".join(source for source, _ in moves)
    left = machine.run(f"ls -d {sources} 2>/dev/null | wc -l; sleep {WRITTEN_S}").split()[-1]
    machine.cut()
    return f"cut with {left} of {len(moves)} files still to move"


def joins_after_the_cut(machine: Machine, hub: RigHub) -> str:
    """At its next start it goes on by itself, and its gate works by what is in force then."""
    until_s = time.monotonic() + JOIN_S
    while machine.ask(f"sleep 4; [ ! -e {ORDER} ] && grep -q '^.hub' /etc/gate/unit.toml")[0]:
        if time.monotonic() > until_s:
            raise RigError(machine.run("journalctl -u gate-enrol -o cat --no-pager | tail"))
    machine.run(f"until {SETTLED}; do sleep 2; done", JOIN_S)
    ready_s = wait_until_ready(machine)
    ended_s = _stamp_s(machine, "gate-enrol", "ExecMainExitTimestampMonotonic")
    started_s = _stamp_s(machine, "gate-unit", "ExecMainStartTimestampMonotonic")
    assert started_s > ended_s, f"the gate of {started_s:.1f} s works by the file before"
    machine.run("while ! systemctl is-active -q gate-uplink; do sleep 2; done", JOIN_S)
    active = machine.run("nmcli -t -f NAME connection show --active").split()
    assert "gate" in active, active
    known = worker_reaches_hub(machine, hub)
    went_on = f"joined by {ended_s:.0f} s of its next start, gate anew and READY at {ready_s:.0f} s"
    return f"{went_on}; {known}"


def _stamp_s(machine: Machine, name: str, stamp: str) -> float:
    said = machine.run(f"systemctl show -p {stamp} --value {name}").split()
    return int(said[-1]) / 1e6
