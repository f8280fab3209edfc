"""Reading a request's body within its bounds: the length is judged before a byte is read."""

from http import HTTPStatus
from typing import Final

from django.http import HttpRequest
from django.http.request import UnreadablePostError

from gate.events.batch import inflate
from gate.hub.ingest.answers import Refused

_DEFLATE: Final = "deflate"
_IDENTITY: Final = ("", "identity")


def announced_bytes(request: HttpRequest, max_bytes: int) -> int:
    """Return how long the body says it is.

    Raises:
        Refused: it doesn't say, or that is too long.
    """
    text = request.META.get("CONTENT_LENGTH") or ""
    if not (text.isascii() and text.isdecimal()):
        raise Refused(
            HTTPStatus.LENGTH_REQUIRED, "length", "Content-Length is missing; send the body whole"
        )
    length = int(text[:20])
    if length > max_bytes:
        raise Refused(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            "too_large",
            f"{length} bytes, at most {max_bytes} are taken; send less at once",
        )
    return length


def read_message(request: HttpRequest, length: int) -> bytes:
    """Return the message that a request carries in `length` bytes.

    1. It is compressed in the one way, or not.  2. All of it arrives.  3. It is inflated, never
    beyond its own bound.

    Raises:
        Refused: naming the step that failed.
        EventError: it could not be inflated within bounds.
    """
    # 1.
    encoding = request.META.get("HTTP_CONTENT_ENCODING", "").strip().lower()
    if encoding != _DEFLATE and encoding not in _IDENTITY:
        raise Refused(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            "encoding",
            f"Content-Encoding {encoding[:20]!r}: only deflate is understood",
        )
    # 2.
    try:
        body = request.read(length)
    except UnreadablePostError as error:
        raise Refused(HTTPStatus.BAD_REQUEST, "cut_short", "the connection broke") from error
    if len(body) != length:
        raise Refused(
            HTTPStatus.BAD_REQUEST, "cut_short", f"{len(body)} bytes arrived of {length} announced"
        )
    # 3.
    return inflate(body) if encoding == _DEFLATE else body
