"""The `camera` table of the unit's file: where frames come from, and what is looked at in them."""

# ruff: noqa: RUF009 - setting() makes a dataclasses.field

from dataclasses import dataclass

from gate.access.kinds import Choice, ListOf, Number, Whole
from gate.access.settings import setting
from gate.devices.area import MIN_PERCENT, Area, is_area
from gate.devices.camera import CameraSpec, parse_camera
from gate.devices.focus import DEFAULT_DIOPTRES, MAX_DIOPTRES
from gate.devices.ports import Mark
from gate.errors import DeviceError


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraSource:
    """Where frames come from."""

    @property
    def allowed(self) -> str:
        """Say what may be written."""
        return (
            'one of "picamera2", "picamera2:1", "usb:/dev/video0", "rtsp://...", "file:VIDEO",'
            ' "dir:DIRECTORY"'
        )

    def read(self, value: object) -> str | None:
        """Return the source if it has a known form; whether a camera is there, opening tells."""
        if not isinstance(value, str):
            return None
        try:
            parse_camera(value)
        except DeviceError:
            return None  # the fault is named by the key, with what is allowed
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureArea:
    """A part of a camera's picture."""

    @property
    def allowed(self) -> str:
        """Say what may be written."""
        return (
            "[left, top, right, bottom], whole percents of the picture from its upper left corner,"
            f" at least {MIN_PERCENT} wide and high, such as [25, 0, 75, 100]"
        )

    def read(self, value: object) -> Area | None:
        """Return the area if it is one."""
        if not isinstance(value, list) or len(value) != len(("left", "top", "right", "bottom")):
            return None
        if not all(isinstance(one, int) and not isinstance(one, bool) for one in value):
            return None
        left, top, right, bottom = value
        if not is_area(left, top, right, bottom):
            return None
        return Area(left=left, top=top, right=right, bottom=bottom)


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraConfig:
    """The reader's eye."""

    source: str = setting(CameraSource(), "where frames come from", default="picamera2")
    width_px: int = setting(Whole(low=320, high=3840, unit="pixels"), "of a frame", default=1280)
    height_px: int = setting(Whole(low=240, high=2160, unit="pixels"), "of a frame", default=720)
    area: Area | None = setting(
        PictureArea(),
        "all of a picture that is looked at; none: all, and of two cards neither is read",
        default=None,
    )
    focus_dioptres: float = setting(
        Number(low=0.0, high=MAX_DIOPTRES, unit="dioptres (1 divided by metres)"),
        "where a lens that can be set is set to; `gate doctor --ask` finds it",
        default=DEFAULT_DIOPTRES,
    )
    marks: tuple[Mark, ...] = setting(
        ListOf(item=Choice(options=Mark), most=len(Mark)),
        "what cards are printed as beside QR codes",
        default=(),
    )

    def spec(self) -> CameraSpec:
        """Return the source as the camera's driver takes it."""
        return parse_camera(self.source)
