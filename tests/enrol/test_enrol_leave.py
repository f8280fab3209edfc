"""A unit leaves its hub: nothing of it stays, and nothing goes that its hub lacks."""

from pathlib import Path

import pytest

from gate.enrol.attempt import recover
from gate.enrol.leave import leave
from gate.enrol.staging import Staging
from gate.errors import ConfigError, EnrolError, Setback
from gate.sim.network import SimulatedNetwork
from gate.store.cursor import Cursor, cursor_directory
from gate.store.journal import open_journal
from gate.trust.network import Network, Wired
from tests.enrol.joining_unit import Machine

WIRED = Network(link=Wired())


def test_a_unit_leaves_and_is_blank(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.joins()
    leave(Staging(machine.paths), machine.network)
    assert machine.files() == {}
    machine.joins()


def test_a_unit_whose_record_is_not_at_its_hub_does_not_leave(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.joins()
    clock = machine.clock
    open_journal(machine.paths.journal, now=clock.now(), clock_trusted=True).close()
    before = set(machine.files())

    with pytest.raises(EnrolError) as caught:
        leave(Staging(machine.paths), machine.network)
    assert caught.value.setback is Setback.UNFINISHED
    assert caught.value.detail == "1 of 1 entries"
    assert before <= set(machine.files())

    leave(Staging(machine.paths), machine.network, even_unsent=True)
    assert machine.files() == {}


@pytest.mark.parametrize("even_unsent", [False, True])
def test_a_unit_does_not_leave_while_its_gate_writes(tmp_path: Path, *, even_unsent: bool) -> None:
    machine = Machine(tmp_path)
    clock = machine.clock
    with (
        open_journal(machine.paths.journal, now=clock.now(), clock_trusted=True),
        pytest.raises(ConfigError, match=r"writing it; stop .*; next: sudo systemctl stop"),
    ):
        leave(Staging(machine.paths), machine.network, even_unsent=even_unsent)
    assert machine.paths.journal.exists()


def test_a_unit_does_not_leave_while_its_record_is_brought_to_the_hub(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    open_journal(machine.paths.journal, now=machine.clock.now(), clock_trusted=True).close()
    with (
        Cursor(cursor_directory(machine.paths.journal)),
        pytest.raises(ConfigError, match="stop gate-unit gate-uplink gate-status gate-screen"),
    ):
        leave(Staging(machine.paths), machine.network, even_unsent=True)


def test_whatever_lies_in_its_state_goes_and_the_network_of_its_code(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.joins()
    for name in (
        "commands.json",
        "checked.json",
        "doctor/camera-0.png",
        "journal.db.damaged-1-wal",
    ):
        path = machine.paths.state / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"of the site")
    machine.network.connect(WIRED, 0)

    leave(Staging(machine.paths), machine.network)

    assert list(machine.paths.state.iterdir()) == []
    assert machine.network.kept is None
    assert machine.network.tried is None


class CutError(Exception):
    """The power is gone."""


class Cutting(SimulatedNetwork):
    """A network that the power goes in the middle of."""

    def forget(self, *, even_kept: bool = False) -> None:
        """Be cut."""
        super().forget(even_kept=False)
        if even_kept:
            raise CutError


def test_a_leaving_that_was_cut_goes_on_before_any_code_is_tried(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.joins()
    with pytest.raises(CutError):
        leave(Staging(machine.paths), Cutting())
    rest = machine.paths.state / "journal.db"
    rest.write_bytes(b"what the cut left")

    machine.joins()

    assert not rest.exists()
    assert machine.paths.config.exists()


def test_a_leaving_that_had_changed_nothing_is_forgotten(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.joins()
    mark = machine.paths.state / "enrol" / "leaving"
    mark.touch()

    assert not recover(machine.means())

    assert not mark.exists()
    assert machine.paths.config.exists()
