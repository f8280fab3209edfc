import random
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gate.devices.stills import MAX_SIDE_PX, list_stills, load_still
from gate.errors import DeviceError


def corner_image() -> Image.Image:
    """A white picture, wider than high, with a black upper left corner."""
    picture = Image.new("L", (40, 20), 255)
    picture.paste(0, (0, 0, 10, 10))
    return picture


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp", "bmp", "tif", "gif", "pgm"])
def test_every_usual_kind_of_picture_is_read(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    corner_image().save(path)
    luma = load_still(path)
    assert luma.shape == (20, 40)
    assert luma[5, 5] < 20
    assert luma[15, 35] > 235


def test_colours_become_brightness(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.new("RGB", (8, 8), (0, 255, 0)).save(path)
    assert load_still(path)[0, 0] == 150  # ITU-R BT.601: 0.587 of green


def test_a_photograph_is_turned_as_its_camera_was_held(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6  # EXIF 2.3, Orientation: the row 0 is the right side
    corner_image().save(path, exif=exif)
    luma = load_still(path)
    assert luma.shape == (40, 20)
    assert luma[5, 15] < 20


def test_what_is_transparent_is_white(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(path)
    assert np.all(load_still(path) == 255)


def test_sixteen_bits_are_read_by_their_upper_half(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.fromarray(np.full((8, 8), 0x8040, dtype=np.uint16)).save(path)
    assert np.all(load_still(path) == 0x80)


def test_a_large_picture_is_shrunk_by_a_whole_factor(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.new("L", (MAX_SIDE_PX + 2, 40), 90).save(path)
    luma = load_still(path)
    assert luma.shape == (20, MAX_SIDE_PX // 2 + 1)
    assert np.all(luma == 90)


def test_a_bomb_is_refused_by_its_header_with_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "bomb.pgm"
    path.write_bytes(b"P5 60000 60000 255\n")
    with pytest.raises(DeviceError, match=r"bomb\.pgm: too large; at most 64000000 px"):
        load_still(path)


def test_a_picture_above_the_limit_is_refused_before_its_pixels_are_read(tmp_path: Path) -> None:
    path = tmp_path / "wide.pgm"
    path.write_bytes(b"P5 8001 8000 255\n")
    with pytest.raises(DeviceError, match="8001 x 8000 px; at most 64000000 px"):
        load_still(path)


@pytest.mark.parametrize(
    ("name", "words"),
    [("missing.png", "No such file or directory"), ("folder.png", "Is a directory")],
)
def test_a_file_that_is_not_there_is_named(tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(DeviceError, match=f"{name}: {words}; name a picture"):
        load_still(tmp_path / name)


# Invariant: any file is a plane of brightness, or a DeviceError.
@pytest.mark.parametrize("suffix", ["png", "jpg", "webp", "bmp", "tif", "gif", "pgm"])
def test_a_damaged_file_is_a_picture_or_a_device_error(tmp_path: Path, suffix: str) -> None:
    chance = random.Random(suffix)
    path = tmp_path / f"a.{suffix}"
    corner_image().save(path)
    whole = path.read_bytes()
    refused = 0
    for _ in range(150):
        damaged = bytearray(whole[: chance.choice([len(whole), chance.randrange(len(whole))])])
        for place in chance.sample(range(len(damaged)), min(4, len(damaged))):
            damaged[place] = chance.randrange(256)
        path.write_bytes(damaged)
        with suppress(DeviceError):
            assert load_still(path).ndim == 2
            continue
        refused += 1
    assert refused > 20


def test_the_pictures_of_a_directory_are_listed_by_name(tmp_path: Path) -> None:
    for name in ("b.PNG", "a.jpeg", "LICENSE", "b.txt"):
        (tmp_path / name).touch()
    (tmp_path / "c.png").mkdir()
    assert [path.name for path in list_stills(tmp_path)] == ["a.jpeg", "b.PNG"]
