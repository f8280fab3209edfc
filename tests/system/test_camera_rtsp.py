"""A network camera over loopback: one that works, one that hangs, and none."""

import re
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from typing import BinaryIO, Final, cast

import av
import numpy as np
import pytest

from gate.bench.scenes import empty_scene, pasted, qr_picture
from gate.devices.camera import CameraKind, CameraSpec, open_camera, parse_camera
from gate.devices.camera_av import READ_S, AvCamera, rtsp_source
from gate.devices.decoder import ZxingDecoder
from gate.errors import DeviceError

pytestmark = pytest.mark.system

TEXT: Final = "CC1:STREAM"
FRAMES_PER_S: Final = 25
CLOCK_HZ: Final = 90_000  # RFC 6184, 8.2.1
SDP: Final = (
    "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=gate\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n"
    "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
    "a=fmtp:96 packetization-mode=1\r\na=control:track1\r\n"
)


def coded_frames(count: int) -> Iterator[list[bytes]]:
    """Yield the H.264 units of each frame of a still film that shows a code."""
    luma = pasted(empty_scene((320, 240), seed=1), qr_picture(TEXT))
    context = av.CodecContext.create("libx264", "w")
    context.width, context.height, context.pix_fmt = 320, 240, "yuv420p"
    context.framerate = Fraction(FRAMES_PER_S)
    context.options = {"preset": "ultrafast", "tune": "zerolatency", "crf": "20"}
    for _ in range(count):
        picture = av.VideoFrame.from_ndarray(np.dstack([luma] * 3), format="rgb24")
        for packet in context.encode(picture.reformat(format="yuv420p")):
            units = re.split(b"\0\0\0?\1", bytes(packet))
            yield [unit for unit in units if unit]


class RtspServer:
    """Enough RTSP (RFC 2326) to send `count` frames inside its TCP connection, then waits."""

    def __init__(self, count: int) -> None:
        self.asked: list[str] = []
        self._count = count
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        port: int = self._listening.getsockname()[1]
        return port

    def close(self) -> None:
        self._listening.close()
        self._thread.join()

    def _serve(self) -> None:
        connection, _ = self._listening.accept()
        with connection, connection.makefile("rwb") as both, suppress(ConnectionError):
            stream = cast("BinaryIO", both)
            while (request := stream.readline()).strip():
                method = request.split()[0].decode()
                self.asked.append(method)
                fields = dict(self._fields(stream))
                stream.write(self._answer(method, fields))
                stream.flush()
                if method == "PLAY":
                    self._play(stream)

    def _fields(self, stream: Iterator[bytes]) -> Iterator[tuple[str, str]]:
        for line in stream:
            if not line.strip():
                return
            name, _, value = line.decode().partition(":")
            yield name.lower(), value.strip()

    def _answer(self, method: str, fields: dict[str, str]) -> bytes:
        lines = ["RTSP/1.0 200 OK", f"CSeq: {fields['cseq']}", "Session: 1"]
        body = SDP if method == "DESCRIBE" else ""
        if method == "OPTIONS":
            lines.append("Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN")
        if method == "SETUP":
            lines.append(f"Transport: {fields['transport']}")
        if body:
            lines += ["Content-Type: application/sdp", f"Content-Length: {len(body)}"]
        return "\r\n".join([*lines, "", body]).encode()

    def _play(self, stream: BinaryIO) -> None:
        number = 0
        for index, units in enumerate(coded_frames(self._count)):
            for unit in units:
                mark = 0x80 if unit is units[-1] else 0
                at = 1_000 + index * CLOCK_HZ // FRAMES_PER_S
                packet = struct.pack(">BBHII", 0x80, mark | 96, number, at, 7) + unit
                number += 1
                stream.write(struct.pack(">cBH", b"$", 0, len(packet)) + packet)
        stream.flush()


@pytest.fixture
def server() -> Iterator[RtspServer]:
    server = RtspServer(count=60)
    yield server
    server.close()


def test_codes_are_read_from_a_network_camera_until_it_stalls(server: RtspServer) -> None:
    camera = open_camera(parse_camera(f"rtsp://127.0.0.1:{server.port}/gate"))
    seen: list[str] = []
    times_s: list[float] = []

    def watch() -> None:
        for frame in camera.frames():
            times_s.append(frame.at_s)
            seen.extend(code.text for code in ZxingDecoder().decode(frame).readings)

    with pytest.raises(DeviceError, match=f"rtsp://127.0.0.1:{server.port}/gate: stopped, "):
        watch()
    assert camera.live
    assert set(seen) == {TEXT}
    assert len(seen) > 40
    assert times_s == sorted(times_s)
    assert server.asked[:4] == ["OPTIONS", "DESCRIBE", "SETUP", "PLAY"]


def test_a_camera_that_refuses_is_named_without_its_password() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    address = f"rtsp://guard:s3cret@127.0.0.1:{port}/gate"
    with pytest.raises(DeviceError) as refused:
        open_camera(CameraSpec(kind=CameraKind.RTSP, target=address))
    assert str(refused.value).startswith(f"rtsp://127.0.0.1:{port}/gate: Connection refused; check")
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__


def test_a_camera_that_accepts_and_says_nothing_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"rtsp://127.0.0.1:{silent.getsockname()[1]}/gate"
        with pytest.raises(DeviceError, match="check the address"):
            AvCamera(rtsp_source(address, address))
    assert READ_S < 5
