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
        said = machine.run("systemctl show -p NRestarts -p MemoryPeak gate-screen")
        facts = {
            name: int(value) for name, value in re.findall(r"^(\w+)=(\d+)", said, re.MULTILINE)
        }
        assert facts["NRestarts"] == 0, f"gate-screen was started anew {facts['NRestarts']} times"
        peak_mb = facts["MemoryPeak"] // 1_000_000
        return f"{share:.1%} of {size} pixels as drawn of '{state.shown}', {peak_mb} MB at most"

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


def _drawn(state: LaneState | None, size: tuple[int, int]) -> pygame.Surface:
    surface = pygame.Surface(size)
    now_s = 0.0 if state is None else state.at_s
    draw(surface, scene_of(state, now_s, speaker(language_of(state))))
    return surface


def _alike(one: pygame.Surface, other: pygame.Surface) -> float:
    seen, drawn = pygame.surfarray.array3d(one), pygame.surfarray.array3d(other)
    return float(np.mean(np.all(seen == drawn, axis=2)))
