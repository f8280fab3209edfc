"""A link that says for ever that nothing changed, before a whole unit: age still grows."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from gate.events.model import EventKind
from gate.sim.issuer import NOW, SimIssuer
from gate.sim.static_server import StaticTrouble
from tests.attack_table import attack
from tests.store.trust_files import manifest
from tests.unit.whole_unit import WholeUnit
from tests.uplink.pulling_unit import PullingUnit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.attack_table import Refusal

ECS = SimIssuer()
HOUR_S = 3600


@attack(
    "304 for ever",
    has="the way to the hub",
    says="amber: manifest, 24 h old, 71 h left; red: manifest, 96 h old; refer list_too_old: Gate"
    " needs an update: see the guard",
    stays="the manifest that was held, ever older: noted after 24 h, left to the guard after 96 h",
)
def test_a_manifest_that_is_said_not_to_have_changed_grows_old(
    refusal: Refusal, both: tuple[PullingUnit, WholeUnit]
) -> None:
    pulling, unit = both
    pulling.offer_manifest(manifest(2, NOW))  # somebody was blocked since
    for _ in range(97):
        pulling.server.troubles.extend([StaticTrouble.UNASKED_304] * 3)
        found = pulling.poll(HOUR_S)
        unit.turn(0)
        assert found.manifest == manifest(1)
        assert pulling.pull.refused == {}

    told = [line for line in unit.recorded(EventKind.FRESHNESS) if ": manifest" in line]
    refusal.heard("; ".join([*told, unit.present(ECS.text())]))


@pytest.fixture
def both(tmp_path: Path) -> Iterator[tuple[PullingUnit, WholeUnit]]:
    """Return a unit's two processes, over one directory."""
    with ExitStack() as opened:
        pulling = PullingUnit(tmp_path, opened)
        pulling.offer_manifest(manifest(1))
        pulling.offer_list(ECS)
        pulling.offer_presence(NOW)
        pulling.poll()
        unit = WholeUnit(tmp_path, pulling.trust)
        opened.callback(unit.stop)
        unit.start(pulling.clock)
        yield pulling, unit
