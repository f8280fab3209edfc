"""How far a support bundle has come, in words, beside its gate."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from gate.hub.alarms.words import moment_words
from gate.hub.sites.models import Unit
from gate.hub.support.asking import is_under_way
from gate.hub.support.models import Ask, Bundle
from gate.hub.support.taking import KEPT_FOR

_BY_HAND = "sudo gate doctor --bundle FILE"


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportWords:
    """What a page says: how the last ask went, and which bundle there is; empty for none."""

    asked: str
    is_under_way: bool
    is_trouble: bool
    bundle: str


def support_words(unit: Unit, now: datetime, zone: ZoneInfo) -> SupportWords:
    """Return what to say of a unit's bundle."""
    one = Ask.objects.filter(unit=unit).first()
    there = kept(unit, now)
    under_way = one is not None and is_under_way(one, now)
    return SupportWords(
        asked="" if one is None else _asked(one, now, zone),
        is_under_way=under_way,
        is_trouble=one is not None
        and not under_way
        and (one.answered_at is None or one.fault != ""),
        bundle="" if there is None else _bundle(there, zone),
    )


def kept(unit: Unit, now: datetime) -> Bundle | None:
    """Return the bundle that there is, its content not yet read; None for none, or an old one."""
    return Bundle.objects.defer("data").filter(unit=unit, at__gte=now - KEPT_FOR).first()


def _asked(one: Ask, now: datetime, zone: ZoneInfo) -> str:
    if now - one.at > KEPT_FOR or (one.answered_at is not None and not one.fault):
        return ""
    asked = f"{one.by_name} asked for a support bundle on {moment_words(one.at, zone)}."
    if one.fault:
        return f"{asked} The gate says why there is none: {one.fault}"
    if is_under_way(one, now):
        until = f"{one.until.astimezone(zone):%H:%M}"
        return (
            f"{asked} It comes within a few minutes, by {until} at the latest: load this page"
            " again."
        )
    return (
        f"{asked} It did not come. See whether the gate has power and network, and ask again; or,"
        f" at its keyboard: {_BY_HAND}"
    )


def _bundle(there: Bundle, zone: ZoneInfo) -> str:
    size = f"{max(1, round(there.size / 1000)):,} kB"
    gone = (there.at + KEPT_FOR).astimezone(zone)
    return (
        f"{size}, came on {moment_words(there.at, zone)}, asked for by {there.by_name};"
        f" kept until {gone.day} {gone:%B}"
    )
