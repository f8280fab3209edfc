"""One walk of a contractor's in one machine: from the stick to the first worker at the hub.

What is typed is what the how-tos say: install from a stick, whom to believe, off and on. From then
on nobody types; a code is before the camera, and after it a worker's card.
"""

from typing import Final

from tests.rig.enrol_rows import gate_takes_over, joins_by_camera, set_up_waits, worker_reaches_hub
from tests.rig.hub import RigHub
from tests.rig.install_rows import INSTALL
from tests.rig.machine import Machine
from tests.rig.prepare import INSTALL_S
from tests.rig.rows import answered, uptime_s

WORKSHOP: Final = (
    "mkdir -p /srv/frames; cp /mnt/host/frames/*.jpg /srv/frames/",  # what its camera will see
    "cp -r /mnt/host/site/trust/. /var/lib/gate/trust/; chown -R gate:gate /var/lib/gate/trust",
)


def in_the_workshop(machine: Machine) -> str:
    """Install, run it again, lay out whom to believe, and switch off."""
    begun_s = uptime_s(machine)
    said = machine.run(INSTALL, INSTALL_S)
    installed_s = uptime_s(machine)
    assert "Done. Start it anew" in said, said
    again = machine.run(f"{INSTALL} | tail -n 1", INSTALL_S)
    assert "Nothing changed" in again, again
    for line in WORKSHOP:
        machine.run(line)
    machine.power_off()
    return f"installed in {installed_s - begun_s:.0f} s"


def at_the_gate(machine: Machine, hub: RigHub) -> str:
    """Power on; the code is held up, then a worker's card."""
    steps = [set_up_waits(machine), joins_by_camera(machine, hub), gate_takes_over(machine)]
    known = worker_reaches_hub(machine, hub)
    first_s = next(float(one["at_s"]) for one in answered(machine) if one["outcome"] == "admit")
    return "; ".join([*steps, f"first worker {first_s:.0f} s after power-on", known])
