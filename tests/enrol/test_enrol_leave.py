"""A unit leaves its hub: nothing of it stays, and nothing goes that its hub lacks."""

from pathlib import Path

import pytest

from gate.enrol.leave import leave
from gate.errors import EnrolError, Setback
from gate.store.journal import open_journal
from tests.enrol.joining_unit import Machine


def test_a_unit_leaves_and_is_blank(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.joins()
    leave(machine.paths)
    assert machine.files() == {}
    machine.joins()


def test_a_unit_whose_record_is_not_at_its_hub_does_not_leave(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.joins()
    clock = machine.clock
    open_journal(machine.paths.journal, now=clock.now(), clock_trusted=True).close()
    before = set(machine.files())

    with pytest.raises(EnrolError) as caught:
        leave(machine.paths)
    assert caught.value.setback is Setback.UNFINISHED
    assert caught.value.detail == "1 of 1 entries"
    assert before <= set(machine.files())

    leave(machine.paths, even_unsent=True)
    assert machine.files() == {}


def test_a_unit_does_not_leave_while_its_gate_writes(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    clock = machine.clock
    with (
        open_journal(machine.paths.journal, now=clock.now(), clock_trusted=True),
        pytest.raises(EnrolError, match="another gate process is writing it"),
    ):
        leave(machine.paths)
