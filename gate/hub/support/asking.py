"""Asking a unit for a support bundle: told with its manifest, until it answers or time is up."""

import secrets
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from gate.errors import ConfigError
from gate.hub.sites.models import Unit
from gate.hub.support.models import Ask
from gate.signing.keys import SigningKey
from gate.trust.support_ask import NUMBER_BYTES, sign_ask

GOOD_FOR: Final = timedelta(minutes=30)
"""A unit's check takes minutes, and is given up after 20; a link may be away for some more."""


def ask(unit: Unit, *, by_name: str, now: datetime) -> Ask:
    """Ask a unit for a bundle.

    Raises:
        ConfigError: it was retired, or is asked already.
    """
    with transaction.atomic():
        locked = Unit.objects.select_for_update().get(pk=unit.pk)
        if locked.retired_at is not None:
            raise ConfigError("support", [f"{unit.name} was retired; it is asked nothing"])
        last = Ask.objects.filter(unit=locked).first()
        if last is not None and is_under_way(last, now):
            raise ConfigError(
                "support",
                [f"{unit.name} was asked by {last.by_name} already; wait for that bundle"],
            )
        fresh = {
            "number": secrets.token_bytes(NUMBER_BYTES),
            "at": now,
            "by_name": by_name,
            "until": now + GOOD_FOR,
            "answered_at": None,
            "fault": "",
        }
        return Ask.objects.update_or_create(unit=locked, defaults=fresh)[0]


def is_under_way(one: Ask, now: datetime) -> bool:
    """Tell whether a unit is still to answer."""
    return one.answered_at is None and now < one.until


def told(unit: Unit, now: datetime, key: SigningKey) -> str:
    """Return what a unit is told of it, signed by the hub's key; empty for nothing."""
    one = Ask.objects.filter(unit=unit, answered_at=None, until__gt=now).first()
    return "" if one is None else sign_ask(unit.uid, bytes(one.number), key)
