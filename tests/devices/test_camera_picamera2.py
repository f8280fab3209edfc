"""The Pi's camera, against an object that keeps picamera2's rules as its source has them."""

from collections.abc import Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Self, cast

import numpy as np
import pytest

from gate.devices.camera import CameraKind, CameraSpec, open_camera
from gate.devices.camera_picamera2 import BUFFERS, WAIT_S, Library, Picamera2Camera
from gate.devices.exposure import Exposure
from gate.devices.focus import Focus
from gate.devices.ports import Frame, Shot
from gate.devices.shutter import CEILING_US, OWN, SETTLE_FRAMES
from gate.errors import DeviceError

STRIDE_BYTES = 96
SIZE_PX = (80, 60)


@dataclass(slots=True, kw_only=True)
class Request:
    """One finished frame; its memory is overwritten as soon as it is released."""

    plane: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]
    told_ns: int
    shot: dict[str, float]

    def get_metadata(self) -> dict[str, float]:
        return {"SensorTimestamp": self.told_ns, **self.shot}


@dataclass(slots=True, kw_only=True)
class Camera:
    """What `Picamera2` does with what it is asked, and what it has been asked."""

    layout: str = "YUV420"
    controls: tuple[str, ...] = ("AeExposureMode", "FrameDurationLimits", "AfMode", "LensPosition")
    times_ns: Iterator[int] = field(default_factory=lambda: iter(range(10**9, 10**10, 10**8)))
    asked: list[str] = field(default_factory=list)
    config: dict[str, object] = field(default_factory=dict)
    wanted: list[dict[str, float]] = field(default_factory=list)
    shot: dict[str, float] = field(default_factory=dict)

    @property
    def camera_controls(self) -> Mapping[str, object]:
        limits = {"AnalogueGain": (1.12, 16.0, 1.12), "LensPosition": (0.0, 15.0, 1.0)}
        return {name: limits.get(name) for name in self.controls}

    def asked_of(self, name: str) -> list[float]:
        """Return what a control was set to, one after the other."""
        return [wanted[name] for wanted in self.wanted if name in wanted]

    def create_video_configuration(self, **options: object) -> dict[str, object]:
        return options

    def configure(self, config: dict[str, object]) -> None:
        controls = cast("dict[str, object]", config["controls"])
        if not set(controls) <= set(self.controls):
            raise RuntimeError("Control is not advertised by libcamera")
        self.config = config

    def camera_configuration(self) -> dict[str, object]:
        return {"main": {"format": self.layout, "size": SIZE_PX, "stride": STRIDE_BYTES}}

    def set_controls(self, controls: Mapping[str, float]) -> None:
        if not set(controls) <= set(self.controls):
            raise RuntimeError("Control is not advertised by libcamera")
        self.wanted.append(dict(controls))

    def start(self) -> None:
        self.asked.append("start")

    def stop(self) -> None:
        self.asked.append("stop")

    def close(self) -> None:
        self.asked.append("close")

    def cancel_all_and_flush(self) -> None:
        self.asked.append("cancel")

    @contextmanager
    def captured_request(self, wait: float) -> Iterator[Request]:
        assert wait == WAIT_S
        told_ns = next(self.times_ns, None)
        if told_ns is None:
            raise TimeoutError
        plane = np.zeros(STRIDE_BYTES * SIZE_PX[1] * 3 // 2, np.uint8)
        rows = plane[: STRIDE_BYTES * SIZE_PX[1]].reshape(-1, STRIDE_BYTES)
        rows[:, : SIZE_PX[0]] = np.arange(SIZE_PX[1])[:, None]
        rows[:, SIZE_PX[0] :] = 255
        yield Request(plane=plane, told_ns=told_ns, shot=self.shot)
        plane[:] = 99
        self.asked.append("release")


class Mapped:
    """`MappedArray`, not reshaped and not to be written."""

    def __init__(self, request: Request, stream: str, *, reshape: bool, write: bool) -> None:
        assert (stream, reshape, write) == ("main", False, False)
        self.array = request.plane

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        del self.array


def library(camera: Camera) -> Library:
    return Library(
        open_camera=lambda: camera, mapped_array=Mapped, short_exposure="short", manual_focus="man"
    )


def opened(
    camera: Camera, exposure: Exposure | None = None, focus: Focus | None = None
) -> Picamera2Camera:
    return Picamera2Camera(
        library(camera),
        size_px=SIZE_PX,
        focus=focus or Focus(5.0),
        exposure=exposure or Exposure(),
    )


def some(camera: Picamera2Camera, count: int) -> list[Frame]:
    with closing(cast("Generator[Frame]", camera.frames())) as stream:
        return list(islice(stream, count))


def test_a_frame_is_the_brightness_without_the_padding_and_stays_after_the_release() -> None:
    (frame,) = some(opened(Camera()), 1)
    assert frame.luma.shape == (60, 80)
    assert frame.luma.flags.owndata
    assert np.array_equal(frame.luma[:, 0], np.arange(60))
    assert np.all(frame.luma == frame.luma[:, :1])
    assert frame.at_s == 1.0


def test_iterating_starts_and_closing_the_iterator_stops_as_often_as_one_likes() -> None:
    camera = Camera()
    opened_camera = opened(camera)
    assert camera.asked == []
    some(opened_camera, 1)
    some(opened_camera, 1)
    opened_camera.close()
    assert camera.asked == [*(["start", "release", "stop"] * 2), "close"]


def test_no_frame_within_the_wait_cancels_the_job_and_stops() -> None:
    camera = Camera(times_ns=iter([1]))
    with pytest.raises(DeviceError, match="picamera2: no frame for 2 s; check the ribbon cable"):
        some(opened(camera), 2)
    assert camera.asked == ["start", "release", "cancel", "stop"]


def test_time_never_goes_back() -> None:
    camera = Camera(times_ns=iter([2 * 10**9, 10**9, 3 * 10**9]))
    assert [frame.at_s for frame in some(opened(camera), 3)] == [2.0, 2.0, 3.0]


def test_only_what_is_finished_after_asking_is_taken_with_a_short_exposure() -> None:
    camera = Camera()
    opened(camera)
    assert camera.config["queue"] is False
    assert camera.config["buffer_count"] == BUFFERS
    assert camera.config["raw"] is None
    assert camera.config["controls"] == {
        "AeExposureMode": "short",
        "AfMode": "man",
        "LensPosition": 5.0,
        "FrameDurationLimits": (33_333, 33_333),
    }


def test_a_camera_with_a_fixed_lens_is_not_asked_to_focus() -> None:
    camera = Camera(controls=("AeExposureMode",))
    opened(camera)
    assert camera.config["controls"] == {"AeExposureMode": "short"}


def test_a_camera_without_a_brightness_plane_is_closed_and_refused() -> None:
    camera = Camera(layout="MJPEG")
    with pytest.raises(DeviceError, match="gives MJPEG, not YUV420; name a USB camera"):
        opened(camera)
    assert camera.asked == ["close"]


def test_no_camera_on_the_cable_is_told_with_the_next_step() -> None:
    def none_there() -> Camera:
        raise IndexError("list index out of range")

    empty = Library(open_camera=none_there, mapped_array=Mapped, short_exposure=0, manual_focus=0)
    with pytest.raises(DeviceError, match=r"no camera answers .*; check the ribbon cable"):
        Picamera2Camera(empty, size_px=SIZE_PX, focus=Focus(), exposure=Exposure())


@pytest.mark.hardware
def test_the_pis_camera_gives_frames() -> None:
    try:
        camera = open_camera(CameraSpec(kind=CameraKind.PICAMERA2))
    except DeviceError as error:
        pytest.skip(f"no device: a camera on the ribbon cable ({error})")
    try:
        with closing(cast("Generator[Frame]", camera.frames())) as frames:
            first, second = next(frames), next(frames)
    finally:
        camera.close()
    assert first.luma.shape == (720, 1280)
    assert second.at_s > first.at_s


def test_the_exposure_that_is_wished_for_is_asked_of_the_camera_when_it_changes() -> None:
    device = Camera(controls=("ExposureValue",))
    exposure = Exposure()
    camera = opened(device, exposure)
    with closing(cast("Generator[Frame]", camera.frames())) as stream:
        for wished_ev in (0.0, 0.0, -0.5, -0.5, 0.0):
            exposure.ev = wished_ev
            next(stream)
    assert device.asked_of("ExposureValue") == [0.0, -0.5, 0.0]


def test_a_camera_that_is_started_again_is_asked_again() -> None:
    device = Camera(controls=("ExposureValue",))
    exposure = Exposure()
    exposure.ev = 1.5
    camera = opened(device, exposure)
    some(camera, 2)
    some(camera, 2)
    assert device.asked_of("ExposureValue") == [1.5, 1.5]


def test_a_sensor_that_can_not_be_exposed_otherwise_is_not_asked() -> None:
    device = Camera()
    exposure = Exposure()
    exposure.ev = 1.5
    some(opened(device, exposure), 2)
    assert device.asked_of("ExposureValue") == []


STEERED = ("ExposureTime", "AnalogueGain")


def test_each_frame_says_how_it_was_taken_if_the_camera_tells() -> None:
    device = Camera(shot={"ExposureTime": 4_000, "AnalogueGain": 2.5})
    assert some(opened(device), 1)[0].shot == Shot(exposure_us=4_000, gain=2.5)
    assert some(opened(Camera()), 1)[0].shot is None
    assert some(opened(Camera(shot={"ExposureTime": 4_000})), 1)[0].shot is None


def test_a_shutter_that_is_open_for_too_long_is_held_and_given_back_at_the_least_gain() -> None:
    device = Camera(controls=STEERED, shot={"ExposureTime": 30_000, "AnalogueGain": 1.12})
    with closing(cast("Generator[Frame]", opened(device).frames())) as stream:
        next(stream)
        assert device.asked_of("ExposureTime") == [OWN]
        next(stream)
        assert device.asked_of("ExposureTime") == [OWN, CEILING_US]
        device.shot = {"ExposureTime": CEILING_US, "AnalogueGain": 9.0}
        list(islice(stream, SETTLE_FRAMES))
        assert device.asked_of("ExposureTime")[-1] == CEILING_US
        device.shot = {"ExposureTime": CEILING_US, "AnalogueGain": 1.12}
        list(islice(stream, 2))
    assert device.asked_of("ExposureTime") == [OWN, CEILING_US, OWN]
    assert device.asked_of("AnalogueGain") == []


def test_a_camera_that_is_started_again_has_its_shutter_to_itself() -> None:
    device = Camera(controls=STEERED, shot={"ExposureTime": 30_000, "AnalogueGain": 1.12})
    camera = opened(device)
    some(camera, 2)
    some(camera, 1)
    assert device.asked_of("ExposureTime") == [OWN, CEILING_US, OWN]


def test_a_shutter_that_can_not_be_held_is_left_alone() -> None:
    device = Camera(shot={"ExposureTime": 30_000, "AnalogueGain": 1.12})
    some(opened(device), 5)
    assert device.asked_of("ExposureTime") == []


def test_a_lens_that_can_be_set_follows_the_wish() -> None:
    device, focus = Camera(), Focus(5.0)
    camera = opened(device, focus=focus)
    assert focus.can_move
    with closing(cast("Generator[Frame]", camera.frames())) as stream:
        next(stream)
        focus.dioptres = 6.5
        list(islice(stream, 2))
    assert device.asked_of("LensPosition") == [5.0, 6.5]


def test_of_a_fixed_lens_nothing_is_wished() -> None:
    device, focus = Camera(controls=("AeExposureMode",)), Focus(5.0)
    some(opened(device, focus=focus), 2)
    assert focus.can_move is False
    assert device.asked_of("LensPosition") == []
