"""The ladder of a camera that stands still."""

import pytest

from gate.unit.camera_watch import MAX_OPENINGS, OPEN_S, RESTART_S, STALL_S, CameraWatch, Rung
from gate.unit.picture_watch import Wrong

STEP_S = 0.25


def climbed(watch: CameraWatch, *, from_s: float, to_s: float, failed: bool) -> list[str]:
    """Look every quarter of a second; tell what was to be done, and when."""
    told, at_s = [], from_s
    while at_s <= to_s:
        rung = watch.look(at_s, failed=failed)
        if rung:
            told.append(f"{at_s:g} {rung}")
        at_s += STEP_S
    return told


def test_a_camera_that_stops_is_restarted_then_reopened_then_given_up() -> None:
    watch = CameraWatch(0.0)
    watch.frame(10.0)

    told = climbed(watch, from_s=10.0, to_s=30.0, failed=False)

    restart, reopen, give_up = STALL_S, STALL_S + RESTART_S, STALL_S + RESTART_S + OPEN_S
    assert told == [
        f"{10 + restart:g} restart",
        f"{10 + reopen:g} reopen",
        f"{10 + give_up:g} give_up",
    ]


def test_a_camera_that_fails_outright_shows_its_fault_on_every_rung() -> None:
    told = climbed(CameraWatch(0.0), from_s=0.0, to_s=7.0, failed=True)

    assert told == ["2 restart", "4 reopen", "6 give_up"]


def test_a_camera_that_is_not_there_is_opened_every_two_seconds_for_half_a_minute() -> None:
    watch, told = CameraWatch(0.0), []
    for second in range(60):
        rung = watch.look(float(second), failed=True, absent=True)
        if rung is not None:
            told.append((second, rung))
    assert told[:3] == [(2, Rung.RESTART), (4, Rung.REOPEN), (6, Rung.REOPEN)]
    given_up_s = next(second for second, rung in told if rung is Rung.GIVE_UP)
    assert given_up_s == 4 + 2 * MAX_OPENINGS


@pytest.mark.parametrize("wrong", [Wrong.FROZEN, Wrong.LATE])
def test_a_camera_whose_pictures_are_useless_is_restarted_at_once(wrong: Wrong) -> None:
    watch = CameraWatch(0.0)
    watch.frame(9.9)
    assert watch.look(10.0, failed=False, wrong=wrong) is Rung.RESTART
    assert watch.faulty
    assert watch.look(11.9, failed=False, wrong=wrong) is None
    assert watch.look(12.0, failed=False, wrong=wrong) is Rung.REOPEN
    assert watch.look(14.0, failed=False, wrong=wrong) is Rung.GIVE_UP


def test_a_camera_that_sees_nothing_but_white_is_faulty_and_never_given_up() -> None:
    watch = CameraWatch(0.0)
    rungs = [watch.look(float(second), failed=False, wrong=Wrong.WHITE) for second in range(600)]
    assert [rung for rung in rungs if rung] == [Rung.RESTART, Rung.REOPEN]
    assert watch.faulty
    watch.frame(600.0)
    assert not watch.faulty


def test_a_camera_may_take_its_time_to_open_but_is_faulty_meanwhile() -> None:
    watch = CameraWatch(0.0)

    assert climbed(watch, from_s=0.0, to_s=OPEN_S - STEP_S, failed=False) == []
    assert watch.faulty


@pytest.mark.parametrize(("quiet_s", "faulty"), [(STALL_S - 0.01, False), (STALL_S, True)])
def test_a_camera_is_faulty_from_its_first_stall(quiet_s: float, *, faulty: bool) -> None:
    watch = CameraWatch(0.0)
    watch.frame(5.0)
    watch.look(5.0 + quiet_s, failed=False)

    assert watch.faulty is faulty


def test_a_frame_ends_the_fault_and_the_ladder_begins_anew() -> None:
    watch = CameraWatch(0.0)
    climbed(watch, from_s=0.0, to_s=4.0, failed=True)
    watch.frame(5.0)

    assert not watch.faulty
    assert watch.look(5.0 + STALL_S, failed=False) is Rung.RESTART


def test_patience_begins_when_the_rung_was_done() -> None:
    watch = CameraWatch(0.0)
    watch.frame(0.0)
    watch.look(STALL_S, failed=False)
    watch.started(STALL_S + 4.0)

    assert watch.look(STALL_S + 4.0 + RESTART_S - 0.01, failed=False) is None
    assert watch.look(STALL_S + 4.0 + RESTART_S, failed=False) is Rung.REOPEN
