"""What scripts/install does to a stock machine: makes it a unit, cut by power or not, and back."""

import random
import re
import time

from tests.rig.machine import Machine, RigError
from tests.rig.prepare import INSTALL_S

INSTALL = "sh /mnt/host/stick/scripts/install --screen"
RECORD = "/var/lib/gate/journal.db"
CUT_S = (20.0, 200.0)
"""Into an installation; one takes 80 s on a quiet host, most of it the program."""


def install(machine: Machine) -> str:
    """The stock machine becomes a unit, without a network, from the stick."""
    start_s = time.monotonic()
    said = machine.run(INSTALL, INSTALL_S)
    assert "Done. Start it anew" in said, said
    return f"{time.monotonic() - start_s:.0f} s, no network"


def install_again(machine: Machine) -> str:
    """A second run changes nothing, and says so."""
    start_s = time.monotonic()
    said = machine.run(INSTALL, INSTALL_S)
    assert said.strip().endswith("Nothing changed: this machine is a unit already."), said
    return f"nothing changed, {time.monotonic() - start_s:.0f} s"


def add_site(machine: Machine) -> None:
    """Lay out what a contractor would: unit file, rules, whom to believe; and a camera."""
    machine.run("mkdir -p /srv/frames; cp /mnt/host/site/frames/*.jpg /srv/frames/")
    machine.run("cp /mnt/host/site/etc/* /etc/gate/")
    machine.run("cp -r /mnt/host/site/trust/. /var/lib/gate/trust/; chgrp gate /etc/gate/*")
    machine.run("chown -R gate:gate /var/lib/gate; cp -r /mnt/host/guest /srv/rig")
    machine.run("cp -r /mnt/host/site/etc /srv/rig/etc")
    machine.run("sync")


def begin_and_cut(machine: Machine, seed: int) -> str:
    """Begin an installation, and cut the power at a moment of chance."""
    wait_s = random.Random(seed).uniform(*CUT_S)
    start_s = time.monotonic()
    machine.begin(INSTALL)
    while time.monotonic() - start_s < wait_s and b"Done." not in machine.said:
        machine.listen(0.5)
    steps = re.findall(rb"\n(\w+) +(?=\S|\r|$)", machine.said[-2000:])
    machine.cut()
    return f"cut {wait_s:.0f} s into it, at {steps[-1].decode() if steps else 'its start'}"


def install_completes(machine: Machine) -> str:
    """After a power cut, a second run goes on to the end, and what it made runs."""
    said = machine.run(INSTALL, INSTALL_S)
    assert "Done." in said or "Nothing changed" in said, said
    machine.run("/opt/gate/bin/gate --version", 300)
    machine.run(f"{INSTALL} | tail -n 1 | grep -q 'Nothing changed'", INSTALL_S)
    return "run again: complete"


def uninstall(machine: Machine) -> str:
    """The unit is taken away, and its record is kept."""
    before = machine.run(f"sha256sum < {RECORD}; cat /boot/firmware/config.txt | wc -l").split()
    said = machine.run(f"{INSTALL} --uninstall", INSTALL_S)
    assert "Kept: /var/lib/gate" in said, said
    after = machine.run(
        f"sha256sum < {RECORD}; grep -c 'site gate' /boot/firmware/config.txt || true"
    )
    left = machine.run("ls -d /opt/gate /opt/gate.d /etc/systemd/system/gate-* 2>/dev/null || true")
    if left.strip():
        raise RigError(f"left behind: {left}")
    assert after.split()[0] == before[0], "the record changed"
    assert after.split()[-1] == "0", "config.txt keeps our block"
    return "program, units, boot block gone; record kept to the byte"
