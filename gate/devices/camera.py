"""Which camera a unit has, in one text, and opening it.

`parse_camera` is total and touches nothing; `open_camera` asks the hardware and raises
`DeviceError` with the next step when it does not answer. What each kind needs is imported only
when that kind is opened, so a unit with one camera does not load the libraries of the others.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, assert_never

from gate.devices.area import Area, AreaCamera
from gate.devices.exposure import Exposure
from gate.devices.focus import Focus
from gate.devices.ports import Camera
from gate.errors import DeviceError

DEFAULT_SIZE_PX: Final = (1280, 720)
"""READING: a card at arm's length gets 4 px a module, and an empty frame costs 1.7 ms."""

MAX_SPEC_CHARS: Final = 1_024
"""Longer than any path or address a camera has; PATH_MAX is 4,096 bytes."""

_RTSP: Final = re.compile(
    r"rtsp://(?:[^\s/?#@]+@)?"  # user:password, never shown again
    r"(?P<place>(?P<host>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>[0-9]{1,5}))?(?:/[^\s]*)?)"
)
_CSI: Final = re.compile(r"picamera2(?::(?P<number>[0-3]))?")
_FORMS: Final = (
    "picamera2, picamera2:1, usb:/dev/video0, rtsp://HOST/PATH, file:VIDEO or dir:DIRECTORY"
)


class CameraKind(StrEnum):
    """The way a camera is reached."""

    PICAMERA2 = "picamera2"
    USB = "usb"
    RTSP = "rtsp"
    FILE = "file"
    DIRECTORY = "dir"


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraSpec:
    """A camera that was named in a form that is known; whether it is there is not known yet.

    `target` is a path; for RTSP the whole address, which may hold a password: show `name`; for
    picamera2 the camera's number, empty for the first one.
    """

    kind: CameraKind
    target: str = ""

    @property
    def name(self) -> str:
        """Return what people may see, without a password."""
        match = _RTSP.fullmatch(self.target) if self.kind is CameraKind.RTSP else None
        if match is not None:
            return f"rtsp://{match['place'].partition('?')[0]}"
        return f"{self.kind}:{self.target}" if self.target else str(self.kind)

    @property
    def device(self) -> str:
        """Return what two texts for one camera have in common."""
        is_first = self.kind is CameraKind.PICAMERA2 and not self.target
        return f"{self.kind}:0" if is_first else self.name


def parse_camera(text: str) -> CameraSpec:
    """Return the camera that `text` names.

    Raises:
        DeviceError: saying what is wrong and what is allowed; the message never repeats an address
            that may hold a password.
    """
    if len(text) > MAX_SPEC_CHARS:
        raise DeviceError(f"camera: {len(text)} characters; at most {MAX_SPEC_CHARS}")
    if not text.isprintable():
        raise DeviceError("camera: holds a control character; write it anew")
    if (match := _CSI.fullmatch(text)) is not None:
        return CameraSpec(kind=CameraKind.PICAMERA2, target=match["number"] or "")
    scheme, colon, target = text.partition(":")
    if scheme == CameraKind.RTSP:
        return _parse_rtsp(text)
    if scheme == CameraKind.USB and colon:
        if not target.startswith("/dev/"):
            raise DeviceError(f"camera: {text!r} is no device; write usb:/dev/video0")
        return CameraSpec(kind=CameraKind.USB, target=target)
    if scheme in {CameraKind.FILE, CameraKind.DIRECTORY} and colon:
        if not target:
            raise DeviceError(f"camera: {text!r} lacks its path; write {scheme}:PATH")
        return CameraSpec(kind=CameraKind(scheme), target=target)
    shown = scheme if "@" in text else text
    raise DeviceError(f"camera: {shown!r} is not known; write {_FORMS}")


def open_camera(
    spec: CameraSpec,
    *,
    size_px: tuple[int, int] = DEFAULT_SIZE_PX,
    focus: Focus | None = None,
    area: Area | None = None,
    exposure: Exposure | None = None,
) -> Camera:
    """Open the camera of `spec`; the caller closes it.

    `size_px` (width, height) is asked of picamera2 and USB cameras, which may give the nearest
    they have; streams and files have their own. With an `area` only that part of each picture is
    given. picamera2 is exposed as `exposure` asks, and focused as `focus` does.

    Raises:
        DeviceError: naming the camera and the next step.
    """
    camera = _open(spec, size_px, focus or Focus(), exposure or Exposure())
    return camera if area is None else AreaCamera(camera, area)


def _open(spec: CameraSpec, size_px: tuple[int, int], focus: Focus, exposure: Exposure) -> Camera:
    focus.can_move = False
    match spec.kind:
        case CameraKind.PICAMERA2:
            from gate.devices.camera_picamera2 import open_picamera2  # noqa: PLC0415  only on a Pi

            number = int(spec.target or 0)
            return open_picamera2(number, size_px=size_px, focus=focus, exposure=exposure)
        case CameraKind.DIRECTORY:
            from gate.devices.camera_directory import DirectoryCamera  # noqa: PLC0415  loads Pillow

            return DirectoryCamera(spec.target)
        case CameraKind.USB | CameraKind.RTSP | CameraKind.FILE:
            return _open_av(spec, size_px)
        case _ as never:
            assert_never(never)


def _open_av(spec: CameraSpec, size_px: tuple[int, int]) -> Camera:
    from gate.devices import camera_av  # noqa: PLC0415  loads numpy

    if spec.kind is CameraKind.USB:
        return camera_av.open_av(camera_av.usb_source(spec.name, spec.target, size_px))
    if spec.kind is CameraKind.RTSP:
        return camera_av.open_av(camera_av.rtsp_source(spec.name, spec.target))
    return camera_av.open_av(camera_av.file_source(spec.name, spec.target))


def _parse_rtsp(text: str) -> CameraSpec:
    match = _RTSP.fullmatch(text)
    if match is None:
        raise DeviceError(
            "camera: not an RTSP address; write rtsp://[USER:PASSWORD@]HOST[:PORT]/PATH"
        )
    if match["port"] is not None and not 1 <= int(match["port"]) <= 65_535:
        raise DeviceError(f"camera: RTSP port {match['port']}; 1 to 65535 are allowed")
    return CameraSpec(kind=CameraKind.RTSP, target=text)
