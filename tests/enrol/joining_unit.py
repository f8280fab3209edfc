"""A machine that is to become a unit, with a network that can be told what goes wrong."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from gate.enrol.attempt import Told, join
from gate.enrol.staging import Staging, UnitPaths
from gate.enrol.steps import Means
from gate.errors import EnrolError, Setback
from gate.sim.devices import ManualClock
from gate.sim.issuer import NOW
from gate.sim.network import SimulatedNetwork
from gate.trust.enrolment import Alone
from tests.trust.set_up_codes import PLACE, text

RULES: Final = """\
version = 1
site = "kings-wharf"
time_zone = "UTC"
[[accept]]
scheme = "ecs-jib"
types = "any"
"""
ALONE: Final = text(hub=None, alone=Alone(place=PLACE, policy=RULES))


class Machine:
    """A blank machine; `told` is what it said."""

    def __init__(self, path: Path) -> None:
        (path / "etc").mkdir(exist_ok=True)
        (path / "var").mkdir(exist_ok=True)
        self.paths = UnitPaths(config=path / "etc" / "unit.toml", state=path / "var")
        self.network = SimulatedNetwork()
        self.clock = ManualClock(NOW + timedelta(days=1))
        self.told: list[Told] = []

    def means(self, wait: Callable[[float], object] | None = None) -> Means:
        return Means(
            staging=Staging(self.paths),
            network=self.network,
            clock=self.clock,
            wait=wait or self.clock.advance,
        )

    def joins(self, code: str = ALONE) -> None:
        join(code, self.means(), self.told.append)

    def setback(self, code: str) -> Setback:
        """Try to join; return why not."""
        with pytest.raises(EnrolError) as caught:
            self.joins(code)
        assert self.told[-1].setback is caught.value.setback
        return caught.value.setback

    def files(self) -> dict[str, bytes]:
        """Return everything that is there, but for what is kept for a code."""
        root = self.paths.state.parent
        found = (path for path in sorted(root.rglob("*")) if path.is_file())
        return {
            str(path.relative_to(root)): path.read_bytes()
            for path in found
            if "kept-" not in str(path)
        }
