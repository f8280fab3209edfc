from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.devices.camera import MAX_SPEC_CHARS, CameraKind, CameraSpec, open_camera, parse_camera
from gate.errors import DeviceError


@pytest.mark.parametrize(
    ("text", "kind", "target"),
    [
        pytest.param("picamera2", CameraKind.PICAMERA2, "", id="the Pi's own"),
        pytest.param("picamera2:1", CameraKind.PICAMERA2, "1", id="the second ribbon cable's"),
        pytest.param("usb:/dev/video0", CameraKind.USB, "/dev/video0", id="USB by number"),
        pytest.param("usb:/dev/v4l/by-id/x", CameraKind.USB, "/dev/v4l/by-id/x", id="USB by id"),
        pytest.param("file:a:b.mp4", CameraKind.FILE, "a:b.mp4", id="a file with a colon"),
        pytest.param("dir:/srv/cards", CameraKind.DIRECTORY, "/srv/cards", id="a directory"),
        pytest.param("rtsp://cam/1", CameraKind.RTSP, "rtsp://cam/1", id="RTSP"),
        pytest.param("rtsp://[::1]:554", CameraKind.RTSP, "rtsp://[::1]:554", id="RTSP over IPv6"),
    ],
)
def test_a_camera_is_named_in_one_of_five_forms(text: str, kind: CameraKind, target: str) -> None:
    assert parse_camera(text) == CameraSpec(kind=kind, target=target)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("", "write picamera2, picamera2:1, usb:", id="nothing"),
        pytest.param("webcam", "'webcam' is not known", id="another word"),
        pytest.param("picamera2:4", "'picamera2:4' is not known", id="a fifth ribbon cable"),
        pytest.param("usb", "'usb' is not known", id="USB without a device"),
        pytest.param("usb:0", "write usb:/dev/video0", id="USB by a bare number"),
        pytest.param("dir:", "lacks its path; write dir:PATH", id="a directory without a path"),
        pytest.param("file:a\0b", "control character", id="a NUL in a path"),
        pytest.param("rtsp://", "not an RTSP address", id="RTSP without a host"),
        pytest.param("rtsp:cam", "not an RTSP address", id="RTSP without slashes"),
        pytest.param("rtsp://cam:70000/", "port 70000; 1 to 65535", id="an impossible port"),
        pytest.param("x" * 1_025, "1025 characters; at most 1024", id="too long"),
    ],
)
def test_another_text_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(DeviceError, match=r"^camera: ") as refused:
        parse_camera(text)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    "text", ["rtsp://guard:s3cret@cam/1?token=s3cret", "rtsp://guard:s3cret@cam"]
)
def test_a_password_is_kept_and_never_shown(text: str) -> None:
    spec = parse_camera(text)
    assert spec.target == text
    assert "s3cret" not in spec.name
    assert "cam" in spec.name


@pytest.mark.parametrize(
    "text", ["rtsp://guard:s3cret@", "http://guard:s3cret@cam/", "RTSP://u:s3cret@cam"]
)
def test_a_mistaken_address_is_refused_without_repeating_its_password(text: str) -> None:
    with pytest.raises(DeviceError) as refused:
        parse_camera(text)
    assert "s3cret" not in str(refused.value)


# Invariant: any text is a camera that says the same again, or one DeviceError.
@given(
    st.one_of(
        st.text(max_size=MAX_SPEC_CHARS + 1),
        st.builds(
            str.__add__,
            st.sampled_from(
                ["usb:", "usb:/dev/", "file:", "dir:", "rtsp://", "rtsp:", "picamera2"]
            ),
            st.text(max_size=40),
        ),
    )
)
def test_every_text_is_a_camera_or_a_device_error(text: str) -> None:
    try:
        spec = parse_camera(text)
    except DeviceError:
        return
    said = spec.target if spec.kind is CameraKind.RTSP else f"{spec.kind}:{spec.target}".rstrip(":")
    assert said == text.rstrip(":")
    assert spec.name


@pytest.mark.parametrize(
    ("kind", "target", "words"),
    [
        (CameraKind.USB, "/dev/video987", "usb:/dev/video987: No such file or directory; check"),
        (CameraKind.FILE, "/nowhere.mp4", "file:/nowhere.mp4: No such file or directory; name"),
        (CameraKind.DIRECTORY, "/nowhere", "/nowhere: No such file or directory; name"),
    ],
)
def test_a_camera_that_is_not_there_is_named_with_the_next_step(
    kind: CameraKind, target: str, words: str
) -> None:
    with pytest.raises(DeviceError) as missing:
        open_camera(CameraSpec(kind=kind, target=target))
    assert words in str(missing.value)


def test_an_empty_directory_is_no_camera(tmp_path: Path) -> None:
    with pytest.raises(DeviceError, match="holds no picture"):
        open_camera(CameraSpec(kind=CameraKind.DIRECTORY, target=str(tmp_path)))
