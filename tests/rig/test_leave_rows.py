"""What the rig types when a unit leaves is what the how-to says."""

from tests.rig.leave_rows import commands


def test_the_page_tells_how_to_wipe_a_machine_in_four_commands() -> None:
    stop, bring, leave, begin = commands()
    assert "stop gate-unit" in stop
    assert " sync " in bring
    assert leave.endswith("enrol --leave")
    assert begin.endswith("start gate-enrol")
