"""The Pi's own camera, through picamera2 (Raspberry Pi OS's package, not pip's).

How it is used, and why (picamera2's source, and READING's list of its issues):
- YUV420 (NV12 where a pipeline has only that): the brightness plane comes first, in rows of
  `stride` bytes, which is more than the width (issue 645). No raw stream: it costs memory.
- `queue=False`: a request is one that was finished after we asked, never a stale one.
- Waiting is bounded; a job that timed out is cancelled, or its buffer would never come back.
- The plane is copied before the request is released: the sensor's buffers are few and are written
  again at once. 0.92 MB at 1280x720 take 0.04 ms on the development machine; not measured on
  a Pi.
- Nothing is done in `pre_callback`, which holds the camera's lock.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np

from gate.devices.exposure import Exposure
from gate.devices.focus import Focus
from gate.devices.ports import Frame, Luma, Shot
from gate.devices.shutter import Shutter
from gate.errors import DeviceError

BUFFERS: Final = 4
"""READING: 3 to 4; one being filled, one waiting, one being copied, one to spare."""

WAIT_S: Final = 2.0
"""READING: no frame for 2 s is a stall."""

FRAME_US: Final = 33_333
"""30 frames a second, fixed: automatic exposure must not trade sharpness for light."""

_EXPOSURE: Final = "ExposureValue"
"""libcamera: light values added to automatic exposure; -8 to 8, 0 unless told otherwise."""

_SHUTTER: Final = "ExposureTime"
"""Microseconds; 0 gives it back to automatic exposure. What else libcamera 0.5 and later wants for
that, picamera2 sets by itself (its pull request 1255)."""

_GAIN: Final = "AnalogueGain"
_FOCUS: Final = "LensPosition"

_LUMA_FIRST: Final = frozenset({"YUV420", "YVU420", "NV12", "NV21"})
_CHECK: Final = "check the ribbon cable and `rpicam-hello --list-cameras`"
_FAULTS: Final = (RuntimeError, OSError, LookupError)  # time-outs are OSErrors since Python 3.11


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """The parts of picamera2 and libcamera that are used; a test hands in its own."""

    open_camera: Callable[[], Any]
    mapped_array: Callable[..., Any]
    short_exposure: object
    manual_focus: object


def open_picamera2(
    number: int, *, size_px: tuple[int, int], focus: Focus, exposure: Exposure
) -> "Picamera2Camera":
    """Open a camera of this Pi, counted from 0 as `rpicam-hello --list-cameras` does.

    Raises:
        DeviceError: picamera2 is missing, or no camera answers.
    """
    try:
        import libcamera  # noqa: PLC0415  exists on a Pi only
        from picamera2 import MappedArray, Picamera2  # noqa: PLC0415  as libcamera
    except ImportError as error:
        raise DeviceError(
            "picamera2: not installed; apt install python3-picamera2, and let the virtual"
            " environment see the system's packages"
        ) from error
    library = Library(
        open_camera=partial(Picamera2, number),
        mapped_array=MappedArray,
        short_exposure=libcamera.controls.AeExposureModeEnum.Short,
        manual_focus=libcamera.controls.AfModeEnum.Manual,
    )
    return Picamera2Camera(library, size_px=size_px, focus=focus, exposure=exposure)


class Picamera2Camera:
    """A camera that is configured once, and started and stopped by iterating."""

    live = True

    def __init__(
        self,
        library: Library,
        *,
        size_px: tuple[int, int],
        focus: Focus,
        exposure: Exposure,
    ) -> None:
        """Open and configure; nothing runs yet. `focus` hears whether the lens can be set.

        Raises:
            DeviceError: no camera, it is in use, or it has no brightness plane to give.
        """
        self._mapped_array = library.mapped_array
        self._at_s = 0.0
        self._exposure = exposure
        self._focus = focus
        self._asked: dict[str, float] = {}
        try:
            self._camera = library.open_camera()
        except _FAULTS as error:
            raise DeviceError(f"picamera2: no camera answers ({error}); {_CHECK}") from error
        try:
            self._known: Mapping[str, Any] = self._camera.camera_controls
            focus.can_move = _FOCUS in self._known
            self._configure(library, size_px, focus.dioptres)
            self._stream: Mapping[str, Any] = self._camera.camera_configuration()["main"]
        except _FAULTS as error:
            self._camera.close()
            raise DeviceError(
                f"picamera2: does not take {size_px[0]}x{size_px[1]} ({error}); set another size"
            ) from error
        if self._stream["format"] not in _LUMA_FIRST:
            self._camera.close()
            raise DeviceError(
                f"picamera2: gives {self._stream['format']}, not YUV420; name a USB camera as"
                " usb:/dev/video0"
            )

    def frames(self) -> Iterator[Frame]:
        """Yield frames until closed; raises DeviceError when none comes for `WAIT_S`."""
        try:
            self._camera.start()
            self._asked = {}
            shutter = Shutter(_least(self._known.get(_GAIN)))
            try:
                while True:
                    self._ask(shutter)
                    frame = self._next_frame()
                    if frame.shot is not None:
                        shutter.look(frame.shot)
                    yield frame
            finally:
                self._camera.stop()
        except TimeoutError as error:
            raise DeviceError(f"picamera2: no frame for {WAIT_S:g} s; {_CHECK}") from error
        except _FAULTS as error:
            raise DeviceError(f"picamera2: stopped ({error}); {_CHECK}") from error

    def close(self) -> None:
        """Let go of the camera; picamera2 itself lets a second call pass."""
        try:
            self._camera.close()
        except _FAULTS as error:
            raise DeviceError(f"picamera2: does not close ({error}); restart the unit") from error

    def _configure(self, library: Library, size_px: tuple[int, int], focus_dioptres: float) -> None:
        # A control that a sensor does not have is refused: fixed lenses have no focus.
        wanted = {
            "FrameDurationLimits": (FRAME_US, FRAME_US),
            "AeExposureMode": library.short_exposure,
            "AfMode": library.manual_focus,
            _FOCUS: focus_dioptres,
        }
        self._camera.configure(
            self._camera.create_video_configuration(
                main={"format": "YUV420", "size": size_px},
                raw=None,
                buffer_count=BUFFERS,
                queue=False,
                display=None,
                encode=None,
                controls={name: value for name, value in wanted.items() if name in self._known},
            )
        )

    def _ask(self, shutter: Shutter) -> None:
        """Ask for what is wished for and was not asked for last; from this thread alone."""
        wished = {
            _EXPOSURE: self._exposure.ev,
            _FOCUS: self._focus.dioptres,
            _SHUTTER: shutter.held_us,
        }
        news = {
            name: value
            for name, value in wished.items()
            if name in self._known and self._asked.get(name) != value
        }
        if news:
            self._camera.set_controls(news)
            self._asked |= news

    def _next_frame(self) -> Frame:
        try:
            with self._camera.captured_request(wait=WAIT_S) as request:
                luma = self._luma(request)
                told = request.get_metadata()
        except TimeoutError:
            self._camera.cancel_all_and_flush()
            raise
        self._at_s = max(self._at_s, told["SensorTimestamp"] / 1e9)
        return Frame(luma=luma, at_s=self._at_s, shot=_shot(told))

    def _luma(self, request: object) -> Luma:
        width_px, height_px = self._stream["size"]
        stride_bytes = self._stream["stride"]
        with self._mapped_array(request, "main", reshape=False, write=False) as mapped:
            plane = mapped.array[: height_px * stride_bytes].reshape(height_px, stride_bytes)
            copied: Luma = np.array(plane[:, :width_px], dtype=np.uint8)
            return copied


def _shot(told: Mapping[str, Any]) -> Shot | None:
    """Return how a frame was taken, if its metadata tell."""
    if _SHUTTER not in told or _GAIN not in told:
        return None
    return Shot(exposure_us=int(told[_SHUTTER]), gain=float(told[_GAIN]))


def _least(limits: Any) -> float:  # noqa: ANN401 - picamera2 has no types
    """Return the least of a control's limits (least, most, usual); 1 where there are none."""
    return 1.0 if limits is None else float(limits[0])
