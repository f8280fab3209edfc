"""USB cameras (V4L2), network cameras (RTSP) and video files, through PyAV (FFmpeg).

Brightness is taken from the decoded picture as a strided view where its format has a plane or a
byte of it, without a copy; the view keeps the picture alive. Buffers are kept small, so that a
live frame is fresh. A read that takes longer than `READ_S` ends in `DeviceError`, except in a
driver: V4L2 waits in the kernel, where FFmpeg can't end it (the unit's feed then gives up).
"""

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final, cast

import numpy as np

from gate.devices.clock import SystemClock
from gate.devices.ports import Frame, Luma
from gate.errors import DeviceError

if TYPE_CHECKING:
    import av
    from av.container import InputContainer
    from av.video.stream import VideoStream

OPEN_S: Final = 10.0
"""Look-up, connection, first key frame: network cameras send one every 2 to 10 s."""

READ_S: Final = 2.0
"""READING: no frame for 2 s is a stall."""

MAX_STEP_S: Final = 10.0
"""A live stream's time may leap when its camera's clock is set; a longer step is no time passed."""

MAX_BROKEN_PACKETS: Final = 100
"""In a row: 3 to 4 s of a live stream, longer than from one key frame to the next of most."""

USUAL_STEP_S: Final = 1 / 25
"""Between two frames of a file whose times do not tell."""

# Planar and semi-planar formats of 8 bits: the first plane is the brightness.
_PLANE: Final = frozenset(
    f"yuv{j}{sampling}p" for j in ("", "j") for sampling in (411, 420, 422, 440, 444)
) | {"gray", "nv12", "nv16", "nv21", "nv24"}
# Packed formats of two bytes a pixel: where its byte of brightness is.
_PACKED: Final = {"yuyv422": 0, "yvyu422": 0, "uyvy422": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What FFmpeg is asked to open. `name` may be shown; `url` may hold a password.

    Attributes:
        demuxer: FFmpeg's name of the input format, None to let it find out.
        options: in order, the sets of options to try: cameras differ in what they offer.
        next_step: what a person does if it can't be opened.
    """

    name: str
    url: str
    live: bool
    next_step: str
    demuxer: str | None = None
    options: tuple[Mapping[str, str], ...] = field(default=({},))


def usb_source(name: str, path: str, size_px: tuple[int, int]) -> Source:
    """Return a V4L2 camera; MJPEG first, which gives 30 frames a second where raw gives 10."""
    size = {"video_size": f"{size_px[0]}x{size_px[1]}"}
    return Source(
        name=name,
        url=path,
        live=True,
        demuxer="v4l2",
        options=({**size, "input_format": "mjpeg", "framerate": "30"}, size),
        next_step="check its cable and `ls /dev/video*`, and that the user is in the group video",
    )


def rtsp_source(name: str, url: str) -> Source:
    """Return a network camera over TCP: lost datagrams would smear the picture."""
    return Source(
        name=name,
        url=url,
        live=True,
        options=(
            {
                "rtsp_transport": "tcp",
                # Socket time-out in microseconds; called stimeout before FFmpeg 5.
                "timeout": str(int(READ_S * 1_000_000)),
                # No waiting for datagrams out of order: TCP has none. And not fflags=nobuffer: it
                # throws away what was probed, and with it the first key frame.
                "max_delay": "0",
            },
        ),
        next_step="check the address, user and password, and that the camera is on",
    )


def file_source(name: str, path: str) -> Source:
    """Return a video file, every frame of it."""
    # As a file, whatever its name: FFmpeg would take "concat:..." or "http:..." for a protocol.
    return Source(
        name=name, url=f"file:{path}", live=False, next_step="name a video file that plays"
    )


def open_av(source: Source) -> "AvCamera":
    """Open `source`.

    Raises:
        DeviceError: PyAV is missing, or the source does not open.
    """
    try:
        import av  # noqa: F401, PLC0415  loads FFmpeg, and is an extra
    except ImportError as error:
        raise DeviceError(f"{source.name}: PyAV is missing; pip install 'site-gate[av]'") from error
    return AvCamera(source)


class AvCamera:
    """One source of moving pictures; opened at construction and again for each later `frames`."""

    def __init__(self, source: Source) -> None:
        """Open the source and keep it open for the first `frames`."""
        self.live = source.live
        self._source = source
        self._time = TimeLine(live=source.live, monotonic=SystemClock().monotonic)
        self._waiting: InputContainer | None = _open(source)
        self._running: InputContainer | None = None

    def frames(self) -> Iterator[Frame]:
        """Yield frames until the source ends; raises DeviceError when it fails or stalls."""
        container, self._waiting = self._waiting or _open(self._source), None
        self._running = container
        # Backwards: nothing of a picture is held any more when the source is closed.
        with closing(container), closing(_pictures(container, self._source)) as pictures:
            for luma, told_s in pictures:
                yield Frame(luma=luma, at_s=self._time.next_s(told_s))
                if self._running is not container:  # closed meanwhile: FFmpeg must not be asked
                    return

    def close(self) -> None:
        """Let go of the source; a stream that is being iterated ends."""
        for container in (self._waiting, self._running):
            if container is not None:
                container.close()
        self._waiting = self._running = None


class TimeLine:
    """A steady line from the times of frames: they may be missing, leap, or go back.

    Where a live stream's do not tell, the time that passed does, by `monotonic`: whoever compares
    both finds no frame late that isn't.
    """

    def __init__(self, *, live: bool, monotonic: Callable[[], float]) -> None:
        self._live = live
        self._max_step_s = MAX_STEP_S if live else float("inf")
        self._monotonic = monotonic
        self._told_s: float | None = None
        self._read_s = 0.0
        self._at_s = 0.0

    def next_s(self, told_s: float | None) -> float:
        """Return the next moment of the line; a file's own times are kept as they are."""
        read_s, before_s = self._monotonic(), self._read_s
        self._read_s = read_s
        if self._told_s is None:
            self._at_s = max(self._at_s, told_s or 0.0)
        else:
            usual_s = read_s - before_s if self._live else USUAL_STEP_S
            step_s = usual_s if told_s is None else told_s - self._told_s
            self._at_s += step_s if 0 <= step_s <= self._max_step_s else usual_s
        self._told_s = self._at_s if told_s is None else told_s
        return self._at_s


def luma_of(picture: "av.VideoFrame") -> Luma:
    """Return the brightness of `picture`, a view into it where its format allows."""
    layout = picture.format.name
    width_px, height_px = picture.width, picture.height
    if layout in _PLANE or layout in _PACKED:
        plane = picture.planes[0]
        if plane.line_size > 0:  # a picture stored upside down has lines of negative length
            data: Luma = np.frombuffer(memoryview(plane), np.uint8)
            rows = data[: height_px * plane.line_size].reshape(height_px, plane.line_size)
            if layout in _PLANE:
                return rows[:, :width_px]
            return rows[:, _PACKED[layout] : 2 * width_px : 2]
    return np.asarray(picture.to_ndarray(format="gray"), np.uint8)


def _open(source: Source) -> "InputContainer":
    """Open with the first set of options that the source accepts."""
    import av  # noqa: PLC0415  loaded by open_av

    failure: Exception | None = None
    for options in source.options:
        try:
            container = av.open(
                source.url, format=source.demuxer, options=dict(options), timeout=(OPEN_S, READ_S)
            )
        except (av.FFmpegError, OSError) as error:
            failure = error
            continue
        if fault := _unshowable(container):
            container.close()
            raise DeviceError(f"{source.name}: {fault}; {source.next_step}")
        if source.live:
            # As words: the flag's own name is another in each few versions of PyAV.
            container.streams.video[0].codec_context.options = {"flags": "+low_delay"}
        return container
    # Not chained: FFmpeg's errors repeat the address with its password.
    raise DeviceError(f"{source.name}: {_why(failure)}; {source.next_step}") from None


def _unshowable(container: "InputContainer") -> str | None:
    """Return why no picture can come of what opened, or None."""
    if not container.streams.video:
        return "holds no picture"
    # None where FFmpeg knows no decoder for it (PyAV, av/stream.py), whatever its types say.
    if cast("object", container.streams.video[0].codec_context) is None:
        return "its pictures are packed in a way that nothing here unpacks"
    return None


def _pictures(container: "InputContainer", source: Source) -> Generator[tuple[Luma, float | None]]:
    """Decode what comes; a live stream may have broken parts, as at its start, a file may not.

    What a camera gives lies in the kernel's own memory, which is gone once the camera is closed
    (libavdevice/v4l2.c, mmap_close); whatever holds a packet of it then takes the process with it.
    So a raw picture is copied, and no packet has a name here, nor in an error that leaves here.
    """
    import av  # noqa: PLC0415  loaded by open_av

    is_raw = container.streams.video[0].codec_context.name == "rawvideo"
    broken = 0
    why = ""
    try:
        for found in map(partial(_decoded, is_raw=is_raw), container.demux(video=0)):
            if isinstance(found, str):
                broken += 1
                if not source.live or broken > MAX_BROKEN_PACKETS:
                    why = found
                    break
                continue
            broken = 0 if found else broken
            yield from found
    except (av.FFmpegError, OSError) as error:
        why = _why(error)
    if why:
        raise DeviceError(f"{source.name}: stopped, {why}; {source.next_step}")


def _decoded(
    packet: "av.Packet[VideoStream]", *, is_raw: bool
) -> list[tuple[Luma, float | None]] | str:
    """Return the pictures of a packet and their times, or why it is broken."""
    import av  # noqa: PLC0415  loaded by open_av

    try:
        pictures = packet.decode()
    except av.InvalidDataError as error:
        return _why(error)
    lumas = [luma_of(one).copy() if is_raw else luma_of(one) for one in pictures]
    return [(luma, one.time) for luma, one in zip(lumas, pictures, strict=True)]


def _why(error: Exception | None) -> str:
    """Return FFmpeg's words without the address it was given."""
    return str(getattr(error, "strerror", None) or type(error).__name__)
