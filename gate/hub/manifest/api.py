"""What a unit fetches from its hub: its site's manifest and presence, for that site's units alone.

A request without a body is authenticated by a token that the unit signed (gate.trust.unit_token).
Whoever else asks is answered as if there were no such unit.
"""

import logging
import re
from collections.abc import Callable
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Final, cast

from django.apps import apps
from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Router

from gate.errors import ClockError, TrustError
from gate.hub.clock import hub_now
from gate.hub.ingest import openapi
from gate.hub.ingest.answers import Refused
from gate.hub.ingest.apps import IngestConfig
from gate.hub.manifest import fetch_openapi, handed, hours, presence, signed, watched
from gate.hub.manifest.signed import Mark
from gate.hub.sites.models import Unit
from gate.hub.support import asking
from gate.signing.keys import Algorithm, VerifyingKey
from gate.trust import support_ask
from gate.trust.unit_token import open_request

log: Final = logging.getLogger(__name__)

OCTETS: Final = "application/octet-stream"

_ETAG: Final = re.compile(r'(?:W/)?"([0-9a-f.-]{1,64})"', re.ASCII)
_MARK: Final = re.compile(r"([0-9]{1,16})-([0-9]{1,12})", re.ASCII)
_MOST_TRIES: Final = 3
"""Another process may sign anew between the question for the mark and that for the message."""

router = Router()


class WrongClock(Exception):  # noqa: N818 - an answer, not a fault of the hub
    """A token that holds but for its time."""


@router.get(
    "/units/{uid}/manifest",
    operation_id="get_manifest",
    summary="Fetch the manifest of the unit's site",
    response=fetch_openapi.RESPONSES,
    openapi_extra=fetch_openapi.MANIFEST,
)
def get_manifest(request: HttpRequest, uid: str) -> HttpResponse:
    """Answer with the site's manifest, or `304` if the unit has it.

    It is signed anew before it is an hour old, so that its age does not grow while nothing changes.
    """
    now = hub_now()
    try:
        unit = _asker(request, uid, now)
    except WrongClock as wrong:
        return _wrong_clock(wrong, now)
    had = _had(request)
    mark = _mark(had)
    for _ in range(_MOST_TRIES):
        fresh = signed.mark_now(unit.site, now, _ingest().hub_key, mark)
        if fresh is None:
            told = f"the hub has no rules for the site {unit.site.slug}, and so no manifest"
            refused = Refused(HTTPStatus.NOT_FOUND, "no_manifest", told)
            return _with_wishes(refused.response(), unit, now)
        etag = f"{fresh.version}-{fresh.issued_s}"
        answer = _answer(etag, had, partial(signed.message_of, unit.site, fresh))
        if answer is not None:
            handed.note(unit, fresh.version, now)
            return _with_wishes(answer, unit, now)
    raise _busy()


@router.get(
    "/units/{uid}/presence",
    operation_id="get_presence",
    summary="Fetch the presence of the unit's site",
    response=fetch_openapi.RESPONSES,
    openapi_extra=fetch_openapi.PRESENCE,
)
def get_presence(request: HttpRequest, uid: str) -> HttpResponse:
    """Answer with everybody's last passage at the site, or `304` if the unit has it."""
    now = hub_now()
    try:
        unit = _asker(request, uid, now)
    except WrongClock as wrong:
        return _wrong_clock(wrong, now)
    had = _had(request)
    for _ in range(_MOST_TRIES):
        etag = presence.etag_now(unit.site, now, _ingest().hub_key)
        answer = _answer(etag, had, partial(presence.message_of, unit.site, etag))
        if answer is not None:
            return answer
    raise _busy()


@router.get(
    "/units/{uid}/hours",
    operation_id="get_hours",
    summary="Fetch how long everybody was at the unit's site",
    response=fetch_openapi.RESPONSES,
    openapi_extra=fetch_openapi.HOURS,
)
def get_hours(request: HttpRequest, uid: str) -> HttpResponse:
    """Answer with everybody's minutes at the site, if its rules ask; or `304` if the unit has them.

    They are counted anew every five minutes, as long as somebody asks.
    """
    now = hub_now()
    try:
        unit = _asker(request, uid, now)
    except WrongClock as wrong:
        return _wrong_clock(wrong, now)
    had = _had(request)
    for _ in range(_MOST_TRIES):
        etag = hours.etag_now(unit.site, now, _ingest().hub_key)
        if etag is None:
            raise Refused(
                HTTPStatus.NOT_FOUND,
                "no_hours",
                f"the rules of the site {unit.site.slug} ask for nobody's hours",
            )
        answer = _answer(etag, had, partial(hours.message_of, unit.site, etag))
        if answer is not None:
            return answer
    raise _busy()


def _asker(request: HttpRequest, uid: str, now: datetime) -> Unit:
    """Return the unit that asks.

    1. It is known and in use.  2. It has requests left.  3. It signed the token, for this path and
    now.

    Raises:
        Refused: naming the first that fails; a stranger hears that there is no such unit.
        WrongClock: all holds but the token's time.
    """
    # 1.
    units = Unit.objects.select_related("site").filter(uid=uid, retired_at=None)
    unit = units.first() if openapi.is_uid(uid) else None
    if unit is None:
        raise _nobody(uid)
    # 2.
    budget, now_s = _ingest().budget, now.timestamp()
    wait_s = budget.wait_s(uid, now_s)
    if wait_s:
        raise Refused(
            HTTPStatus.TOO_MANY_REQUESTS,
            "too_many",
            f"unit {uid} has asked too often; again in {wait_s} s",
            retry_after_s=wait_s,
        )
    # 3.
    token = request.headers.get("Authorization", "")
    key = VerifyingKey(Algorithm.ED25519, bytes(unit.public_key))
    try:
        open_request(token, key, request.path, now)
    except ClockError as error:
        budget.spend(uid, now_s)
        raise WrongClock(str(error)) from error
    except TrustError as error:
        log.info("request refused", extra={"unit": uid, "fault": str(error)})
        raise _nobody(uid) from error
    budget.spend(uid, now_s)
    return unit


def _had(request: HttpRequest) -> list[str]:
    """Return the ETags that the unit has; a proxy may have made them weak."""
    return _ETAG.findall(request.headers.get("If-None-Match", "")[:1024])


def _mark(etags: list[str]) -> Mark | None:
    matches = [match for etag in etags if (match := _MARK.fullmatch(etag))]
    if not matches:
        return None
    version, issued_s = map(int, matches[0].groups())
    return Mark(version=version, issued_s=issued_s)


def _answer(etag: str, had: list[str], message: Callable[[], bytes | None]) -> HttpResponse | None:
    """Return the message, or that the unit has it; None if it has just been replaced."""
    headers = {"ETag": f'"{etag}"', "Cache-Control": "private, no-cache", "Vary": "Authorization"}
    if etag in had:
        return HttpResponse(status=HTTPStatus.NOT_MODIFIED, headers=headers)
    body = message()
    return None if body is None else HttpResponse(body, content_type=OCTETS, headers=headers)


def _with_wishes(answer: HttpResponse, unit: Unit, now: datetime) -> HttpResponse:
    """Tell a unit what people at the hub wait for."""
    answer[watched.HEADER] = watched.seconds_watched(unit.site, now)
    asked = asking.told(unit, now, _ingest().hub_key)
    if asked:
        answer[support_ask.HEADER] = asked
    return answer


def _wrong_clock(wrong: WrongClock, now: datetime) -> HttpResponse:
    told = {"code": "clock", "detail": str(wrong), "now_s": int(now.timestamp())}
    return JsonResponse(told, status=HTTPStatus.UNAUTHORIZED)


def _nobody(uid: str) -> Refused:
    return Refused(
        HTTPStatus.NOT_FOUND, "unknown_unit", f"no unit {uid[:32]!r} that signed this is known here"
    )


def _busy() -> Refused:
    return Refused(HTTPStatus.SERVICE_UNAVAILABLE, "busy", "signed anew meanwhile", retry_after_s=1)


def _ingest() -> IngestConfig:
    return cast("IngestConfig", apps.get_app_config("ingest"))
