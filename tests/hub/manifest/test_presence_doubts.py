"""What a hub can't know of who is inside, as it tells a unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gate.events.model import EventKind
from tests.hub.manifest.passing import AT, MINUTE, beats, last, notes, passes, send, told

if TYPE_CHECKING:
    from gate.hub.sites.models import Site
    from gate.signing.keys import SigningKey
    from tests.hub.ingest.conftest import Sender, SimulatedUnit

pytestmark = pytest.mark.django_db


def test_an_annulled_grant_undoes_no_passage_elsewhere_after_it(
    sender: Sender, gates: tuple[SimulatedUnit, SimulatedUnit], site: Site, signing_key: SigningKey
) -> None:
    a, b = gates
    passes(a, "Sam", "in", AT)
    passes(b, "Sam", "in", AT + MINUTE)
    notes(a, EventKind.NOT_TURNED, "in", AT + 2 * MINUTE, who="Sam", detail="grant 1")
    send(sender, a, b)
    assert last(told(site, signing_key, AT + 3 * MINUTE)) == {"Sam": ("in", "Gate B in")}


def test_a_grant_cut_off_by_a_power_cut_is_told_as_not_known(
    sender: Sender, gates: tuple[SimulatedUnit, SimulatedUnit], site: Site, signing_key: SigningKey
) -> None:
    passes(gates[0], "Sam", "in", AT)
    notes(gates[0], EventKind.TURN_UNKNOWN, "in", AT + MINUTE, who="Sam", detail="grant 1")
    send(sender, gates[0])
    (row,) = told(site, signing_key, AT + 2 * MINUTE).rows
    assert (row.direction, row.how, row.at) == ("in", "not_known", AT)


def test_fires_and_people_whom_nobody_knows_are_told_of_each_gate(
    sender: Sender, gates: tuple[SimulatedUnit, SimulatedUnit], site: Site, signing_key: SigningKey
) -> None:
    a, b = gates
    turns = EventKind.TURNS_UNIDENTIFIED
    notes(a, turns, "in", AT - 60 * 25 * MINUTE, count=9)
    notes(a, turns, "out", AT, count=2)
    notes(a, EventKind.FORCED, "in", AT)
    notes(a, EventKind.EXITS_UNRECORDED, "", AT, count=4)
    for kind in (EventKind.FIRE_TEST, EventKind.ALL_CLEAR):
        notes(a, kind, "", AT + MINUTE)
    notes(b, turns, "in", AT)
    notes(b, EventKind.FIRE_ALARM, "", AT + MINUTE)
    notes(b, turns, "out", AT + 2 * MINUTE, count=30)
    send(sender, a, b)
    beats(a, AT)
    beats(b, AT)
    first = {gate.name: gate[4:] for gate in told(site, signing_key, AT + 3 * MINUTE).gates}
    assert first == {
        "Gate A": (1, 6, None, None),
        "Gate B": (1, 30, AT + MINUTE, None),
    }
    notes(b, EventKind.ALL_CLEAR, "", AT + 9 * MINUTE)
    notes(b, turns, "in", AT + 10 * MINUTE)
    send(sender, b)
    then = {gate.name: gate[4:] for gate in told(site, signing_key, AT + 20 * MINUTE).gates}
    assert then["Gate B"] == (1, 0, AT + MINUTE, AT + 9 * MINUTE)
