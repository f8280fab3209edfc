"""What people read instead of a reason: a headline of five words or fewer, and the next step.

All texts stand in one table, each a message id for the catalogues of other languages
(gate/locale); `say` puts one into another language. ASCII only, so that every terminal can draw
them. Next steps are phrases that follow a headline:
"Card cancelled: see the site office".
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from gate.errors import Reason

Say = Callable[[str], str]
"""Returns a text of this project's in the language of whoever reads it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One reason, said to the worker."""

    headline: str
    next_step: str

    def __str__(self) -> str:
        return f"{self.headline}: {self.next_step}"


_RENEW_BY: Final = "Renew by {day} {month}"
_MONTHS: Final = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)

_OFFICE: Final = "see the site office"
_ON_CARD: Final = "show the code on your card"
_GUARD: Final = "see the guard"
_RENEW: Final = "renew with your card scheme"

_TABLE: Final = {
    Reason.SEVERAL_CODES: ("One card at a time", "hold one card to the camera"),
    Reason.MALFORMED: ("Card not recognised", _ON_CARD),
    Reason.SET_UP_CODE: ("Card not recognised", _OFFICE),
    Reason.WEB_CODE: ("Web code, not a card", "have it checked at induction"),
    Reason.WIFI_CODE: ("Wi-Fi code, not a card", _ON_CARD),
    Reason.CONTACT_CODE: ("Contact details, not a card", _ON_CARD),
    Reason.HEALTH_CODE: ("Health certificate, not a card", _ON_CARD),
    Reason.UNKNOWN_ISSUER: ("Card not recognised", _OFFICE),
    Reason.BAD_SIGNATURE: ("Card not recognised", _OFFICE),
    Reason.SCHEME_NOT_TRUSTED: ("Card not recognised", _OFFICE),
    Reason.OUTLIVES_CARD: ("Card not recognised", _OFFICE),
    Reason.NOT_YET_VALID: ("Card not valid yet", _OFFICE),
    Reason.EXPIRED: ("Card expired", _RENEW),
    Reason.REVOKED: ("Card cancelled", _OFFICE),
    Reason.SUSPENDED: ("Card on hold", _OFFICE),
    Reason.STATUS_UNKNOWN: ("Card can't be checked", _GUARD),
    Reason.LIST_TOO_OLD: ("Gate needs an update", _GUARD),
    Reason.CLOCK_UNTRUSTED: ("Gate needs an update", _GUARD),
    Reason.BLOCKED: ("See the site office", "they can tell you why"),
    Reason.NOT_INDUCTED: ("Induction needed", _GUARD),
    Reason.INDUCTION_EXPIRED: ("Induction needed", _GUARD),
    Reason.ESCORT: ("Wait for your host", "they come and fetch you"),
    Reason.CARD_TYPE: ("Card not for this area", _OFFICE),
    Reason.WITHDRAWN_TYPE: ("Card not for this area", _RENEW),
    Reason.OCCUPATION: ("Card not for this area", _OFFICE),
    Reason.AREA: ("Card not for this area", "use your own entrance"),
    Reason.LIMIT: ("Card not for this area", _OFFICE),
    Reason.HEALTH_SAFETY: ("Safety test out of date", _OFFICE),
    Reason.NO_RULES: ("Gate not set up", _OFFICE),
    Reason.LOCKDOWN: ("Closed now", "wait for the all-clear"),
    Reason.OCCUPANCY: ("Full now", "wait until somebody leaves"),
    Reason.OUT_OF_HOURS: ("Closed now", _GUARD),
    Reason.PASSBACK: ("Already signed in", _OFFICE),
    Reason.REST: ("See your supervisor", "about your rest hours"),
    Reason.HOURS: ("See your supervisor", "about your working hours"),
    Reason.SUPERVISION: ("See your supervisor", "you need one on site"),
    Reason.FIRST_AID: ("See your supervisor", "a first aider is missing"),
    Reason.SUPERVISOR_MISSING: ("See your supervisor", "none is on site yet"),
    Reason.RAMS: ("See your supervisor", "sign today's method statement"),
    Reason.NOT_ON_RECORD: ("Your details are missing", _OFFICE),
    Reason.RANDOM_SEARCH: ("See your supervisor", "you are chosen for a search"),
    Reason.EXPIRING_SOON: ("Renew your card soon", _RENEW),
    Reason.LIST_AGEING: ("Gate needs an update", "nothing for you to do"),
    Reason.LIVE_NOT_SHOWN: ("Show your phone card", "the printed one is enough today"),
    Reason.OVERRIDE: ("Let in by the guard", "nothing for you to do"),
    Reason.EMERGENCY: ("Emergency services", "come in"),
}


def in_english(text: str) -> str:
    """Return a text as it stands here."""
    return text


def words_for(reason: Reason, *, expires_on: date | None = None, say: Say = in_english) -> Words:
    """Return what to show for a reason; `expires_on`, site-local, dates a coming expiry."""
    headline, next_step = _TABLE[reason]
    if reason is Reason.EXPIRING_SOON and expires_on is not None:
        month = say(_MONTHS[expires_on.month - 1])
        dated = say(_RENEW_BY).format(day=expires_on.day, month=month)
        return Words(headline=dated, next_step=say(next_step))
    return Words(headline=say(headline), next_step=say(next_step))


def reason_texts() -> frozenset[str]:
    """Return every text that `words_for` puts into another language."""
    said = {text for row in _TABLE.values() for text in row}
    return frozenset(said | {_RENEW_BY, *_MONTHS})
