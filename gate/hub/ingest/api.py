"""The units' API: signed batches in, signed receipts out. HTTP is translated here and nothing else.

A request is authenticated by the signature on what it carries, so no cookie and no session counts
here. The body never passes through django-ninja, which would parse it; what it would have written
into the OpenAPI description is said in `gate.hub.ingest.openapi`.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Final, assert_never, cast

from django.apps import apps
from django.db import InterfaceError, InternalError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from ninja import NinjaAPI

from gate.errors import EventError
from gate.events.heartbeat import MAX_HEARTBEAT_BYTES
from gate.hub.clock import hub_now
from gate.hub.ingest import answers, openapi, services
from gate.hub.ingest.answers import Refused
from gate.hub.ingest.apps import IngestConfig
from gate.hub.ingest.body import announced_bytes, read_message
from gate.hub.ingest.judge import Conflict, Gap
from gate.hub.ingest.limits import MAX_BODY_BYTES
from gate.hub.ingest.rows import KnownUnit
from gate.hub.ingest.services import Retired, Stored

log: Final = logging.getLogger(__name__)

_TOLD: Final = (Refused, EventError, OperationalError, InternalError, InterfaceError)
"""What has its handler below."""

OCTETS: Final = "application/octet-stream"

api = NinjaAPI(
    title="Site Gate hub",
    version="1",
    description="What a unit sends to its hub. Messages are COSE_Sign1, signed by the unit's key.",
    docs_url=None,  # its page loads scripts from elsewhere
    urls_namespace="api",
)


@api.post(
    "/units/{uid}/batches",
    operation_id="send_batch",
    summary="Store entries of a unit's journal",
    response=openapi.BATCH_RESPONSES,
    openapi_extra=openapi.BATCH,
)
def send_batch(request: HttpRequest, uid: str) -> HttpResponse:
    """Take a batch and answer with a receipt.

    The same batch may be sent again and is answered alike. `409` tells how far the journal is
    stored: send from there. `422` means that another entry is stored under the same number.
    """
    now = hub_now()
    unit, message = open_request(request, uid, _recall, MAX_BODY_BYTES, now)
    with _ingest().place_for(len(message), now):
        answer = services.take_batch(unit, message, now, _ingest().hub_key)
    spend(unit, now)
    match answer:
        case Stored(receipt=receipt):
            return HttpResponse(receipt, content_type=OCTETS)
        case Gap():
            return answers.gap(answer)
        case Conflict():
            return answers.conflict(answer)
        case Retired():
            _ingest().recall.forget(uid)
            raise _retired(unit)
        case _:
            assert_never(answer)


@api.post(
    "/units/{uid}/heartbeats",
    operation_id="send_heartbeat",
    summary="Tell the hub how a unit is",
    response=openapi.HEARTBEAT_RESPONSES,
    openapi_extra=openapi.HEARTBEAT,
)
def send_heartbeat(request: HttpRequest, uid: str) -> HttpResponse:
    """Take a heartbeat; the last that arrived is kept."""
    now = hub_now()
    unit, message = open_request(request, uid, find, MAX_HEARTBEAT_BYTES, now)
    services.take_heartbeat(unit, message, now)
    spend(unit, now)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def open_request(
    request: HttpRequest,
    uid: str,
    find: Callable[[str, float], KnownUnit | None],
    max_bytes: int,
    now: datetime,
) -> tuple[KnownUnit, bytes]:
    """Return who is asking, as they say, and the message, not yet verified.

    1. The body's length is allowed.  2. The unit is known and in use.  3. It has requests left.
    4. The body is read and inflated, within bounds.
    """
    # 1.
    length = announced_bytes(request, max_bytes)
    # 2.
    unit = find(uid, now.timestamp()) if openapi.is_uid(uid) else None
    if unit is None:
        raise Refused(HTTPStatus.NOT_FOUND, "unknown_unit", f"no unit {uid[:32]!r} is known here")
    if unit.retired:
        raise _retired(unit)
    # 3.
    wait_s = _ingest().budget.wait_s(unit.uid, now.timestamp())
    if wait_s:
        raise Refused(
            HTTPStatus.TOO_MANY_REQUESTS,
            "too_many",
            f"unit {unit.uid} has asked too often; again in {wait_s} s",
            retry_after_s=wait_s,
        )
    # 4.
    return unit, read_message(request, length)


def find(uid: str, _now_s: float) -> KnownUnit | None:
    """Return a unit as it is now."""
    return services.find_unit(uid)


def _recall(uid: str, now_s: float) -> KnownUnit | None:
    """Return a unit as it was at most a minute ago."""
    recall = _ingest().recall
    unit = recall.get(uid, now_s)
    if unit is None:
        unit = services.find_unit(uid)
        if unit is not None and not unit.retired:
            recall.keep(unit, now_s)
    return unit


def _ingest() -> IngestConfig:
    return cast("IngestConfig", apps.get_app_config("ingest"))


def spend(unit: KnownUnit, now: datetime) -> None:
    """Count a request that the unit signed: strangers can't use up its budget."""
    _ingest().budget.spend(unit.uid, now.timestamp())


def _retired(unit: KnownUnit) -> Refused:
    return Refused(HTTPStatus.FORBIDDEN, "retired", f"unit {unit.uid} was taken out of use")


@api.exception_handler(Refused)
def _refused(_request: HttpRequest, refused: Refused) -> HttpResponse:
    return refused.response()


@api.exception_handler(EventError)
def _malformed(_request: HttpRequest, error: EventError) -> HttpResponse:
    return answers.problem(HTTPStatus.BAD_REQUEST, "malformed", str(error))


@api.exception_handler(OperationalError)
@api.exception_handler(InternalError)
@api.exception_handler(InterfaceError)
def _database(_request: HttpRequest, error: answers.Trouble) -> HttpResponse:
    log.error("database trouble: %s", answers.words_for_log(error))
    return answers.database_trouble(error)


@csrf_exempt
@require_POST
def batches(request: HttpRequest, uid: str) -> HttpResponse:
    """Answer as `send_batch` is described, without django-ninja between.

    Nearly all that a hub is asked goes this way; of the interpreter's time for a batch of one
    entry, django-ninja took 12 % (py-spy, beside the hub under load).
    """
    try:
        return send_batch(request, uid)
    except _TOLD as error:
        return api.on_exception(request, error)
