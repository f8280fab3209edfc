"""The rules every `Camera` obeys; a new one adds its row to `CAMERAS`."""

from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from itertools import islice, pairwise
from pathlib import Path
from typing import Final, cast

import av
import numpy as np
import pytest
from PIL import Image

from gate.devices.area import Area
from gate.devices.camera import CameraKind, CameraSpec, open_camera
from gate.devices.ports import Camera, Frame
from gate.sim.devices import ManualClock, SimCamera
from gate.sim.live_camera import LiveCamera


def simulated(_folder: Path) -> Camera:
    pictures = [np.full((48, 64), shade, dtype=np.uint8) for shade in (0, 80, 160, 240)]
    return SimCamera(pictures, ManualClock(datetime(2026, 1, 5, 7, tzinfo=UTC)))


def live(_folder: Path) -> Camera:
    clock = ManualClock(datetime(2026, 1, 5, 7, tzinfo=UTC))
    noise = np.random.default_rng(1)
    return LiveCamera(
        lambda _: noise.integers(0, 255, (48, 64), dtype=np.uint8),
        lambda _: None,
        clock,
        wait=clock.advance,
    )


def directory(folder: Path) -> Camera:
    for name in ("a.png", "b.png"):
        Image.new("L", (64, 48), 90).save(folder / name)
    return open_camera(CameraSpec(kind=CameraKind.DIRECTORY, target=str(folder)))


def video_file(folder: Path) -> Camera:
    path = folder / "film.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for shade in (0, 80, 160, 240):
            pixels = np.full((48, 64, 3), shade, dtype=np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(stream.encode())
    return open_camera(CameraSpec(kind=CameraKind.FILE, target=str(path)))


def part(folder: Path) -> Camera:
    directory(folder)
    spec = CameraSpec(kind=CameraKind.DIRECTORY, target=str(folder))
    return open_camera(spec, area=Area(left=20, top=0, right=80, bottom=50))


CAMERAS: Final[Mapping[str, Callable[[Path], Camera]]] = {
    "simulated": simulated,
    "simulated, live": live,
    "directory": directory,
    "video file": video_file,
    "a part of a directory's pictures": part,
}
"""Makers of a camera with at least three frames; each is given an empty directory to use."""


@pytest.fixture(params=CAMERAS)
def camera(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[Camera]:
    camera = CAMERAS[request.param](tmp_path)
    yield camera
    camera.close()


def some(camera: Camera, count: int) -> list[Frame]:
    """Take `count` frames and stop the stream."""
    with closing(cast("Generator[Frame]", camera.frames())) as stream:
        return list(islice(stream, count))


def test_a_frame_is_a_plane_of_brightness(camera: Camera) -> None:
    (frame,) = some(camera, 1)
    assert frame.luma.ndim == 2
    assert frame.luma.dtype == np.uint8


def test_the_frames_time_never_goes_back(camera: Camera) -> None:
    times_s = [frame.at_s for frame in some(camera, 3)]
    assert len(times_s) == 3
    assert all(earlier <= later for earlier, later in pairwise(times_s))


def test_a_stopped_stream_can_be_started_again(camera: Camera) -> None:
    (before,) = some(camera, 1)
    (after,) = some(camera, 1)
    assert after.at_s >= before.at_s


def test_it_says_whether_frames_may_be_dropped(camera: Camera) -> None:
    assert camera.live in {True, False}


def test_it_can_be_closed_twice_in_the_middle_of_a_stream(camera: Camera) -> None:
    stream = camera.frames()
    next(stream)
    camera.close()
    camera.close()
