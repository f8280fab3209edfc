"""Orders to all gates of a site: lock entry down, and lift that again.

A gate carries out an order once, and none after its `not_after`. The last order of a site stands
until the next: its time is moved on while it does, so that a gate that comes back after a day
without a network still locks, or opens again.
"""

import secrets
from datetime import datetime, timedelta
from typing import Final

from gate.errors import ConfigError
from gate.hub.manifest.authors import Author
from gate.hub.manifest.blocks import REASON
from gate.hub.manifest.models import Manifest, Order
from gate.hub.manifest.versions import changing, raise_version
from gate.hub.sites.models import Site
from gate.trust.manifest import COMMAND_ID_BYTES, Command, CommandKind

GOOD_FOR: Final = timedelta(hours=24)
"""A manifest that was kept back longer than this can't lock a gate any more."""

RENEW_BELOW: Final = timedelta(hours=12)


def standing_order(site: Site) -> Order | None:
    """Return the order that stands; None if there never was one."""
    return Order.objects.filter(site=site).order_by("-pk").first()


def locked_down_by(site: Site) -> Order | None:
    """Return the order that has the site locked down."""
    order = standing_order(site)
    return order if order is not None and order.kind == CommandKind.LOCKDOWN else None


def lock_down(site: Site, *, reason: str, by: Author, now: datetime) -> Order:
    """Close every entry of a site until it is lifted; exits are not touched.

    Raises:
        ConfigError: the reason does not fit, or it is locked down already.
    """
    return _give(site, CommandKind.LOCKDOWN, reason=reason, by=by, now=now)


def lift(site: Site, *, reason: str, by: Author, now: datetime) -> Order:
    """Open the entries again.

    Raises:
        ConfigError: the reason does not fit, or the site is not locked down.
    """
    return _give(site, CommandKind.LIFT, reason=reason, by=by, now=now)


def commands_of(manifest: Manifest, now: datetime) -> tuple[Command, ...]:
    """Return what a locked manifest is to tell, and move the time of the order on if it is due."""
    order = standing_order(manifest.site)
    if order is None:
        return ()
    if order.not_after - now < RENEW_BELOW:
        order.not_after = _until(now)
        order.save(update_fields=["not_after"])
        raise_version(manifest, now)
    return (
        Command(id=bytes(order.order_id), kind=CommandKind(order.kind), not_after=order.not_after),
    )


def _give(site: Site, kind: CommandKind, *, reason: str, by: Author, now: datetime) -> Order:
    if REASON.read(reason) is None:
        raise ConfigError(kind.value, [f"reason: {reason[:40]!r}; allowed: {REASON.allowed}"])
    with changing(site, now) as version:
        before = locked_down_by(site)
        if kind is CommandKind.LOCKDOWN and before is not None:
            said = f"since {before.at:%Y-%m-%d %H:%M} UTC by {before.by_name}"
            raise ConfigError(kind.value, [f"{site.slug} is locked down already, {said}"])
        if kind is CommandKind.LIFT and before is None:
            raise ConfigError(kind.value, [f"{site.slug} is not locked down"])
        return Order.objects.create(
            site=site,
            order_id=secrets.token_bytes(COMMAND_ID_BYTES),
            kind=kind.value,
            reason=reason,
            not_after=_until(now),
            at=now,
            by=by.user,
            by_name=by.name,
            version=version,
        )


def _until(now: datetime) -> datetime:
    return now.replace(microsecond=0) + GOOD_FOR
