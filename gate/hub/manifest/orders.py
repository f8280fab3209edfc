"""Orders to all gates of a site: lock entry down, lift that again, open once for a test.

A gate carries out an order once, and none after its `not_after`. The last order of a site stands
until the next: its time is moved on while it does, so that a gate that comes back after a day
without a network still locks, or opens again. A test release does not stand: it is told for ten
minutes beside the order that does, and not any more once another order is given.
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

TEST_GOOD_FOR: Final = timedelta(minutes=10)
"""As long as somebody stands at each gate to see it; no gate that comes back later opens."""


def standing_order(site: Site) -> Order | None:
    """Return the order that stands; None if there never was one."""
    standing = Order.objects.exclude(kind=CommandKind.TEST_RELEASE)
    return standing.filter(site=site).order_by("-pk").first()


def locked_down_by(site: Site) -> Order | None:
    """Return the order that has the site locked down."""
    order = standing_order(site)
    return order if order is not None and order.kind == CommandKind.LOCKDOWN else None


def last_test(site: Site) -> Order | None:
    """Return the last test release; None if another order came after it, or there never was one."""
    last = Order.objects.filter(site=site).order_by("-pk").first()
    return last if last is not None and last.kind == CommandKind.TEST_RELEASE else None


def is_running(test: Order, now: datetime) -> bool:
    """Tell whether a gate may still carry a test release out."""
    return now <= test.not_after


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


def release_for_test(site: Site, *, reason: str, by: Author, now: datetime) -> Order:
    """Have every gate of a site open once, in its own direction, within ten minutes or never.

    Raises:
        ConfigError: the reason does not fit, the site is locked down, or another test still runs.
    """
    return _give(site, CommandKind.TEST_RELEASE, reason=reason, by=by, now=now)


def hindrance_to_test(site: Site, now: datetime) -> str:
    """Say why a test release can't be given; nothing if it can."""
    locked = locked_down_by(site)
    if locked is not None:
        return f"{site.slug} is locked down, {_since(locked)}; lift that first"
    test = last_test(site)
    if test is not None and is_running(test, now):
        until = f"give another after {test.not_after:%H:%M:%S} UTC"
        return f"{site.slug} has a test release already, {_since(test)}; {until}"
    return ""


def commands_of(manifest: Manifest, now: datetime) -> tuple[Command, ...]:
    """Return what a locked manifest is to tell, and move the time of the order on if it is due.

    The order that stands comes first: a gate that was cut off locks before it is told of a test.
    """
    standing, test = standing_order(manifest.site), last_test(manifest.site)
    told = [] if standing is None else [standing]
    if standing is not None and standing.not_after - now < RENEW_BELOW:
        standing.not_after = _until(now, GOOD_FOR)
        standing.save(update_fields=["not_after"])
        raise_version(manifest, now)
    if test is not None and is_running(test, now):
        told.append(test)
    elif test is not None and manifest.issued_at and manifest.issued_at <= test.not_after:
        raise_version(manifest, now)  # it was told under this version, and no more from now on
    return tuple(
        Command(id=bytes(order.order_id), kind=CommandKind(order.kind), not_after=order.not_after)
        for order in told
    )


def _give(site: Site, kind: CommandKind, *, reason: str, by: Author, now: datetime) -> Order:
    if REASON.read(reason) is None:
        raise ConfigError(kind.value, [f"reason: {reason[:40]!r}; allowed: {REASON.allowed}"])
    with changing(site, now) as version:
        before = locked_down_by(site)
        if kind is CommandKind.LOCKDOWN and before is not None:
            raise ConfigError(kind.value, [f"{site.slug} is locked down already, {_since(before)}"])
        if kind is CommandKind.LIFT and before is None:
            raise ConfigError(kind.value, [f"{site.slug} is not locked down"])
        is_test = kind is CommandKind.TEST_RELEASE
        if is_test and (fault := hindrance_to_test(site, now)):
            raise ConfigError(kind.value, [fault])
        return Order.objects.create(
            site=site,
            order_id=secrets.token_bytes(COMMAND_ID_BYTES),
            kind=kind.value,
            reason=reason,
            not_after=_until(now, TEST_GOOD_FOR if is_test else GOOD_FOR),
            at=now,
            by=by.user,
            by_name=by.name,
            version=version,
        )


def _since(order: Order) -> str:
    return f"since {order.at:%Y-%m-%d %H:%M} UTC by {order.by_name}"


def _until(now: datetime, good_for: timedelta) -> datetime:
    return now.replace(microsecond=0) + good_for
