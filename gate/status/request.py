"""One HTTP request, read strictly: what a browser sends, and nothing to be read in two ways. Pure.

A connection carries one request, so that nothing after it is ever taken for another.

Invariant: any bytes are a request, too little of one yet, or `BadRequestError`; and what is one
stays the same one however it was cut into pieces.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qsl

MAX_HEAD_BYTES: Final = 8192
"""Request line and headers; browsers send under 2 KB, and cookies of other services on the unit's
address come on top."""

MAX_BODY_BYTES: Final = 1024
"""A name and a password, percent-encoded, take 200."""

MAX_HEADERS: Final = 64
MAX_FIELDS: Final = 4
"""Of a query or a form; no page has more than two."""

FORM: Final = "application/x-www-form-urlencoded"

_HEAD_END: Final = b"\r\n\r\n"
_LINE: Final = re.compile(
    rb"([A-Z]{1,16}) (/[A-Za-z0-9._~/-]*)(?:\?([A-Za-z0-9._~=&%+-]*))? HTTP/1\.[01]"
)
_HEADER: Final = re.compile(rb"([A-Za-z0-9!#$%&'*+.^_`|~-]+):[ \t]*([\t -~]*?)[ \t]*")
_LENGTH: Final = re.compile(r"[0-9]{1,9}", re.ASCII)
_ONCE: Final = frozenset({"host", "content-length", "content-type", "origin", "cookie"})
_METHODS: Final = frozenset({"GET", "HEAD", "POST"})


class BadRequestError(Exception):
    """Not a request that is answered; `status` and a few words say why."""

    def __init__(self, status: HTTPStatus, words: str) -> None:
        super().__init__(words)
        self.status = status
        self.words = words


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What was asked; the names of `headers` are in lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    form: Mapping[str, str]


def read_request(data: bytes) -> Request | None:
    """Return the request that `data` begins with; None if it is not whole yet.

    1. The head is whole, and not too long.  2. Its line.  3. Its headers, each once that counts.
    4. The body, as long as it says.

    Raises:
        BadRequestError: naming the first step that failed.
    """
    # 1.
    head, end, rest = data.partition(_HEAD_END)
    if len(head) > MAX_HEAD_BYTES:
        raise BadRequestError(
            HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, f"over {MAX_HEAD_BYTES} bytes of headers"
        )
    if not end:
        return None
    line, *lines = head.split(b"\r\n")
    # 2.
    match = _LINE.fullmatch(line)
    if match is None:
        raise BadRequestError(HTTPStatus.BAD_REQUEST, "not a request of this page")
    method, path, query = (part.decode("ascii") for part in (match[1], match[2], match[3] or b""))
    if method not in _METHODS:
        raise BadRequestError(HTTPStatus.METHOD_NOT_ALLOWED, "only GET, HEAD and POST are answered")
    # 3.
    headers = _headers(lines)
    length = _length(method, headers)
    # 4.
    if len(rest) < length:
        return None
    form = _fields(rest[:length].decode("latin-1")) if length else {}
    return Request(method=method, path=path, query=_fields(query), headers=headers, form=form)


def _headers(lines: list[bytes]) -> dict[str, str]:
    if len(lines) > MAX_HEADERS:
        raise BadRequestError(
            HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, f"over {MAX_HEADERS} headers"
        )
    headers: dict[str, str] = {}
    for line in lines:
        match = _HEADER.fullmatch(line)
        if match is None:
            raise BadRequestError(HTTPStatus.BAD_REQUEST, "a header that is none")
        name, value = match[1].decode("ascii").lower(), match[2].decode("ascii")
        if name in headers and name in _ONCE:
            raise BadRequestError(HTTPStatus.BAD_REQUEST, f"{name} twice")
        headers[name] = value
    if "host" not in headers:
        raise BadRequestError(HTTPStatus.BAD_REQUEST, "no host")
    return headers


def _length(method: str, headers: Mapping[str, str]) -> int:
    if "transfer-encoding" in headers:
        raise BadRequestError(HTTPStatus.NOT_IMPLEMENTED, "a body must say how long it is")
    text = headers.get("content-length", "0")
    if not _LENGTH.fullmatch(text):
        raise BadRequestError(HTTPStatus.BAD_REQUEST, "a length that is none")
    length = int(text)
    if length > MAX_BODY_BYTES:
        raise BadRequestError(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            f"a body of {length} bytes, at most {MAX_BODY_BYTES}",
        )
    if length and method != "POST":
        raise BadRequestError(HTTPStatus.BAD_REQUEST, "a body where none belongs")
    if length and headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise BadRequestError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "only forms are taken")
    return length


def _fields(text: str) -> dict[str, str]:
    """Return the fields of a query or a form, each once."""
    if not text:
        return {}
    try:
        pairs = parse_qsl(
            text,
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=MAX_FIELDS,
        )
    except ValueError as error:
        raise BadRequestError(HTTPStatus.BAD_REQUEST, "fields that are none") from error
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise BadRequestError(HTTPStatus.BAD_REQUEST, "a field twice")
    return fields
