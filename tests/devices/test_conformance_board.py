"""What a board tells: one suite over this machine's own files and over the fake's."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gate.devices.board import UNDER_VOLTAGE_SINCE_START, Board
from gate.devices.clock import SystemClock
from gate.sim.board import FIRMWARE, SimulatedBoard


@pytest.fixture(params=["this machine", "a Pi", "a bare board"])
def board(request: pytest.FixtureRequest, tmp_path: Path) -> Board:
    if request.param == "this machine":
        return Board()
    told = SimulatedBoard(tmp_path)
    if request.param == "a Pi":
        told.throttle(UNDER_VOLTAGE_SINCE_START)
        told.alarm(is_low=False)
        told.set_rtc(int(SystemClock().now().timestamp()), cell_uv=3_012_000)
        told.warm(48)
        told.err(0)
        told.connect()
    return Board(tmp_path)


def test_it_tells_what_can_be_or_nothing(board: Board) -> None:
    flags, rtc, errors = board.throttled(), board.rtc(), board.disk_errors()
    assert flags is None or 0 <= flags < 1 << 32
    assert board.low_voltage() in {None, True, False}
    assert errors is None or errors >= 0
    assert board.has_way_out() in {None, True, False}
    assert "lo" not in board.links_up()
    if rtc is not None:
        assert abs(rtc.at - SystemClock().now()) < timedelta(days=365 * 80)
        assert rtc.cell_mv is None or 0 <= rtc.cell_mv < 6000


def test_a_pi_tells_its_supply_its_clock_its_disk_and_its_links(tmp_path: Path) -> None:
    told, board = SimulatedBoard(tmp_path), Board(tmp_path)
    told.throttle(0x50005)
    told.alarm(is_low=True)
    told.set_rtc(1_800_000_000, cell_uv=2_950_400)
    told.err(3)
    told.connect(way_out=False)
    assert board.throttled() == 0x50005
    assert board.low_voltage() is True
    rtc = board.rtc()
    assert rtc is not None
    assert (rtc.at, rtc.cell_mv) == (datetime.fromtimestamp(1_800_000_000, UTC), 2950)
    assert board.disk_errors() == 3
    assert board.links_up() == ("eth0",)
    assert board.has_way_out() is False


@pytest.mark.parametrize("text", ["", "x", "-", "9" * 40])
def test_what_is_no_number_tells_nothing(tmp_path: Path, text: str) -> None:
    told, board = SimulatedBoard(tmp_path), Board(tmp_path)
    told.tell("sys/class/rtc/rtc0/since_epoch", text)
    told.tell(FIRMWARE, text.replace("9", "z"))
    told.tell("sys/fs/ext4/sda/errors_count", text.replace("9", "z"))
    assert (board.rtc(), board.throttled(), board.disk_errors()) == (None, None, None)
