"""A unit with two lanes: each is told for itself."""

from gate.access.model import Direction
from gate.events.lane_state import LaneState, Shown
from gate.store.lane_state_file import write_lane_state
from tests.status.status_unit import UNIT_FILE, StatusUnit, text_of

TWO = """
[[access_point]]
name = "Gate A in"
direction = "in"
[access_point.camera]
source = "usb:/dev/video0"
[access_point.outputs]
factory = "mock"
entry_relay = 17

[[access_point]]
name = "Gate A out"
direction = "out"
[access_point.camera]
source = "usb:/dev/video1"
[access_point.outputs]
factory = "mock"
exit_relay = 18
"""


def test_each_lane_of_two_is_told_for_itself(unit: StatusUnit) -> None:
    head, _, rest = UNIT_FILE.format(port=8080).partition("[[access_point]]")
    tables = rest.partition("[screen]")[2]
    config = unit.path / "unit.toml"
    hub = config.read_text("utf-8").partition("\n[hub]")[2]
    config.write_text(f"{head}{TWO}\n[screen]{tables}\n[hub]{hub}", "utf-8")
    state = LaneState(at_s=0, lane="Gate A in", direction=Direction.IN, shown=Shown.LOCK_DOWN)
    write_lane_state(unit.path / "lane-in.json", state)
    unit.told()
    browser = unit.browser()
    browser.signs_in()

    told = text_of(browser.get())

    assert "Gate A in in ✗ Locked down: nobody is let in" in told
    assert "Gate A out out ✗ Not known The gate process has said nothing." in told
