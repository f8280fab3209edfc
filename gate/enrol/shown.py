"""The set-up code that is shown to a unit: typed, in a picture, on a stick, before its camera."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

from gate.devices.camera import open_camera, parse_camera
from gate.devices.decoder_chain import open_decoder
from gate.devices.ports import Camera, Decoder, Frame, Sight
from gate.devices.still_decoder import open_still_decoder
from gate.devices.stills import list_stills, load_still
from gate.errors import EnrolError, Setback
from gate.trust.set_up_text import is_code

AWAY_S: Final = 3.0
"""A code that was tried counts again once nobody has held it up for so long: a hand takes it down,
and puts it up again on purpose."""


def code_shown(shown: str) -> str:
    """Return the code that is shown: by its text, or in the pictures of a file or a folder.

    Raises:
        EnrolError: NOT_A_CODE, if there is none; SEVERAL_CODES.
        DeviceError: a picture can't be read.
    """
    if is_code(shown):
        return shown
    path = Path(shown)
    if not path.exists():
        raise EnrolError(Setback.NOT_A_CODE, f"{shown[:40]!r} is neither a code nor a file")
    return _only(_texts(list_stills(path) if path.is_dir() else [path]), str(path))


def code_before_camera(source: str) -> str:
    """Wait until a code is held to a camera; return it.

    Raises:
        EnrolError: NOT_A_CODE, if the source ends without one.
        DeviceError: the camera fails.
    """
    camera = open_camera(parse_camera(source))
    try:
        return first_code(camera, open_decoder())
    finally:
        camera.close()


def first_code(camera: Camera, decoder: Decoder) -> str:
    """Return the first set-up code that is seen; a card or a web address is none.

    Raises:
        EnrolError: NOT_A_CODE, if the frames end without one.
    """
    for text in codes_seen(camera, decoder):
        return text
    raise EnrolError(Setback.NOT_A_CODE, "the camera's pictures ended without one")


def codes_seen(
    camera: Camera, decoder: Decoder, is_over: Callable[[], bool] = lambda: False
) -> Iterator[str]:
    """Yield each set-up code that is held up, until it is over; the same again once it was away.

    Whoever takes a code may be busy with it for minutes: what passed meanwhile tells nothing, so
    its being away is counted from the first frame thereafter.
    """
    last: str | None = None
    seen_s: float | None = None
    for frame in camera.frames():
        if is_over():
            return
        text = _held_up(decoder.decode(frame))
        if text is not None and text != last:
            last, seen_s = text, None
            yield text
        elif text is not None or seen_s is None:
            seen_s = frame.at_s
        elif frame.at_s - seen_s >= AWAY_S:
            last = None


def _held_up(sight: Sight) -> str | None:
    """Return the code that is seen; several at once are a line each, which is none."""
    return "\n".join(sorted({one.text for one in sight.readings if is_code(one.text)})) or None


def _texts(pictures: Iterable[Path]) -> Iterator[str]:
    decoder = open_still_decoder()
    for picture in pictures:
        for reading in decoder.decode(Frame(luma=load_still(picture), at_s=0.0)).readings:
            if is_code(reading.text):
                yield reading.text


def _only(texts: Iterable[str], where: str) -> str:
    found = sorted(set(texts))
    if len(found) != 1:
        setback = Setback.SEVERAL_CODES if found else Setback.NOT_A_CODE
        raise EnrolError(setback, f"{where}: {len(found)} set-up codes, must be one")
    return found[0]
