"""Making set-up codes, each shown once, and cancelling one.

A code names one unit of a site. Who made it stands beside it; its token is drawn here, and only the
token's hash is kept, so that nobody who reads the database can join.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from gate.errors import ConfigError
from gate.hub.enrol.models import SetUpCode
from gate.hub.manifest.authors import Author
from gate.hub.manifest.rules import rules_of
from gate.hub.sites.models import Site, Unit
from gate.signing.keys import SigningKey
from gate.trust.enrolment import (
    MAX_LIFE,
    MIN_LIFE,
    TOKEN_BYTES,
    EnrolmentCode,
    HubDoor,
    compose_code,
)
from gate.trust.hub_address import ALLOWED, is_hub_address
from gate.trust.network import Network
from gate.trust.place import Place, lanes_called

MAX_AT_ONCE: Final = 40
"""A sheet: what a contractor prepares in a month."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What codes are asked for.

    Attributes:
        names: of the units, one code each.
        directions: which lanes each of them drives.
        days: how long they are good.
        url: by which the units reach this hub.
        pin: of the authority that vouches for it; None: a public one does.
        network: by which they reach it.
        replaces: the unit whose place the only one takes.
    """

    names: Sequence[str]
    directions: str
    days: int
    url: str
    pin: bytes | None
    network: Network
    replaces: Unit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A code that was just made, with the only showing of its text."""

    code: SetUpCode
    text: str = field(repr=False)


def make_codes(site: Site, wish: Wish, key: SigningKey, *, by: Author, now: datetime) -> list[Made]:
    """Make codes, all of them or none.

    Raises:
        ConfigError: every fault in what was asked, each beginning with its field.
    """
    faults = [*_faults(site, wish)]
    if faults:
        raise ConfigError("set-up code", faults)
    issued_at = now.astimezone(UTC).replace(microsecond=0)
    until = issued_at + timedelta(days=wish.days)
    with transaction.atomic():
        return [_make(site, name, wish, key, by, issued_at, until) for name in wish.names]


def cancel_code(site: Site, code_id: int, now: datetime) -> SetUpCode:
    """Let nobody join by a code any more.

    Raises:
        ConfigError: no such code is open.
    """
    with transaction.atomic():
        code = codes_open(site).select_for_update().filter(pk=code_id).first()
        if code is None:
            raise ConfigError("set-up code", ["that code was used or cancelled meanwhile"])
        code.cancelled_at = now
        code.save(update_fields=["cancelled_at"])
        return code


def codes_open(site: Site) -> QuerySet[SetUpCode]:
    """Return the codes by which nobody has joined yet; some may be past their day."""
    return SetUpCode.objects.filter(site=site, used_at=None, cancelled_at=None)


def token_hash(token: bytes) -> bytes:
    """Return what is kept of a token."""
    return sha256(b"site-gate token 1\0" + token).digest()


def numbered(name: str, count: int) -> list[str]:
    """Return names for so many units; one alone has the name as it stands."""
    if count == 1:
        return [name]
    return [f"{name} {number}" for number in range(1, count + 1)]


def _make(
    site: Site,
    name: str,
    wish: Wish,
    key: SigningKey,
    by: Author,
    issued_at: datetime,
    until: datetime,
) -> Made:
    token = secrets.token_bytes(TOKEN_BYTES)
    code = EnrolmentCode(
        key=key.verifying_key,
        issued_at=issued_at,
        until=until,
        network=wish.network,
        hub=HubDoor(url=wish.url, token=token, pin=wish.pin),
    )
    row = SetUpCode.objects.create(
        site=site,
        name=name,
        directions=wish.directions,
        token_hash=token_hash(token),
        replaces=wish.replaces,
        at=issued_at,
        by=by.user,
        by_name=by.name,
        until=until,
    )
    return Made(code=row, text=compose_code(code, key))


def _faults(site: Site, wish: Wish) -> Iterable[str]:
    if rules_of(site) is None:
        yield f"rules: {site.slug} has none in force; put rules in force on the page Rules first"
    if not 1 <= len(wish.names) <= MAX_AT_ONCE:
        yield f"count: {len(wish.names)} units; allowed: 1 to {MAX_AT_ONCE} at once"
    if wish.network.static is not None and len(wish.names) > 1:
        yield "address: one address is for one unit; make a code for each"
    if wish.replaces is not None and len(wish.names) > 1:
        yield "count: one unit takes the place of one"
    if not MIN_LIFE <= timedelta(days=wish.days) <= MAX_LIFE:
        yield f"days: {wish.days}; allowed: {MIN_LIFE.days} to {MAX_LIFE.days}"
    try:
        for name in wish.names:
            Place(site=site.slug, name=name, lanes=lanes_called(name, wish.directions))
    except ConfigError as error:
        yield from (f"name: {fault}" for fault in error.faults)
    if not is_hub_address(wish.url):
        yield f"url: {wish.url[:60]!r}; allowed: {ALLOWED}"
    yield from _taken(site, wish)


def _taken(site: Site, wish: Wish) -> Iterable[str]:
    """Yield the names that another unit has, or will have by a code that is open."""
    units = Unit.objects.filter(site=site, retired_at=None, name__in=wish.names)
    if wish.replaces is not None:
        units = units.exclude(pk=wish.replaces.pk)
    for unit in units:
        yield f"name: {unit.name} is in use here; replace it, or choose another name"
    for code in codes_open(site).filter(name__in=wish.names):
        yield f"name: a code for {code.name} is open; cancel it, or choose another name"
