"""The door through which a unit sends the support bundle that it was asked for."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from ninja import Router

from gate.events.support import MAX_SUPPORT_BYTES
from gate.hub.clock import hub_now
from gate.hub.ingest import openapi
from gate.hub.ingest.answers import Refused
from gate.hub.ingest.api import find, open_request, spend
from gate.hub.support.taking import take

router = Router()


@router.post(
    "/units/{uid}/support",
    operation_id="send_support",
    summary="Send the support bundle that the hub asked for",
    response=openapi.SUPPORT_RESPONSES,
    openapi_extra=openapi.SUPPORT,
)
def send_support(request: HttpRequest, uid: str) -> HttpResponse:
    """Keep a bundle, or why there is none; the same may be sent again and is answered alike."""
    now = hub_now()
    unit, message = open_request(request, uid, find, MAX_SUPPORT_BYTES, now)
    is_asked = take(unit, message, now)
    spend(unit, now)
    if not is_asked:
        raise Refused(
            HTTPStatus.CONFLICT,
            "not_asked",
            f"unit {unit.uid} is not asked for this bundle, or for another one since",
        )
    return HttpResponse(status=HTTPStatus.NO_CONTENT)
