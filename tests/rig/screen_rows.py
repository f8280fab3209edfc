"""A unit's screen, looked at from outside the machine: is it what the gate process told?

The graphics device is QEMU's, driven by the kernel's mode setting and Mesa's software rasteriser,
under the very SDL of a unit. What is seen is held against what the same state draws on the host.
"""

import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pygame

from gate.events.lane_state import LaneState, decode_lane_state
from gate.screen.catalogues import speaker
from gate.screen.drawing import draw
from gate.screen.scene import language_of, scene_of
from tests.rig.kept import look
from tests.rig.machine import Machine, RigError
from tests.rig.rows import READY_S, wait_until_ready

DEVICE: Final = ("-device", "virtio-gpu-pci,xres=800,yres=480")
"""As Raspberry Pi's own 7-inch screen."""

ALIKE: Final = 0.999
"""Of the pixels; what differs may be a pointer."""

DRAWN_S: Final = 600.0

AGAIN_S: Final = 8
"""After which systemd would have begun it anew: RestartSec and more."""

ROOM: Final = 0.8
"""Of its limit: at it the kernel drops what was read of files, to read it again."""


def none_asked_for(machine: Machine) -> str:
    """A unit's file without [screen]: the screen says so once, and systemd leaves it."""
    wait_until_ready(machine)
    ended = "systemctl show -p ExecMainExitTimestampMonotonic --value gate-screen"
    machine.run(f'while [ "$({ended})" = 0 ]; do sleep 2; done; sleep {AGAIN_S}')
    facts = _facts(machine, "NRestarts", "ExecMainStatus")
    state = machine.run("systemctl is-active gate-screen || true").strip()
    said = machine.run("journalctl -b -u gate-screen -o cat --no-pager | grep -c 'is left out'")
    assert (facts["ExecMainStatus"], facts["NRestarts"], state) == (3, 0, "inactive"), facts
    assert int(said) == 1, f"said {said} times"
    return "said once, exit code 3, not started anew"


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """Where QEMU takes orders, and where the picture is put."""

    eye: Path
    picture: Path

    def shows_what_the_gate_tells(self, machine: Machine) -> str:
        """Nobody stands there; the screen says what to do, pixel by pixel as it is drawn."""
        machine.run("rm -f /srv/frames/00[0-4].jpg /srv/frames/01*.jpg /srv/frames/02*.jpg")
        machine.run("rm -f /srv/frames/03*.jpg; printf '\\n[screen]\\n' >> /etc/gate/unit.toml")
        machine.run("systemctl restart gate-unit", READY_S)
        wait_until_ready(machine)
        machine.run("systemctl restart gate-screen")
        text = machine.run("sleep 3; cat /run/gate/lane.json")
        state = decode_lane_state(text.strip().encode("ascii"))
        share, size = self._compare(machine, state)
        facts = _facts(machine, "NRestarts", "MemoryPeak", "MemoryMax")
        assert facts["NRestarts"] == 0, f"gate-screen was started anew {facts['NRestarts']} times"
        peak_mb, most_mb = (facts[name] // 1_000_000 for name in ("MemoryPeak", "MemoryMax"))
        assert peak_mb <= ROOM * most_mb, f"{peak_mb} MB at most, {most_mb} MB allowed"
        drawn = f"{share:.1%} of {size} pixels as drawn of '{state.shown}'"
        return f"{drawn}, {peak_mb} MB at most of {most_mb} MB"

    def tells_of_no_gate(self, machine: Machine) -> str:
        """A gate that does not run is shown as such, never as it was."""
        machine.run("systemctl stop gate-unit")
        share, _ = self._compare(machine, None)
        return f"{share:.1%} of the pixels as drawn of a gate that is not running"

    def _compare(self, machine: Machine, state: LaneState | None) -> tuple[float, str]:
        """Wait until the screen shows a state; return the share of pixels that are alike."""
        until_s = time.monotonic() + DRAWN_S
        share = 0.0
        while time.monotonic() < until_s:
            machine.run("sleep 3")
            look(self.eye, self.picture)
            seen = pygame.image.load(str(self.picture))
            size = seen.get_size()
            share = _alike(seen, _drawn(state, size))
            if share >= ALIKE:
                return share, f"{size[0]} x {size[1]}"
        log = machine.run("journalctl -u gate-screen -o cat --no-pager | tail -n 20")
        raise RigError(f"{share:.1%} alike; see {self.picture}\n{log}")


def _facts(machine: Machine, *names: str) -> dict[str, int]:
    asked = " ".join(f"-p {name}" for name in names)
    said = machine.run(f"systemctl show {asked} gate-screen")
    return {name: int(value) for name, value in re.findall(r"^(\w+)=(\d+)", said, re.MULTILINE)}


def _drawn(state: LaneState | None, size: tuple[int, int]) -> pygame.Surface:
    surface = pygame.Surface(size)
    now_s = 0.0 if state is None else state.at_s
    draw(surface, scene_of(state, now_s, speaker(language_of(state))))
    return surface


def _alike(one: pygame.Surface, other: pygame.Surface) -> float:
    seen, drawn = pygame.surfarray.array3d(one), pygame.surfarray.array3d(other)
    return float(np.mean(np.all(seen == drawn, axis=2)))
