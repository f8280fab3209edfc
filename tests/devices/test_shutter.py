"""In poor light the shutter stays as short as a hand is still, and the camera steers the gain."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import pytest

from gate.devices.ports import Shot
from gate.devices.shutter import CEILING_US, OWN, SETTLE_FRAMES, Shutter

LATER_FRAMES: Final = 3
"""What is asked of a sensor is seen so many frames later."""

NORMAL: Final = ((100, 1.0), (15_000, 1.0), (30_000, 2.0), (33_333, 4.0), (33_333, 16.0))
SHORT: Final = ((100, 1.0), (5_000, 2.0), (10_000, 4.0), (20_000, 6.0), (33_333, 16.0))
Profile = tuple[tuple[int, float], ...]


@dataclass(slots=True)
class AutoExposure:
    """A camera's own exposure, by a profile of shutter and gain as libcamera's tuning files have.

    First the shutter goes up to a stage's, then the gain up to its, then comes the next stage.
    """

    profile: Profile
    held_us: int = OWN

    def shot(self, needed_us: float) -> Shot:
        """Return how it takes a frame that needs so much exposure times gain."""
        (shutter_us, gain), *stages = self.profile
        exposed = float(self.held_us or shutter_us)
        for stage_us, stage_gain in stages:
            if exposed * gain >= needed_us:
                break
            if not self.held_us:
                exposed = min(float(stage_us), needed_us / gain)
            if exposed * gain < needed_us:
                gain = min(stage_gain, needed_us / exposed)
        return Shot(exposure_us=round(exposed), gain=gain)


def told(shutter: Shutter, camera: AutoExposure, needed_us: float, frames: int = 90) -> list[int]:
    """Let a camera and the shutter have so many frames; return what was held at each."""
    held: list[int] = []
    for _ in range(frames):
        camera.held_us = held[-LATER_FRAMES] if len(held) >= LATER_FRAMES else camera.held_us
        shutter.look(camera.shot(needed_us))
        held.append(shutter.held_us)
    return held


@pytest.mark.parametrize("profile", [NORMAL, SHORT], ids=["normal", "short"])
@pytest.mark.parametrize("needed_us", [200, 5_000, 10_000, 20_000, 60_000, 150_000, 400_000])
def test_no_card_is_exposed_for_longer_than_a_hand_is_still(
    profile: Profile, needed_us: int
) -> None:
    camera = AutoExposure(profile)
    told(Shutter(), camera, needed_us)
    assert camera.shot(needed_us).exposure_us <= 1.25 * CEILING_US


@pytest.mark.parametrize("profile", [NORMAL, SHORT], ids=["normal", "short"])
@pytest.mark.parametrize("needed_us", [*range(8_000, 60_000, 250), 80_000, 120_000])
def test_in_a_light_that_stays_the_shutter_changes_hands_once_at_most(
    profile: Profile, needed_us: int
) -> None:
    held = told(Shutter(), AutoExposure(profile), needed_us, frames=300)
    assert sum(one != other for one, other in pairwise(held)) <= 1


def test_the_shutter_is_given_back_when_the_light_comes_back() -> None:
    shutter, camera = Shutter(), AutoExposure(NORMAL)
    assert told(shutter, camera, 100_000)[-1] == CEILING_US
    assert camera.shot(100_000).gain == pytest.approx(10.0)
    assert told(shutter, camera, 1_000)[-1] == OWN
    assert camera.shot(1_000).exposure_us == 1_000


def test_what_was_asked_for_has_time_to_be_seen() -> None:
    shutter = Shutter()
    shutter.look(Shot(exposure_us=30_000, gain=1.0))
    for _ in range(SETTLE_FRAMES):
        shutter.look(Shot(exposure_us=30_000, gain=1.0))
        assert shutter.held_us == CEILING_US
    shutter.look(Shot(exposure_us=10_000, gain=1.0))
    assert shutter.held_us == OWN


def test_the_least_gain_is_the_sensors_own() -> None:
    shutter = Shutter(least_gain=1.12)
    for _ in range(SETTLE_FRAMES + 1):
        shutter.look(Shot(exposure_us=30_000, gain=1.12))
    shutter.look(Shot(exposure_us=10_000, gain=1.2))
    assert shutter.held_us == OWN
