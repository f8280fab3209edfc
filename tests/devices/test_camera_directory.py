from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gate.devices.camera_directory import DirectoryCamera
from gate.errors import DeviceError


def put(folder: Path, name: str, shade: int) -> None:
    Image.new("L", (40, 30), shade).save(folder / name)


def shades(camera: DirectoryCamera) -> list[tuple[int, float]]:
    return [(int(frame.luma[0, 0]), frame.at_s) for frame in camera.frames()]


def test_each_picture_is_held_in_view_and_the_next_comes_ten_seconds_later(tmp_path: Path) -> None:
    put(tmp_path, "b.png", 200)
    put(tmp_path, "a.png", 100)
    (tmp_path / "a.txt").write_text("what is written on it")

    camera = DirectoryCamera(str(tmp_path))

    assert not camera.live
    assert shades(camera) == [
        *((100, 0.0), (100, 0.25), (100, 0.5)),
        *((200, 10.5), (200, 10.75), (200, 11.0)),
    ]


def test_a_second_look_begins_with_the_first_picture_and_later_times(tmp_path: Path) -> None:
    put(tmp_path, "a.png", 100)
    camera = DirectoryCamera(str(tmp_path))
    before = shades(camera)
    after = shades(camera)
    assert [shade for shade, _ in after] == [shade for shade, _ in before]
    assert after[0][1] - before[-1][1] == 10.0


def test_a_broken_picture_is_an_error_that_names_it_after_those_before_it(tmp_path: Path) -> None:
    put(tmp_path, "a.png", 100)
    (tmp_path / "b.png").write_bytes((tmp_path / "a.png").read_bytes()[:60])
    frames = DirectoryCamera(str(tmp_path)).frames()
    assert len(list(islice(frames, 3))) == 3
    with pytest.raises(DeviceError, match=r"b\.png: not a picture, or damaged"):
        next(frames)


def test_it_may_be_closed_at_any_time(tmp_path: Path) -> None:
    put(tmp_path, "a.png", 100)
    camera = DirectoryCamera(str(tmp_path))
    frame = next(camera.frames())
    camera.close()
    camera.close()
    assert np.all(frame.luma == 100)
