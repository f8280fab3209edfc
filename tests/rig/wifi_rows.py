"""Day one by Wi-Fi: a name that nobody has, a wrong password, and then the unit.

The radios are the kernel's own (mac80211_hwsim), the access point is hostapd's in a namespace that
stands for the site (network/wifi). The machine has no cable: the host's end of it is the site's.
"""

import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Final

from gate.enrol.words import SETBACK_WORDS
from gate.errors import Setback
from tests.rig.beeps import beeps_since
from tests.rig.hub import RigHub
from tests.rig.join_codes import DOOR, WISHES, draw_codes
from tests.rig.machine import Machine, RigError
from tests.rig.rows import Check, uptime_s

NETWORK: Final = Path(__file__).parent / "network"
SHOWN: Final = ("wifi", "guessed", "elsewhere")
TOLD_S: Final = 1200.0
"""For a code to be seen and to fail, under emulation."""

ONCE_MORE_S: Final = 12.0
"""In which the beeps of a setback are heard whole at least once: 4 s and what they take."""


def lay_out(share: Path, hub: RigHub) -> None:
    """Lay out what the machine sees of the host: the codes, drawn, and the site's network."""
    shutil.copytree(NETWORK, share / "network")
    texts = hub.codes([wish for wish in WISHES if wish.name in SHOWN], DOOR[1])
    draw_codes(share, texts)


def bring_up(machine: Machine, front: int) -> None:
    """Make the site's Wi-Fi, and take the machine's cable away."""
    machine.run(f"sh /mnt/host/network/wifi {front} 2>&1", TOLD_S)


def checks(hub: RigHub) -> Iterator[tuple[str, Check]]:
    """Yield each row: what is told of a setback, and then that it joins."""
    for name, code, setback in (
        ("Wi-Fi not there", "elsewhere", Setback.WIFI_MISSING),
        ("Wi-Fi password wrong", "guessed", Setback.WIFI_PASSWORD),
    ):
        yield name, partial(_tells, code, setback)
    yield "joins by Wi-Fi", partial(_joins, hub)


def _tells(code: str, setback: Setback, machine: Machine) -> str:
    """The setback is told by its words and its beeps, and the machine is as before."""
    words = SETBACK_WORDS[setback]
    before = _network(machine)
    begin_s = _show(machine, code)
    said = _wait_for(machine, begin_s, lambda text: "beeps: " in text)
    told_s = uptime_s(machine)
    assert f"gate enrol: {words.what}" in said, said
    assert f"beeps: {words.long} long, {words.short} short" in said, said
    machine.run(f"sleep {ONCE_MORE_S + 8}")
    heard = beeps_since(machine, told_s)
    assert (words.long, words.short) in heard, f"heard {heard}"
    assert _network(machine) == before, f"{_network(machine)}, before: {before}"
    left = machine.run("ls -A /etc/gate /var/lib/gate/enrol 2>/dev/null || true")
    assert "unit.toml\n" not in f"{left}\n", left
    assert "new" not in left.split(), left
    state = machine.run("systemctl is-active gate-enrol; systemctl is-active gate-unit || true")
    assert state.split() == ["active", "inactive"], state
    return f"{words.what} {words.long} long and {words.short} short beeps heard, all as before"


def _joins(hub: RigHub, machine: Machine) -> str:
    """By the right name and password it is the unit, by NetworkManager, and stays in the Wi-Fi."""
    begin_s = _show(machine, "wifi")
    said = _wait_for(machine, begin_s, lambda text: "the unit" in text or "beeps: " in text)
    assert "done: this machine is the unit" in said, said
    active = machine.run("nmcli -t -f NAME,DEVICE connection show --active").split()
    assert "gate:wlan0" in active, active
    assert hub.entries(), "the hub has no entry"
    return f"the unit, first entry acknowledged by Wi-Fi alone; {', '.join(active)}"


def _show(machine: Machine, code: str) -> float:
    """Hold a code before the camera; return when, in the kernel's time."""
    machine.run(f"rm /srv/frames/*; cp /mnt/host/codes/{code}/*.jpg /srv/frames/")
    begin_s = uptime_s(machine)
    machine.run("systemctl restart gate-enrol")
    return begin_s


def _wait_for(machine: Machine, begin_s: float, is_there: Callable[[str], bool]) -> str:
    """Wait until set-up said something since then; return all that it said."""
    until_s = time.monotonic() + TOLD_S
    while time.monotonic() < until_s:
        since = f"$(($(date +%s) - $(cut -d. -f1 /proc/uptime) + {begin_s:.0f}))"
        said = machine.run(f"sleep 4; journalctl -u gate-enrol -o cat --no-pager -S @{since}")
        if is_there(said):
            return said
    raise RigError(f"set-up said only: {said[-600:]}")


def _network(machine: Machine) -> Mapping[str, str]:
    """Return what the machine has of networks: the profiles that lie there, and who is up."""
    looks = {
        "kept": "ls /etc/NetworkManager/system-connections",
        "tried": "ls /run/NetworkManager/system-connections 2>/dev/null || true",
        "up": "nmcli -t -f NAME,DEVICE connection show --active",
    }
    return {name: machine.run(look) for name, look in looks.items()}
