"""One portal's outputs on pretended pins: what the relays, lamps and sounder were driven to."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gpiozero
import pytest
from gpiozero.pins.mock import MockFactory, MockPWMPin

from gate.access.model import Direction
from gate.devices.clock import SystemClock
from gate.devices.outputs import GpioOutputs, OutputPins, open_outputs
from gate.devices.pins import output_in_one_call
from gate.devices.signals import Signal
from gate.errors import DeviceError

if TYPE_CHECKING:
    from tests.devices.conftest import Board

monotonic = SystemClock().monotonic
LAMPS = ("green", "red", "amber")


@pytest.fixture
def outputs(board: "Board") -> Iterator[GpioOutputs]:
    outputs = GpioOutputs(board.pins, board.bank, monotonic)
    yield outputs
    for name in ("entry_relay", "exit_relay", *LAMPS, "sounder"):
        board.pin(name).broken = False
    outputs.close()


@pytest.mark.parametrize(("active_high", "locked"), [(True, 0.0), (False, 1.0)])
def test_both_relays_are_only_ever_driven_to_locked_without_a_release(
    *, board: "Board", active_high: bool, locked: float
) -> None:
    pins = OutputPins(entry_relay=17, exit_relay=27, relay_active_high=active_high)
    outputs = GpioOutputs(pins, board.bank, monotonic)
    outputs.show(Signal.FAULT)
    outputs.close()
    assert set(board.pin("entry_relay").driven) == {locked}
    assert set(board.pin("exit_relay").driven) == {locked}


@pytest.mark.parametrize(
    ("direction", "moved", "still"),
    [
        (Direction.IN, "entry_relay", "exit_relay"),
        (Direction.OUT, "exit_relay", "entry_relay"),
    ],
)
def test_a_release_moves_one_relay_and_never_the_other(
    board: "Board", outputs: GpioOutputs, direction: Direction, moved: str, still: str
) -> None:
    outputs.release(direction, 0.01)
    assert 1.0 in board.pin(moved).driven
    assert board.pin(moved).comes_to(0.0)
    assert board.pin(still).driven == [0.0]


def test_a_release_out_of_bounds_moves_nothing(board: "Board", outputs: GpioOutputs) -> None:
    with pytest.raises(DeviceError, match="at most 10 s"):
        outputs.release(Direction.IN, 11)
    assert board.pin("entry_relay").driven == [0.0]


def test_locking_cuts_the_entry_and_leaves_the_exit(board: "Board", outputs: GpioOutputs) -> None:
    outputs.release(Direction.IN, 10)
    outputs.release(Direction.OUT, 10)
    outputs.lock()
    assert board.pin("entry_relay").driven[-1] == 0.0
    assert board.pin("exit_relay").driven[-1] == 1.0


def test_without_an_exit_relay_an_exit_release_in_bounds_succeeds(board: "Board") -> None:
    outputs = GpioOutputs(OutputPins(entry_relay=17), board.bank, monotonic)
    outputs.release(Direction.OUT, 5)
    with pytest.raises(DeviceError, match="at most 10 s"):
        outputs.release(Direction.OUT, 11)
    outputs.close()
    assert set(board.pin("entry_relay").driven) == {0.0}


def test_an_admission_is_green_and_high(board: "Board", outputs: GpioOutputs) -> None:
    outputs.show(Signal.ADMITTED)
    assert board.pin("sounder").comes_to(0.5)
    assert board.pin("sounder").frequency == 2_400
    assert [board.pin(lamp).driven[-1] for lamp in LAMPS] == [1.0, 0.0, 0.0]
    assert board.pin("sounder").comes_to(0.0)


@pytest.mark.parametrize(
    ("signal", "by_night"),
    [
        (Signal.ADMITTED, 0.25),
        (Signal.NOTED, 0.25),
        (Signal.UNREADABLE, 0.25),
        (Signal.REFUSED, 0.5),
        (Signal.REFERRED, 0.5),
    ],
)
def test_the_night_is_quieter_but_for_whom_is_not_let_in(
    board: "Board", outputs: GpioOutputs, signal: Signal, by_night: float
) -> None:
    outputs.quieten(is_night=True)
    outputs.show(signal)
    assert board.pin("sounder").comes_to(by_night)
    outputs.quieten(is_night=False)
    outputs.show(Signal.SEEN)
    assert board.pin("sounder").comes_to(0.5)


@pytest.mark.parametrize("percent", [19, 101])
def test_a_sounder_that_could_not_be_heard_or_made_is_refused(percent: int) -> None:
    with pytest.raises(DeviceError, match=f"night_percent: {percent}; allowed: 20 to 100"):
        OutputPins(entry_relay=17, night_percent=percent)


@pytest.mark.parametrize("broken", [*LAMPS, "sounder"])
def test_a_broken_lamp_or_sounder_stops_entries_and_never_an_exit(
    board: "Board", outputs: GpioOutputs, broken: str
) -> None:
    board.pin(broken).broken = True
    outputs.show(Signal.SEEN)
    # Off at the start, the tick, dark again: by then the tick's failure is known.
    assert board.pin("red" if broken == "green" else "green").is_driven(3)
    with pytest.raises(DeviceError, match=broken):
        outputs.release(Direction.IN, 5)
    outputs.release(Direction.OUT, 5)
    assert board.pin("entry_relay").driven == [0.0]
    assert board.pin("exit_relay").driven[-1] == 1.0


def test_an_entry_that_did_not_lock_stops_entries_and_signals_and_never_an_exit(
    board: "Board", outputs: GpioOutputs
) -> None:
    outputs.release(Direction.IN, 10)
    board.pin("entry_relay").broken = True
    with pytest.raises(DeviceError, match=r"entry relay \(GPIO17\): the wire is cut"):
        outputs.lock()
    with pytest.raises(DeviceError, match="entry stays locked"):
        outputs.release(Direction.IN, 5)
    with pytest.raises(DeviceError, match="entry relay"):
        outputs.show(Signal.FAULT)
    outputs.release(Direction.OUT, 5)
    assert board.pin("amber").comes_to(1.0)
    assert board.pin("exit_relay").driven[-1] == 1.0


def test_closing_locks_and_darkens_and_nothing_moves_after_it(
    board: "Board", outputs: GpioOutputs
) -> None:
    outputs.release(Direction.IN, 10)
    outputs.show(Signal.REFUSED)
    outputs.close()
    outputs.close()
    for forbidden in (Direction.IN, Direction.OUT):
        with pytest.raises(DeviceError, match="closed"):
            outputs.release(forbidden, 5)
    names = ("entry_relay", "exit_relay", *LAMPS, "sounder")
    assert [board.pin(name).driven[-1] for name in names] == [0.0] * 6
    assert [board.pin(name).function for name in names] == ["input"] * 6


def test_closing_with_a_broken_lamp_says_so_and_locks_all_the_same(
    board: "Board", outputs: GpioOutputs
) -> None:
    outputs.release(Direction.IN, 10)
    board.pin("red").broken = True
    with pytest.raises(DeviceError, match="red lamp"):
        outputs.close()
    assert board.pin("entry_relay").driven[-1] == 0.0
    assert board.pin("entry_relay").function == "input"


def test_two_units_live_side_by_side_without_a_default_pin_factory(
    board: "Board", outputs: GpioOutputs, other_board: "Board"
) -> None:
    other = GpioOutputs(other_board.pins, other_board.bank, monotonic)
    other.release(Direction.IN, 10)
    assert board.pin("entry_relay").driven == [0.0]
    assert gpiozero.Device.pin_factory is None
    other.close()
    outputs.release(Direction.IN, 0.01)


@pytest.mark.parametrize(
    ("entry_relay", "green", "fault"),
    [
        (17, 17, "green: GPIO17 is already entry_relay"),
        (1, None, "entry_relay: GPIO1; allowed: 2 to 27"),
        (17, 28, "green: GPIO28; allowed: 2 to 27"),
    ],
)
def test_pins_that_cannot_be_are_refused(entry_relay: int, green: int | None, fault: str) -> None:
    with pytest.raises(DeviceError, match=fault):
        OutputPins(entry_relay=entry_relay, green=green)


def test_a_pin_that_is_in_use_is_named_and_the_rest_is_let_go(board: "Board") -> None:
    taken = board.bank.line("barrier", 22)
    with pytest.raises(DeviceError, match=r"green lamp \(GPIO22\)"):
        GpioOutputs(board.pins, board.bank, monotonic)
    assert board.pin("entry_relay").function == "input"
    taken.close()


def test_an_unknown_pin_factory_is_refused_with_the_allowed_ones() -> None:
    with pytest.raises(DeviceError, match="'pigpio': allowed are lgpio, mock"):
        open_outputs(OutputPins(entry_relay=17), "pigpio", monotonic)


def test_a_pretended_relay_is_told_in_the_log_at_each_release_and_a_lamp_is_not(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO", "gate.devices")
    outputs = open_outputs(OutputPins(entry_relay=17, exit_relay=18, green=22), "mock", monotonic)
    outputs.show(Signal.ADMITTED)
    for direction in (Direction.IN, Direction.IN, Direction.OUT):
        outputs.release(direction, 5)
    outputs.lock()
    outputs.close()
    told = [(record.message, record.part) for record in caplog.records]  # type: ignore[attr-defined]  # an extra field
    parts = ("entry relay (GPIO17)", "entry relay (GPIO17)", "exit relay (GPIO18)")
    assert told == [("pretended relay on", part) for part in parts]


def test_pins_that_are_driven_are_not_told_in_the_log(
    outputs: GpioOutputs, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "gate.devices")
    outputs.release(Direction.IN, 5)
    assert not caplog.records


def test_the_mock_factory_opens_anywhere() -> None:
    outputs = open_outputs(OutputPins(entry_relay=17, sounder=18), "mock", monotonic)
    outputs.release(Direction.IN, 5)
    outputs.show(Signal.ADMITTED)
    outputs.close()


def test_off_a_pi_lgpio_says_what_to_set_for_a_bench_test() -> None:
    if Path("/proc/device-tree/system/linux,revision").exists():
        pytest.skip("no device: needs a machine that is not a Raspberry Pi")
    with pytest.raises(DeviceError, match='set the pin factory to "mock"'):
        open_outputs(OutputPins(entry_relay=17), "lgpio", monotonic)


class PinThatStartsLow(MockPWMPin):  # type: ignore[misc]  # gpiozero has no types
    """Like gpiozero's lgpio pin: claiming it as an output drives it low."""

    def __init__(self, factory: object, info: object) -> None:
        self.levels: list[int] = []
        super().__init__(factory, info)

    def _set_function(self, value: str) -> None:
        super()._set_function(value)
        if value == "output":
            self.levels.append(0)

    def _set_state(self, value: float) -> None:
        super()._set_state(value)
        self.levels.append(int(value))


@pytest.mark.parametrize(
    ("one_call", "levels"), [(True, [1]), (False, [0, 1])], ids=["ours", "as gpiozero has it"]
)
def test_a_relay_that_is_active_low_is_not_released_while_its_pin_is_set_up(
    *, one_call: bool, levels: list[int]
) -> None:
    factory: Any = MockFactory(revision="a02082", pin_class=PinThatStartsLow)
    factory._handle = 7  # noqa: SLF001 - where gpiozero's lgpio factory keeps lgpio's handle

    def claim_output(handle: int, gpio: int, level: int) -> None:
        assert (handle, gpio) == (7, 17)
        factory.pin(17)._function = "output"  # noqa: SLF001 - what the kernel would do
        factory.pin(17).levels.append(level)

    if one_call:
        factory.pin_class = output_in_one_call(PinThatStartsLow, claim_output)
    device = gpiozero.OutputDevice(17, active_high=False, initial_value=False, pin_factory=factory)
    assert factory.pin(17).levels == levels
    device.close()
