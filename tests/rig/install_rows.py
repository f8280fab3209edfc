"""What scripts/install does to a stock machine: makes it a unit, cut by power or not, and back."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from tests.rig.machine import Machine
from tests.rig.prepare import INSTALL_S
from tests.rig.rows import relay_changes, wait_until_ready

INSTALL: Final = "sh /mnt/host/stick/scripts/install"
AS_FLASHED: Final = Path(__file__).parent / "image/files/boot/firmware/config.txt"
LAST: Final = "sqlite3 /var/lib/gate/journal.db 'SELECT count(*) FROM entries'"
HASHES: Final = "sqlite3 /var/lib/gate/journal.db 'SELECT hex(hash) FROM entries ORDER BY seq'"

CALLED: Final = ("su - nobody -s /bin/sh -c 'gate --version'", "sudo gate --version")
"""As somebody calls it who has just signed in."""

OURS: Final = (
    "find / -xdev -not -path '/srv/*' -not -path '/mnt/*' \\( -name 'gate-*' -o -name gate"
    " -o -name 'stamp-gate-*'"
    " -o -name 'gate.*' -o -nouser -o -nogroup \\) 2>/dev/null"
)
"""Whatever has our name, or belongs to nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """When the power is cut: as a step begins, or in it once so many libraries are there."""

    step: str
    libraries: int = 0

    def __str__(self) -> str:
        return f"{self.step}+{self.libraries}" if self.libraries else self.step


MOMENTS: Final[Sequence[Moment]] = (
    Moment(step="user"),
    Moment(step="folders"),
    Moment(step="program"),
    Moment(step="program", libraries=2),
    Moment(step="program", libraries=10),
    Moment(step="command"),
    Moment(step="limits"),
    Moment(step="services"),
    Moment(step="boot"),
    Moment(step="start"),
)
"""Each step that changes something; what the rig's image has already, `packages` needn't bring."""

LIBRARIES: Final = "ls -d /opt/gate.d/*/lib/python3*/site-packages/*.dist-info 2>/dev/null | wc -l"


def install(machine: Machine) -> str:
    """The stock machine becomes a unit, without a network, from the stick."""
    start_s = time.monotonic()
    said = machine.run(f"{INSTALL} --screen", INSTALL_S)
    took_s = time.monotonic() - start_s
    assert "Done. Start it anew" in said, said
    versions = {machine.run(command).splitlines()[-1] for command in CALLED}
    assert len(versions) == 1, versions
    return f"{took_s:.0f} s, no network; {versions.pop()} by `gate` and by `sudo gate`"


def install_again(machine: Machine) -> str:
    """A second run changes nothing, and says so."""
    start_s = time.monotonic()
    said = machine.run(f"{INSTALL} --screen", INSTALL_S)
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


def cut_at(machine: Machine, moment: Moment) -> None:
    """Begin an installation, and cut the power at a moment of it.

    Raises:
        RigError: it never came to that moment.
    """
    begin = len(machine.said)
    machine.begin(f"{INSTALL} &")
    machine.wait(rf"\n{moment.step} ".encode(), INSTALL_S, begin)
    if moment.libraries:  # the machine looks by itself: what is typed costs it more than a look
        look = f"until [ $({LIBRARIES}) -ge {moment.libraries} ]; do sleep 0.5; done"
        machine.run(look, INSTALL_S)
    machine.cut()


def install_completes(machine: Machine) -> str:
    """After power cuts at each step, a run goes on to the end, and nothing of it is torn."""
    said = machine.run(INSTALL, INSTALL_S)
    assert "Done" in said or "Nothing changed" in said, said
    whole = machine.run("/opt/gate/bin/python /mnt/host/guest/whole.py", 600).strip()
    wheels = int(machine.run("ls /mnt/host/stick/wheels/*.whl | grep -cv pygame"))
    counted = [int(word) for word in whole.split() if word.isdigit()]
    assert whole.endswith("libraries"), whole
    assert counted[-1] >= wheels, f"{whole}; {wheels} wheels"
    machine.run("/opt/gate/bin/gate --version", 300)
    machine.run("systemctl is-enabled gate-unit gate-uplink gate-enrol gate-status")
    machine.run(f"{INSTALL} | tail -n 1 | grep -q 'Nothing changed'", INSTALL_S)
    highs = sum(change.value for change in relay_changes(machine))
    assert highs == 0, f"the relay was set high {highs} times"
    cuts = ", ".join(map(str, MOMENTS))
    return f"{len(MOMENTS)} cuts ({cuts}); complete: {whole}"


def uninstall(machine: Machine) -> str:
    """The unit is taken away while it works; its record and its keys are kept."""
    wait_until_ready(machine)
    entries = int(machine.run(LAST))
    before = _chain(machine, entries)
    said = machine.run(f"{INSTALL} --uninstall", INSTALL_S)
    assert "Kept: /var/lib/gate" in said, said
    left = [path for path in machine.run(OURS).split() if not path.startswith(KEPT)]
    assert not left, f"left behind: {left}"
    assert _chain(machine, entries) == before, "the record changed"
    boot = machine.run("sha256sum < /boot/firmware/config.txt").split()[0]
    assert boot == sha256(AS_FLASHED.read_bytes()).hexdigest(), (
        "config.txt is not as it was flashed"
    )
    failed = machine.run("systemctl --failed --plain --no-legend").strip()
    assert not failed, failed
    return f"program, units, boot block gone; the record's {entries} entries as they were"


KEPT: Final = (
    "/var/lib/gate",
    "/etc/gate",
    "/etc/sysusers.d/gate.conf",
    "/etc/NetworkManager/system-connections/gate.nmconnection",
)
"""What `--uninstall` leaves, and `--wipe-record` takes."""


def wipe(machine: Machine) -> str:
    """Told so, it takes the record away as well, and the user."""
    said = machine.run(f"{INSTALL} --uninstall --wipe-record", INSTALL_S)
    assert "Kept:" not in said, said
    left = machine.run(OURS).split()
    assert not left, f"left behind: {left}"
    code, _ = machine.ask("id gate")
    assert code != 0, "the user is still there"
    again = machine.run(f"{INSTALL} --uninstall --wipe-record", INSTALL_S)
    assert "Nothing changed: there is no unit here." in again, again
    return "record, keys, configuration and user gone; a second time, nothing changed"


def _chain(machine: Machine, entries: int) -> str:
    """Return a digest of the hashes of the record's first entries."""
    return machine.run(f"{HASHES} | head -n {entries} | sha256sum").split()[0]
