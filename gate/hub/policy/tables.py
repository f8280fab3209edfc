"""What the record tells of a table that was changed: as much as follows from it, and no more. Pure.

Each function is given a scan, the policy the gate had (None: not known) and the one to be tried.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final

from gate.access.rules import ANY
from gate.access.site_policy import AcceptedScheme, SitePolicy
from gate.card.model import Code
from gate.errors import Outcome, Reason
from gate.hub.policy.questions import ACCEPT, EXPIRY, FRESHNESS, Question
from gate.hub.policy.scans import NOTHING, Scan, Span, between, known

_REFUSED: Final = known(Outcome.REFUSE, Reason.CARD_TYPE)
_PERHAPS: Final = between(Outcome.ADMIT, Outcome.REFUSE, Reason.CARD_TYPE)
_EVER: Final = timedelta.max


def accepted(scan: Scan, before: SitePolicy | None, after: SitePolicy) -> Span:
    """Tell whether a card is accepted: by its type and what the gate said, for want of its scheme.

    Who was accepted is of a scheme that took this type; who wasn't, of one that didn't.
    """
    if before is None or not scan.card_type or not _spelt_alike(before, after):
        return _PERHAPS
    took, takes = _takes(before.accept, scan.card_type), _takes(after.accept, scan.card_type)
    schemes = took.keys() | takes.keys()
    was_refused = Reason.CARD_TYPE in scan.reasons
    may_be = {one for one in schemes if took.get(one, False) in {None, not was_refused}}
    now = {takes.get(one, False) for one in may_be}
    if was_refused:
        return _REFUSED if now <= {False} else _PERHAPS
    if now == {True}:
        return NOTHING
    return _REFUSED if now == {False} else _PERHAPS


def expiring(scan: Scan, before: SitePolicy | None, after: SitePolicy) -> Span:
    """Tell whether a card expires soon: as far as another number of days told it."""
    days = after.expiry.warn_days
    noted = known(Outcome.NOTE, Reason.EXPIRING_SOON)
    if days == 0:
        return NOTHING
    if before is not None and before.expiry.warn_days:
        was_noted = Reason.EXPIRING_SOON in scan.reasons
        if was_noted and days >= before.expiry.warn_days:
            return noted
        if not was_noted and days <= before.expiry.warn_days:
            return NOTHING
    return between(Outcome.ADMIT, Outcome.NOTE, Reason.EXPIRING_SOON)


def freshness(scan: Scan, before: SitePolicy | None, after: SitePolicy) -> Span:
    """Tell whether lists were too old: the record has the list's age, not that of the rules."""
    least = timedelta(seconds=scan.list_age_s or 0)
    most = _EVER
    if before is not None:
        amber = timedelta(hours=before.freshness.amber_h)
        red = timedelta(hours=before.freshness.red_h)
        if Reason.LIST_TOO_OLD in scan.reasons:
            least = max(least, red + timedelta.resolution)
        elif Reason.LIST_AGEING in scan.reasons:
            most = red
        else:
            most = amber
    low, high = _tier(least, after), _tier(max(least, most), after)
    reason = Reason.LIST_TOO_OLD if high is not Outcome.NOTE else Reason.LIST_AGEING
    if high is Outcome.ADMIT:
        return NOTHING
    return known(high, reason) if low is high else between(low, high, reason)


CHANGED: Final[Mapping[Question, Callable[[Scan, SitePolicy | None, SitePolicy], Span]]] = {
    ACCEPT: accepted,
    EXPIRY: expiring,
    FRESHNESS: freshness,
}
"""The tables of which the record tells something though they were changed."""


def _tier(age: timedelta, policy: SitePolicy) -> Outcome:
    if age > timedelta(hours=policy.freshness.red_h):
        return Outcome(policy.freshness.when_red.value)
    return Outcome.NOTE if age > timedelta(hours=policy.freshness.amber_h) else Outcome.ADMIT


def _takes(rows: tuple[AcceptedScheme, ...], card_type: str) -> dict[Code, bool | None]:
    """Tell for each scheme whether it takes a type; None where card and rules spell differently."""
    found: dict[Code, bool | None] = {}
    for row in rows:
        if ANY in row.types or card_type in {str(one) for one in row.types}:
            found[row.scheme] = True
        elif any(isinstance(one, int) != card_type.isdecimal() for one in row.types):
            found.setdefault(row.scheme, None)
        else:
            found.setdefault(row.scheme, False)
    return found


def _spelt_alike(before: SitePolicy, after: SitePolicy) -> bool:
    """Tell whether schemes stand by code in both, or by number: only then can they be compared."""
    return len({type(one.scheme) for policy in (before, after) for one in policy.accept}) == 1
