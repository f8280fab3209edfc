"""What a unit that joins asks its hub: whether it is there, vouched for, and takes it in."""

import json
from pathlib import Path
from typing import Any, Final

from gate.devices.ports import Clock
from gate.errors import EnrolError, Setback, TrustError, UplinkError
from gate.signing.keys import SigningKey
from gate.store.files import write_file
from gate.trust.enrolment import EnrolmentCode, HubDoor
from gate.trust.joining import JOIN_PATH, Join, Joined, open_joined, sign_join
from gate.uplink.anchor import (
    AUTHORITY_PATH,
    MAX_CERTIFICATE_BYTES,
    OtherAuthorityError,
    fetch_authority,
)
from gate.uplink.answer import JSON, OCTETS, Reply
from gate.uplink.client import HubClient
from gate.uplink.fetch import Fetcher

_SAID: Final = {
    "unknown": Setback.UNKNOWN,
    "expired": Setback.EXPIRED,
    "used": Setback.USED,
    "taken": Setback.TAKEN,
    "no_rules": Setback.NO_RULES,
    "other_hub": Setback.OTHER_HUB,
    "too_many": Setback.BUSY,
    "database_away": Setback.BUSY,
    "disk_full": Setback.BUSY,
}
"""What a hub's refusal is, by its code."""


def find_hub(code: EnrolmentCode, ca: Path, *, clock: Clock, deadline_s: float) -> Path | None:
    """See that the hub answers and is vouched for; return the authority's file, None for public.

    Args:
        code: says who must vouch for it.
        ca: where to put the authority's certificate, if it is the site's own.
        clock: of the machine.
        deadline_s: on its steady line.

    Raises:
        EnrolError: HUB_UNREACHABLE, PORTAL, AUTHORITY_CHANGED or DISK.
    """
    door = door_of(code)
    believed = None
    try:
        if door.pin is not None:
            pem = fetch_authority(
                door.url,
                door.pin,
                proxy=proxy_of(code),
                deadline_s=deadline_s,
                monotonic=clock.monotonic,
            )
            believed = ca
            write_file(ca, pem.encode("ascii"))
        with Fetcher(ca=believed, proxy=proxy_of(code), monotonic=clock.monotonic) as fetcher:
            fetcher.get(
                f"{door.url}{AUTHORITY_PATH}",
                max_bytes=MAX_CERTIFICATE_BYTES,
                deadline_s=deadline_s,
            )
    except UplinkError as error:
        raise EnrolError(setback_of(error), str(error)) from error
    except OSError as error:
        raise EnrolError(Setback.DISK, f"{error.filename}: {error.strerror}") from error
    return believed


def join(
    code: EnrolmentCode, key: SigningKey, *, ca: Path | None, clock: Clock, deadline_s: float
) -> Joined:
    """Have the hub take the unit of `key` in; return what the unit is from now on.

    Raises:
        EnrolError: what the hub said, or why it could not be asked.
    """
    door = door_of(code)
    asked = Join(key=key.verifying_key, token=door.token, hub=code.key)
    request = sign_join(asked, key)
    try:
        with HubClient(
            door.url, ca=ca, proxy=proxy_of(code), now=clock.now, monotonic=clock.monotonic
        ) as client:
            reply = client.post(JOIN_PATH, request, deadline_s=deadline_s)
    except UplinkError as error:
        raise EnrolError(setback_of(error), str(error)) from error
    if reply.status != 200 or reply.content_type.partition(";")[0].strip().lower() != OCTETS:
        raise _refusal(reply)
    try:
        return open_joined(reply.body, asked, request)
    except TrustError as error:
        raise EnrolError(Setback.OTHER_HUB, str(error)) from error


def door_of(code: EnrolmentCode) -> HubDoor:
    """Return the code's hub.

    Raises:
        EnrolError: NOT_A_CODE, for one without.
    """
    if code.hub is None:
        raise EnrolError(Setback.NOT_A_CODE, "a code without a hub")
    return code.hub


def proxy_of(code: EnrolmentCode) -> str | None:
    """Return where the proxy of the code's network is, if it has one."""
    return code.network.proxy or None


def setback_of(error: UplinkError) -> Setback:
    """Return what it is that a hub could not be asked."""
    if isinstance(error, OtherAuthorityError):
        return Setback.AUTHORITY_CHANGED
    said = str(error)
    if said.startswith("captive portal?"):
        return Setback.PORTAL
    if "certificate is not yet valid" in said:  # OpenSSL's words; nobody makes one for later
        return Setback.CLOCK_WRONG
    is_of_certificate = "certificate" in said.lower() or "hostname" in said.lower()
    return Setback.AUTHORITY_CHANGED if is_of_certificate else Setback.HUB_UNREACHABLE


def _refusal(reply: Reply) -> EnrolError:
    """Return what a hub's refusal is, or somebody else's page."""
    if reply.content_type.partition(";")[0].strip().lower() != JSON:
        if reply.status >= 500:
            return EnrolError(Setback.HUB_UNREACHABLE, f"it says {reply.status}")
        return EnrolError(Setback.PORTAL, f"it answers {reply.status} with {reply.content_type!r}")
    try:
        said: Any = json.loads(reply.body)
    except (ValueError, RecursionError):
        said = None
    match said:
        case {"code": str(code), "detail": str(detail)}:
            setback = _SAID.get(code, Setback.HUB_UNREACHABLE)
            return EnrolError(setback, f"{reply.status} {code}: {detail}"[:300])
        case _:
            return EnrolError(Setback.PORTAL, f"it answers {reply.status} with JSON of its own")
