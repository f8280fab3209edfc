"""A unit leaves its hub in the machine, by the very commands of the how-to."""

import re
from pathlib import Path
from typing import Final

from tests.rig.enrol_rows import wait_for_words
from tests.rig.gate_rows import exit_is_free
from tests.rig.hub import RigHub
from tests.rig.machine import Machine
from tests.rig.rows import READY_S, RELAY, relay_changes, uptime_s, wait_until_ready
from tests.rig.visits import press

HOW_TO: Final = Path(__file__).parents[2] / "docs/how-to/put-a-unit-to-work.md"
KEY: Final = "/var/lib/gate/unit.key"
LEFT: Final = (
    "ls -A /var/lib/gate; cd /etc/gate; ls -d unit.toml site-policy.toml hub-ca.pem 2>/dev/null;"
    " ls /etc/NetworkManager/system-connections /run/NetworkManager/system-connections | grep gate;"
    " nmcli -t -f NAME connection show | grep gate; true"
)
"""Whatever the unit was made of, and the network that its code brought."""


def commands() -> list[str]:
    """Return what the how-to says to type, to wipe a machine that one has."""
    text = HOW_TO.read_text("utf-8")
    block = text[text.index("To wipe a machine that you have") :]
    return re.findall(r"^    (sudo .+)$", block, re.MULTILINE)


def refused_at_work(machine: Machine) -> str:
    """A unit at work is not wiped, whoever says so, and works on."""
    wait_until_ready(machine)
    before = machine.run(f"sha256sum {KEY} /etc/gate/unit.toml")
    code, said = machine.ask("sudo gate enrol --leave 2>&1", READY_S)
    assert code == 2, f"exit code {code}: {said}"
    assert "systemctl stop" in said, said
    assert machine.run(f"sha256sum {KEY} /etc/gate/unit.toml") == before
    assert machine.run("systemctl is-active gate-unit").strip() == "active"
    return "exit code 2, it says what to stop; key and file as they were, the gate at work"


def leaves(machine: Machine, hub: RigHub) -> str:
    """Its record is brought home, it is retired and wiped; it asks for a code, its exits free."""
    stop, bring, leave, begin = commands()
    machine.run("rm -f /srv/frames/00[0-4].jpg /srv/frames/01[1-5].jpg")  # nobody stands there
    machine.run(f"test -s {KEY}; {stop}", READY_S)
    machine.run(f"{bring} 2>&1", READY_S)
    entries = int(machine.run("sqlite3 /var/lib/gate/journal.db 'SELECT count(*) FROM entries'"))
    at_hub = len(hub.entries())
    assert at_hub == entries, f"{entries} entries, {at_hub} at the hub"
    _retires(machine, hub, bring)
    left_s = uptime_s(machine)
    said = machine.run(f"{leave} 2>&1", READY_S)
    assert f"removed {KEY}" in said, said
    left = machine.run(LEFT).strip()
    assert not left, f"left behind: {left}"
    machine.run(begin)
    waits_s = wait_for_words(machine, "Hold the set-up code", left_s)
    state = machine.run("systemctl is-active gate-enrol; systemctl is-active gate-unit || true")
    assert state.split() == ["active", "inactive"], state
    highs = sum(change.value for change in relay_changes(machine) if change.at_s > left_s)
    assert highs == 0, f"the relay was set high {highs} times"
    assert machine.run(f"cat {RELAY}").strip() == "0"
    return (
        f"{entries} entries at the hub, retired there, key, rules and network gone, asks for a code"
        f" {waits_s - left_s:.0f} s later; {exit_is_free(machine)}"
    )


def _retires(machine: Machine, hub: RigHub, bring: str) -> None:
    """A manager retires the unit: the hub takes nothing from its key any more, and it says so."""
    assert press(hub, "manager", "units/{unit}/retire/") == 302
    code, said = machine.ask(f"{bring} 2>&1", READY_S)
    assert code != 0, said
    assert "was taken out of use" in said, said
