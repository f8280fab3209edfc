"""The simulator's camera: what is held up, in a look, before a scene, as a frame of real pixels.

Real decoders read these frames; nothing here knows what they should find. All chance comes from
the generator that is passed in: the same seed gives the same pixels.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gate.devices.ports import Luma
from gate.sim import optics
from gate.sim.layers import Picture
from gate.sim.look import MAX_TILT_DEG, Look
from gate.sim.scene import Scene

# How far a steady arm strays (place in frames), and how much of it is left a 15th of a second on.
_TREMOR_PLACE: Final = 0.002
_TREMOR_TILT_DEG: Final = 1.1
_TREMOR_ROLL_DEG: Final = 0.6
_TREMOR_SIZE: Final = 0.008
_TREMOR_KEPT: Final = 0.85


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How long each part of a presentation takes, and how the camera takes it."""

    approach_s: float = 0.5
    hold_s: float = 1.0
    leave_s: float = 0.4
    empty_s: float = 0.3
    frame_rate_hz: float = 15.0
    exposure_s: float = 0.006


def render(
    picture: Picture | None,
    look: Look,
    scene: Scene,
    *,
    rng: np.random.Generator,
    person_shift: float = 0.0,
) -> Luma:
    """Return one frame, (height, width) of the scene; without a picture the empty place."""
    if picture is None:
        return optics.expose(scene.place, look, rng)
    canvas = scene.with_person(person_shift)
    matrix = optics.plane_to_pixels(look, picture.module_mm, canvas.size)
    laid = [optics.lay(canvas, layer, matrix, look.glare) for layer in picture.layers]
    boxes = [box for box in laid if box is not None]
    if boxes:
        optics.blur(canvas, optics.union(boxes), look)
    return optics.expose(canvas, look, rng)


def presentation(
    picture: Picture,
    look: Look,
    scene: Scene,
    *,
    rng: np.random.Generator,
    timing: Timing | None = None,
) -> Iterator[Luma]:
    """Yield what the camera sees of one person: up comes the card, is held, goes; then nobody.

    The hand trembles about `look`, and blurs the frame by its own speed.
    """
    times = timing or Timing()
    size = scene.place.size
    before: Look | None = None
    for pose, shift in _poses(look, times, rng):
        moved = pose if before is None else _smeared_by_motion(pose, before, size, times)
        yield render(picture, moved, scene, rng=rng, person_shift=shift)
        before = pose
    for _ in range(round(times.empty_s * times.frame_rate_hz)):
        yield render(None, look, scene, rng=rng)


def _poses(look: Look, times: Timing, rng: np.random.Generator) -> Iterator[tuple[Look, float]]:
    """Yield the hand's way, and where the person stands in frame widths from the place."""
    rate_hz = times.frame_rate_hz
    coming, held, going = (
        round(seconds * rate_hz) for seconds in (times.approach_s, times.hold_s, times.leave_s)
    )
    side = 1.0 if rng.random() < 0.5 else -1.0
    away = [1 - (frame + 1) / (coming + 1) for frame in range(coming)]
    away += [0.0] * held
    away += [(frame + 1) / (going + 1) for frame in range(going)]
    kept = _TREMOR_KEPT ** (15.0 / rate_hz)
    tremor = rng.standard_normal(6)
    for frame, share in enumerate(away):
        tremor = kept * tremor + math.sqrt(1 - kept**2) * rng.standard_normal(6)
        eased = share * share * (3 - 2 * share)
        person_side = side if frame < coming else -side
        yield _pose(look, tremor, eased), person_side * max(eased - 0.35, 0.0) * 1.2


def _pose(look: Look, tremor: NDArray[np.float64], away: float) -> Look:
    """Return the look with the hand's tremor; `away` 1 is below the frame, small and lying back."""
    x, y, tilt_x, tilt_y, roll, size = (float(value) for value in tremor)
    return replace(
        look,
        px_per_module=look.px_per_module * (1 + _TREMOR_SIZE * size) * (1 - 0.3 * away),
        tilt_x_deg=_bounded(look.tilt_x_deg + _TREMOR_TILT_DEG * tilt_x + 24 * away),
        tilt_y_deg=_bounded(look.tilt_y_deg + _TREMOR_TILT_DEG * tilt_y),
        roll_deg=look.roll_deg + _TREMOR_ROLL_DEG * roll - 18 * away,
        x=look.x + _TREMOR_PLACE * x - 0.12 * away,
        y=look.y + _TREMOR_PLACE * y + 0.9 * away,
    )


def _bounded(tilt_deg: float) -> float:
    return min(max(tilt_deg, -MAX_TILT_DEG), MAX_TILT_DEG)


def _smeared_by_motion(pose: Look, before: Look, size: tuple[int, int], times: Timing) -> Look:
    """Return the pose with the blur of having moved there, beside what the look has of its own."""
    own = math.radians(pose.motion_deg)
    share = times.exposure_s * times.frame_rate_hz
    across = (pose.x - before.x) * size[0] * share
    down = (pose.y - before.y) * size[1] * share
    # A look's own smear points both ways: add it the way the hand goes.
    sign = 1.0 if across * math.cos(own) + down * math.sin(own) >= 0 else -1.0
    across += sign * pose.motion_px * math.cos(own)
    down += sign * pose.motion_px * math.sin(own)
    return replace(
        pose,
        motion_px=math.hypot(across, down),
        motion_deg=math.degrees(math.atan2(down, across)),
    )
