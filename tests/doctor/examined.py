"""A unit to be looked at: one that a code made, with cameras and pins that are pretended."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

from gate.config import load_config
from gate.config_fields import Config
from gate.devices.ports import Luma
from gate.doctor.rounds import Site
from gate.enrol.attempt import join
from gate.sim.board import SimulatedBoard
from gate.sim.devices import SimDecoder
from gate.sim.scene import site_scene
from gate.store.journal import open_journal
from tests.enrol.joining_unit import ALONE, Machine

SYSTEMD: Final = {
    "RuntimeWatchdogUSec": "RuntimeWatchdogUSec=15s\n",
    "WatchdogUSec,NRestarts,ActiveState": "WatchdogUSec=10s\nNRestarts=0\nActiveState=active\n",
}

WIRING: Final = """\
[camera]
source = "dir:seen"
[outputs]
factory = "mock"
entry_relay = 17
exit_relay = 18
green = 27
[inputs]
exit_button = 5
"""


class Unit:
    """A unit that stands alone, and what its machine tells."""

    def __init__(self, path: Path, tables: str = WIRING) -> None:
        self.machine = Machine(path)
        wiring = path / "wiring.toml"
        wiring.write_text(tables.replace("seen", str(path / "seen")))
        join(ALONE, replace(self.machine.means(), wiring=wiring), lambda _told: None)
        self.clock = self.machine.clock
        self.board = SimulatedBoard(path / "root")
        self.board.throttle(0)
        self.board.set_rtc(int(self.clock.now().timestamp()), cell_uv=3_000_000)
        self.board.warm(48)
        self.board.err(0)
        self.seen = path / "seen"
        self.seen.mkdir()
        self.shows(place())
        journal = self.machine.paths.journal
        open_journal(journal, now=self.clock.now(), clock_trusted=True).close()

    @property
    def config(self) -> Config:
        return load_config(self.machine.paths.config)

    def shows(self, *pictures: Luma) -> None:
        for number, picture in enumerate(pictures):
            Image.fromarray(picture).save(self.seen / f"{number}.png")

    def site(self, told: dict[str, str] | None = None) -> Site:
        return Site(
            config=self.config,
            clock=self.clock,
            decoder=SimDecoder,
            wait=self.clock.advance,
            root=self.board.root,
            ask=asked(SYSTEMD if told is None else told),
        )


def asked(told: dict[str, str]) -> Callable[[Sequence[str]], str | None]:
    """Return a machine's command that knows some properties."""
    return lambda command: told.get(command[2].removeprefix("--property="))


def place() -> Luma:
    """Return what a camera sees of an empty gate."""
    return np.array(site_scene((640, 360), np.random.default_rng(5)).place, dtype=np.uint8)
