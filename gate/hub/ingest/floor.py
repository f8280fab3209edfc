"""The hub with one address more, for `gate bench ingest`: the least that a signed request costs.

The addresses of the hub, and `/floor/<uid>`, which reads a body, inflates it, checks its signature
and stores nothing. No hub in use has it: `gate.hub.ingest.floor_server` alone names this module.
"""

from functools import lru_cache
from http import HTTPStatus
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

from gate.events.batch import TYP, inflate
from gate.events.signed import open_signed
from gate.hub.ingest.services import find_unit, verifying_key
from gate.signing.keys import VerifyingKey


@csrf_exempt
def floor(request: HttpRequest, uid: str) -> HttpResponse:
    """Read the body and check its signature, with a key that is at hand."""
    open_signed(inflate(request.body), TYP, _key(uid))
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


_BESIDE: Final = "send-batch"
"""The row of gate.hub.accounts.roles that the measuring address is held to."""
urlpatterns = [path("floor/<uid>", floor, name=_BESIDE), path("", include("gate.hub.urls"))]


@lru_cache(maxsize=1024)
def _key(uid: str) -> VerifyingKey:
    unit = find_unit(uid)
    if unit is None:
        raise LookupError(uid)
    return verifying_key(unit)
