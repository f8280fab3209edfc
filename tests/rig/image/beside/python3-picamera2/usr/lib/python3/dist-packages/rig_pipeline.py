"""What picamera2 misses on libcamera's virtual pipeline; the rest of picamera2 is as released.

The virtual camera offers no raw stream, which Picamera2's construction asks every camera for; and
it wants an NV12 picture's brightness and colour as two planes, where picamera2 hands over one.
"""

import types

import libcamera
from picamera2 import Picamera2
from picamera2.allocators import dmaallocator


def _modes(self):
    for role in (libcamera.StreamRole.Raw, libcamera.StreamRole.VideoRecording):
        configuration = self.camera.generate_configuration([role])
        if configuration is not None:
            formats = configuration.at(0).formats
            return [
                {"format": str(pixels), "size": (size.width, size.height)}
                for pixels in formats.pixel_formats
                for size in formats.sizes(pixels)
            ]
    return []


def _frame_buffer(planes):
    first = planes[0]
    if len(planes) == 1 and first.length % 3 == 0:
        second, whole = libcamera.FrameBuffer.Plane(), first.length
        second.fd, second.offset, second.length = first.fd, whole * 2 // 3, whole // 3
        first.length = whole * 2 // 3
        planes = [first, second]
    return libcamera.FrameBuffer(planes)


_frame_buffer.Plane = libcamera.FrameBuffer.Plane
Picamera2._get_raw_modes = _modes  # noqa: SLF001  the one way in
dmaallocator.libcamera = types.SimpleNamespace(FrameBuffer=_frame_buffer)
