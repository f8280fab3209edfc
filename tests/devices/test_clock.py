"""The machine's clock, and when it is believed."""

from datetime import timedelta
from pathlib import Path

import pytest

from gate.devices.clock import SystemClock, kernel_clock_state
from gate.errors import DeviceError


@pytest.mark.parametrize(
    ("kernel_state", "marked", "trusted"),
    [
        pytest.param(0, False, True, id="a time source steers it"),
        pytest.param(1, False, True, id="steered, a leap second is announced"),
        pytest.param(5, False, False, id="nobody steers it and nobody set it"),
        pytest.param(5, True, True, id="set since boot, the time source is out of reach"),
        pytest.param(-1, False, False, id="the kernel does not say"),
        pytest.param(6, False, False, id="the kernel says something unknown"),
    ],
)
def test_a_clock_is_trusted_if_something_has_set_it(
    *, tmp_path: Path, kernel_state: int, marked: bool, trusted: bool
) -> None:
    marker = tmp_path / "synchronized"
    if marked:
        marker.touch()
    clock = SystemClock(kernel_state=lambda: kernel_state, marker=marker)
    assert clock.is_trusted() is trusted


def test_a_marker_that_cannot_be_looked_at_is_no_reason_to_trust(tmp_path: Path) -> None:
    marker = tmp_path / ("x" * 300)
    assert not SystemClock(kernel_state=lambda: 5, marker=marker).is_trusted()


def test_the_kernel_answers() -> None:
    assert kernel_clock_state() in range(-1, 6)


def test_now_is_utc() -> None:
    assert SystemClock().now().utcoffset() == timedelta(0)


def test_a_boot_that_the_kernel_does_not_name_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DeviceError, match="no-such-file"):
        SystemClock(boot_id=tmp_path / "no-such-file").boot_id()
