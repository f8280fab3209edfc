"""What is published, answered to anybody: signed files, so that a CDN or nginx may do it instead.

An address is one file of one directory: names are matched whole, nothing is listed, a symlink is
not followed. The ETag is the content's hash, so that several hubs give the same. What never changes
once it is there may be kept for a year; the rest, and that something is missing, for a minute.
"""

import errno
import logging
import os
import stat
from hashlib import sha256
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from gate.errors import TrustError
from gate.hub.config import HubConfig
from gate.hub.desk.publishing import bring_up_to_date
from gate.hub.fleet.metadata import MAX_METADATA_BYTES
from gate.trust.hubs import MAX_HUBS_BYTES
from gate.trust.status_token import MAX_TOKEN_BYTES

log: Final = logging.getLogger(__name__)

MINUTE: Final = "public, max-age=60"
"""A unit asks hourly; a CDN that asks once a minute costs nothing."""

FOR_EVER: Final = "public, max-age=31536000, immutable"
"""A year, the most that RFC 9111 has caches expect; the name has a version or a hash in it."""


@require_safe
def timestamp(request: HttpRequest) -> HttpResponseBase:
    """Answer the one metadata file that changes under its name."""
    path = _published() / "fleet" / "metadata" / "timestamp.json"
    return _answer(request, path, MAX_METADATA_BYTES, MINUTE, "application/json")


@require_safe
def metadata(request: HttpRequest, version: str, role: str) -> HttpResponseBase:
    """Answer one version of root, targets or snapshot."""
    path = _published() / "fleet" / "metadata" / f"{version}.{role}.json"
    return _answer(request, path, MAX_METADATA_BYTES, FOR_EVER, "application/json")


@require_safe
def target(request: HttpRequest, name: str) -> HttpResponseBase:
    """Answer a file that units believe; its hash is in its name."""
    path = _published() / "fleet" / "targets" / name
    return _answer(request, path, MAX_HUBS_BYTES, FOR_EVER, "application/json")


@require_safe
def status_list(request: HttpRequest, name: str) -> HttpResponseBase:
    """Answer a status list; a desk's own is fresh even if nobody published it in time."""
    try:
        bring_up_to_date(name, timezone.now())
    except (TrustError, Error) as error:
        log.error("a list is served as it lies there", extra={"list": name, "error": str(error)})  # noqa: TRY400 - it says all
    path = _published() / "lists" / name
    return _answer(request, path, MAX_TOKEN_BYTES, MINUTE, "application/statuslist+cwt")


def _published() -> Path:
    config: HubConfig = settings.HUB  # type: ignore[misc]  # gate.hub.settings puts it there
    return config.published


def _answer(
    request: HttpRequest, path: Path, most_bytes: int, keep: str, kind: str
) -> HttpResponseBase:
    data = _read(path, most_bytes)
    if data is None:
        missing = HttpResponse("not published\n", status=404, content_type="text/plain")
        missing["Cache-Control"] = MINUTE
        return missing
    etag = f'"{sha256(data).hexdigest()}"'
    response = HttpResponse(data, content_type=kind)
    response["ETag"] = etag
    response["Cache-Control"] = keep
    return get_conditional_response(request, etag=etag, response=response) or response


def _read(path: Path, most_bytes: int) -> bytes | None:
    """Return a regular file's content; None if it is not there, or more than it may be."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        if error.errno == errno.ELOOP:  # a symlink
            return None
        raise
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            data = file.read(most_bytes + 1)
    finally:
        os.close(descriptor)
    if len(data) > most_bytes:
        log.error("a published file is too large", extra={"path": path, "most_bytes": most_bytes})
        return None
    return data
