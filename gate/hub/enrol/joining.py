"""A unit joins: its token is judged, it gets its place, and whoever it replaces is retired.

All of it is one transaction, under a lock of the code: of two that ask at once, one joins. The
second is refused, and told as an alarm of the unit that has the code.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final

from django.conf import settings
from django.db import transaction

from gate.errors import ConfigError, TrustError
from gate.hub.audit.models import MAX_HOST_CHARS, Record
from gate.hub.audit.notes import Act
from gate.hub.config import HubConfig
from gate.hub.enrol.codes import token_hash
from gate.hub.enrol.judge import KnownCode, Verdict, judge
from gate.hub.enrol.models import SetUpCode
from gate.hub.ingest.alarms import raise_alarm
from gate.hub.ingest.answers import Refused
from gate.hub.ingest.models import AlarmKind, Journal
from gate.hub.keys import site_key
from gate.hub.manifest.rules import rules_of
from gate.hub.sites.models import Unit
from gate.hub.sites.services import add_unit, retire_unit
from gate.signing.keys import SigningKey
from gate.trust.joining import MAX_ROOT_BYTES, Join, Joined, open_join, sign_joined
from gate.trust.place import Place, lanes_called

_REFUSALS: Final = {
    Verdict.UNKNOWN: (HTTPStatus.NOT_FOUND, "this hub made no such code, or cancelled it"),
    Verdict.CANCELLED: (HTTPStatus.NOT_FOUND, "this hub made no such code, or cancelled it"),
    Verdict.EXPIRED: (HTTPStatus.GONE, "the code's last day is past; make another"),
    Verdict.TAKEN: (HTTPStatus.CONFLICT, "another unit is joining by this code"),
    Verdict.USED: (HTTPStatus.CONFLICT, "a unit has joined by this code; make another"),
}
_CODES: Final = {Verdict.CANCELLED: "unknown"}
"""Who asks is told no more of a code that was cancelled than of one that never was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    """A code that another unit has."""

    verdict: Verdict
    code: SetUpCode


def take_join(data: bytes, hub_key: SigningKey, *, host: str, now: datetime) -> bytes:
    """Let a unit join; return the answer to it.

    1. Read the request.  2. It is for this hub.  3. Under the code's lock: judge the token, make
    the unit, retire the one it replaces.  4. Raise the alarm of a second unit.  5. Answer.

    Raises:
        Refused: naming the step that failed.
    """
    # 1.
    try:
        join = open_join(data)
    except TrustError as error:
        raise Refused(HTTPStatus.BAD_REQUEST, "malformed", str(error)) from error
    # 2.
    if join.hub != hub_key.verifying_key:
        raise Refused(HTTPStatus.MISDIRECTED_REQUEST, "other_hub", "the code is of another hub")
    # 3.
    with transaction.atomic(durable=True):
        found = _joined(join, host, now)
    # 4.
    if isinstance(found, _Taken):
        _second_unit(found.code, join, host, now)
        raise _refused(found.verdict)
    # 5.
    return _answer(found, data, hub_key, now)


def _joined(join: Join, host: str, now: datetime) -> SetUpCode | _Taken:
    codes = SetUpCode.objects.select_for_update(of=("self",)).select_related("site", "unit")
    code = codes.filter(token_hash=token_hash(join.token)).first()
    verdict = judge(_known(code), join.key.public, now)
    if code is None or verdict in {Verdict.UNKNOWN, Verdict.CANCELLED, Verdict.EXPIRED}:
        raise _refused(verdict)
    if verdict in {Verdict.TAKEN, Verdict.USED}:
        return _Taken(verdict=verdict, code=code)
    if rules_of(code.site) is None:
        told = f"the site {code.site.slug} has no rules in force; put some in force, and try again"
        raise Refused(HTTPStatus.CONFLICT, "no_rules", told)
    if verdict is Verdict.FRESH:
        _use(code, join, host, now)
    return code


def _use(code: SetUpCode, join: Join, host: str, now: datetime) -> None:
    if code.replaces is not None:
        retire_unit(code.replaces.uid, now)
    try:
        code.unit = add_unit(site=code.site.slug, name=code.name, public_key=join.key.public)
    except ConfigError as error:
        told = "; ".join(error.faults)
        raise Refused(
            HTTPStatus.CONFLICT, "used", f"it can't become {code.name}: {told}"
        ) from error
    code.used_at = now
    code.save(update_fields=["unit", "used_at"])
    _note(code, Act.JOINED, host, now)


def _answer(code: SetUpCode, request: bytes, hub_key: SigningKey, now: datetime) -> bytes:
    config: HubConfig = settings.HUB  # type: ignore[misc]  # gate.hub.settings puts it there
    unit = code.unit
    assert unit is not None  # noqa: S101 - whoever joined has a unit
    joined = Joined(
        uid=unit.uid,
        place=Place(
            site=code.site.slug, name=unit.name, lanes=lanes_called(unit.name, code.directions)
        ),
        site_key=site_key(config, code.site.slug),
        hub_time=now.astimezone(UTC).replace(microsecond=0),
        fleet_root=_fleet_root(config),
    )
    return sign_joined(joined, request, hub_key)


def _fleet_root(config: HubConfig) -> bytes:
    """Return the first root of the fleet whose trust is published here; empty for none."""
    try:
        with (config.published / "fleet" / "metadata" / "1.root.json").open("rb") as file:
            return file.read(MAX_ROOT_BYTES + 1)
    except FileNotFoundError:
        return b""


def _known(code: SetUpCode | None) -> KnownCode | None:
    if code is None:
        return None
    unit: Unit | None = code.unit
    return KnownCode(
        until=code.until,
        cancelled=code.cancelled_at is not None,
        user=None if unit is None else bytes(unit.public_key),
        retired=unit is not None and unit.retired_at is not None,
        heard=unit is not None and Journal.objects.filter(unit=unit).exists(),
    )


def _second_unit(code: SetUpCode, join: Join, host: str, now: datetime) -> None:
    """Raise it in a transaction of its own: nothing of the request was kept."""
    unit = code.unit
    assert unit is not None  # noqa: S101 - a code that is taken has a unit
    told = (
        f"Another unit, of key {join.key.kid.hex()}, asked from {host} to join by the code that"
        f" {unit.name} ({unit.uid}) has; it was refused"
    )
    with transaction.atomic(durable=True):
        raise_alarm(AlarmKind.SECOND_UNIT, unit.pk, bytes(16), code.pk, detail=told, now=now)


def _note(code: SetUpCode, act: Act, host: str, now: datetime) -> None:
    Record.objects.create(
        site=code.site,
        at=now,
        by=None,
        by_name=f"set-up code of {code.by_name}"[:150],
        act=act,
        place=code.name,
        host=host[:MAX_HOST_CHARS],
    )


def _refused(verdict: Verdict) -> Refused:
    status, words = _REFUSALS[verdict]
    return Refused(status, _CODES.get(verdict, str(verdict)), words)
