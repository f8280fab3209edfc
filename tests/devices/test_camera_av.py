import gc
from collections.abc import Generator
from contextlib import closing
from itertools import count, pairwise
from pathlib import Path
from typing import cast

import av
import numpy as np
import pytest

from gate.bench.scenes import empty_scene, pasted, qr_picture
from gate.devices.camera import CameraKind, CameraSpec, open_camera
from gate.devices.camera_av import (
    MAX_STEP_S,
    USUAL_STEP_S,
    AvCamera,
    TimeLine,
    file_source,
    luma_of,
    usb_source,
)
from gate.devices.decoder import ZxingDecoder
from gate.devices.ports import Frame, Luma
from gate.errors import DeviceError

SIZE_PX = (320, 240)
READ_EVERY_S = 0.125


def film(path: Path, lumas: list[Luma], frames_per_s: int = 10) -> None:
    """Write a real video file of grey pictures."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=frames_per_s)
        stream.width, stream.height = SIZE_PX
        stream.pix_fmt = "yuv420p"
        stream.bit_rate = 4_000_000
        for luma in lumas:
            picture = av.VideoFrame.from_ndarray(np.dstack([luma] * 3), format="rgb24")
            container.mux(stream.encode(picture))
        container.mux(stream.encode())


@pytest.fixture
def video(tmp_path: Path) -> Path:
    path = tmp_path / "cards.mp4"
    code = pasted(empty_scene(SIZE_PX, seed=1), qr_picture("CC1:FILM"))
    film(path, [empty_scene(SIZE_PX, seed=0), *[code] * 3])
    return path


def film_of_stills(path: Path, frames: int = 4) -> None:
    """Write a real file of pictures packed each for itself, as a USB camera gives them."""
    with av.open(str(path), "w") as out:
        stream = out.add_stream("mjpeg", rate=10)
        stream.width, stream.height = SIZE_PX
        stream.pix_fmt = "yuvj420p"
        for number in range(frames):
            luma = np.dstack([empty_scene(SIZE_PX, seed=number)] * 3)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(luma, format="rgb24")))
        out.mux(stream.encode())


def opened(path: Path) -> AvCamera:
    return AvCamera(file_source(f"file:{path}", str(path)))


def test_a_video_file_gives_all_its_frames_at_their_own_times(video: Path) -> None:
    camera = open_camera(CameraSpec(kind=CameraKind.FILE, target=str(video)))
    frames = list(camera.frames())
    assert not camera.live
    assert [frame.at_s for frame in frames] == pytest.approx([0.0, 0.1, 0.2, 0.3])
    assert all(frame.luma.shape == (240, 320) for frame in frames)


def test_a_code_is_read_from_a_film_without_copying_the_picture(video: Path) -> None:
    frames = list(opened(video).frames())
    texts = [[code.text for code in ZxingDecoder().decode(frame).readings] for frame in frames]
    assert texts == [[], ["CC1:FILM"], ["CC1:FILM"], ["CC1:FILM"]]
    assert not frames[1].luma.flags.owndata


def test_a_frame_outlives_the_stream_it_came_from(video: Path) -> None:
    with closing(cast("Generator[Frame]", opened(video).frames())) as stream:
        kept = next(stream)
    before = kept.luma.copy()
    list(opened(video).frames())
    assert np.array_equal(kept.luma, before)


def test_a_raw_picture_is_copied_out_of_the_cameras_own_memory(tmp_path: Path) -> None:
    path = tmp_path / "raw.avi"
    luma = np.dstack([empty_scene(SIZE_PX, seed=1)] * 3)
    with av.open(str(path), "w") as out:
        stream = out.add_stream("rawvideo", rate=10)
        stream.width, stream.height = SIZE_PX
        stream.pix_fmt = "yuyv422"
        picture = av.VideoFrame.from_ndarray(luma, format="rgb24").reformat(format="yuyv422")
        out.mux(stream.encode(picture))
        out.mux(stream.encode())
    with closing(opened(path)) as camera:
        [frame] = camera.frames()
    assert frame.luma.flags.owndata


def test_a_stream_that_broke_leaves_nothing_of_the_cameras_memory_behind(tmp_path: Path) -> None:
    path = tmp_path / "broken.avi"
    film_of_stills(path)
    whole = path.read_bytes()
    start = whole.index(b"\xff\xd8", whole.index(b"\xff\xd8") + 2)
    path.write_bytes(whole[:start] + bytes(len(whole) - start))
    with closing(opened(path)) as camera, pytest.raises(DeviceError) as broken:
        list(camera.frames())
    assert "stopped" in str(broken.value)
    # By its type alone: to ask an object of another test what it is may wake it.
    assert not [one for one in gc.get_objects() if issubclass(type(one), av.Packet)]


def test_a_film_can_be_shown_again_and_time_goes_on(video: Path) -> None:
    camera = opened(video)
    times_s = [frame.at_s for _ in range(2) for frame in camera.frames()]
    assert len(times_s) == 8
    assert all(earlier <= later for earlier, later in pairwise(times_s))


def test_a_stream_that_is_closed_while_it_runs_ends(video: Path) -> None:
    camera = opened(video)
    frames = camera.frames()
    next(frames)
    camera.close()
    camera.close()
    assert list(frames) == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(b"", "Invalid data found", id="empty"),
        pytest.param(b"not a film" * 100, "Invalid data found", id="something else"),
    ],
)
def test_a_file_that_is_no_film_is_named(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "cards.mp4"
    path.write_bytes(content)
    with pytest.raises(DeviceError, match=rf"cards\.mp4: {words}.*; name a video file that plays"):
        opened(path)


def test_a_sound_without_a_picture_is_no_camera(tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8_000)
        silence = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), layout="mono")
        silence.sample_rate = 8_000
        container.mux(stream.encode(silence))
        container.mux(stream.encode())
    with pytest.raises(DeviceError, match=r"sound\.wav: holds no picture"):
        opened(path)


def test_a_path_is_never_taken_for_a_network_address() -> None:
    with pytest.raises(DeviceError, match="No such file or directory"):
        opened(Path("http://127.0.0.1/cards.mp4"))


def test_a_film_packed_in_a_way_nobody_knows_is_named(video: Path) -> None:
    whole = video.read_bytes().replace(b"mp4v", b"zzzz")
    kind = whole.index(b"esds") + 17  # its objectTypeIndication (ISO/IEC 14496-1, 7.2.6.6)
    video.write_bytes(whole[:kind] + b"\x01" + whole[kind + 1 :])
    with pytest.raises(DeviceError, match=r"cards\.mp4: its pictures are packed in a way that"):
        opened(video)


def test_a_damaged_film_ends_in_an_error_or_whole(video: Path) -> None:
    whole = video.read_bytes()
    for place in range(60, len(whole), len(whole) // 40):
        video.write_bytes(whole[:place] + b"\xff" * 16 + whole[place + 16 :])
        try:
            frames = list(opened(video).frames())
        except DeviceError:
            continue
        assert len(frames) <= 4


@pytest.mark.parametrize(
    ("layout", "is_view"),
    [
        *(pytest.param(name, True, id=name) for name in ("yuv420p", "yuvj420p", "yuv422p")),
        *(pytest.param(name, True, id=name) for name in ("nv12", "gray", "yuyv422")),
        *(pytest.param(name, False, id=name) for name in ("rgb24", "yuv420p10le")),
    ],
)
def test_brightness_is_the_same_whatever_the_format(layout: str, *, is_view: bool) -> None:
    grey = np.linspace(40, 200, 64 * 50).reshape(50, 64).astype(np.uint8)  # within TV range
    picture = av.VideoFrame.from_ndarray(grey, format="gray").reformat(format=layout)
    luma = luma_of(picture)
    assert luma.shape == (50, 64)
    assert np.corrcoef(luma.ravel().astype(float), grey.ravel())[0, 1] > 0.999
    plane = np.frombuffer(memoryview(picture.planes[0]), np.uint8)
    assert np.may_share_memory(luma, plane) is is_view


def test_rows_that_are_longer_than_the_picture_are_cut() -> None:
    grey = np.tile(np.arange(50, dtype=np.uint8)[:, None], (1, 50))  # FFmpeg pads 50 to 64
    luma = luma_of(av.VideoFrame.from_ndarray(grey, format="gray").reformat(format="yuv420p"))
    assert luma.strides[0] > 50
    assert luma.shape == (50, 50)
    assert np.all(luma == luma[:, :1])


@pytest.mark.parametrize(
    ("told_s", "at_s"),
    [
        pytest.param([5.0, 5.1, 5.3], [5.0, 5.1, 5.3], id="steady"),
        pytest.param([5.0, 4.0, 4.1], [5.0, 5.0 + READ_EVERY_S, 5.1 + READ_EVERY_S], id="back"),
        pytest.param([None, None], [0.0, READ_EVERY_S], id="untold"),
        pytest.param([1.0, None, 1.2], [1.0, 1.0 + READ_EVERY_S, 1.2], id="one untold"),
        pytest.param([1.0, 2.0 + MAX_STEP_S], [1.0, 1.0 + READ_EVERY_S], id="a leap"),
    ],
)
def test_a_live_streams_time_is_made_steady(told_s: list[float | None], at_s: list[float]) -> None:
    line = TimeLine(live=True, monotonic=count(7.0, READ_EVERY_S).__next__)
    assert [line.next_s(told) for told in told_s] == pytest.approx(at_s)


def test_of_a_file_whose_times_do_not_tell_the_pictures_come_at_the_usual_pace() -> None:
    line = TimeLine(live=False, monotonic=count(7.0, READ_EVERY_S).__next__)
    assert [line.next_s(None) for _ in range(3)] == [0.0, USUAL_STEP_S, 2 * USUAL_STEP_S]


def test_a_files_long_pause_is_kept() -> None:
    line = TimeLine(live=False, monotonic=count(7.0, READ_EVERY_S).__next__)
    assert [line.next_s(told) for told in (0.0, 3_600.0)] == [0.0, 3_600.0]


def test_a_usb_camera_is_asked_for_compressed_pictures_first() -> None:
    first, second = usb_source("usb:/dev/video0", "/dev/video0", (1280, 720)).options
    assert first["input_format"] == "mjpeg"
    assert second["video_size"] == "1280x720"
    assert "input_format" not in second


@pytest.mark.hardware
def test_a_usb_camera_gives_frames() -> None:
    device = Path("/dev/video0")
    if not device.exists():
        pytest.skip("no device: /dev/video0, a USB camera")
    camera = open_camera(CameraSpec(kind=CameraKind.USB, target=str(device)))
    with closing(cast("Generator[Frame]", camera.frames())) as frames:
        first, second = next(frames), next(frames)
    assert camera.live
    assert first.luma.ndim == 2
    assert second.at_s >= first.at_s
