"""What is held up in the demo, what each should come to, and how often each comes.

A verdict is `outcome` or `outcome:reason` as the record has them, or `unread` if nothing is to be
recorded. What else the portal told follows, joined by " + "; but that somebody turned who was let
in goes without saying (and is judged all the same).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from gate.errors import Outcome, Reason
from gate.events.model import EventKind

UNREAD: Final = "unread"
_JOIN: Final = " + "


class Kind(StrEnum):
    """Everything the demo knows to hold up."""

    GOOD = "good"
    GOOD_P256 = "good_p256"
    ON_PAPER = "on_paper"
    ON_PHONE = "on_phone"
    BESIDE_WEB_CODE = "beside_web_code"
    HELD_LONG = "held_long"
    EXPIRING_SOON = "expiring_soon"
    LIST_AGEING = "list_ageing"
    LIST_TOO_OLD = "list_too_old"
    NO_LIST = "no_list"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    REVOKED = "revoked"
    SUSPENDED = "suspended"
    UNKNOWN_ISSUER = "unknown_issuer"
    FORGED = "forged"
    ALTERED = "altered"
    FOREIGN_SCHEME = "foreign_scheme"
    BLOCKED = "blocked"
    TYPE_NOT_ACCEPTED = "type_not_accepted"
    TYPE_WITHDRAWN = "type_withdrawn"
    OUT_OF_HOURS = "out_of_hours"
    SECOND_ENTRY = "second_entry"
    TWO_CARDS = "two_cards"
    WEB_CODE = "web_code"
    WIFI_CODE = "wifi_code"
    LIVE_CARD = "live_card"
    TOO_LONG = "too_long"
    TOO_SMALL = "too_small"
    TOO_BLURRED = "too_blurred"
    GLARE = "glare"
    NOT_TAKEN = "not_taken"
    FORCED = "forced"
    HELD_OPEN = "held_open"
    KEY_TURNED = "key_turned"
    FIRE = "fire"
    BACK = "back"
    LEAVES = "leaves"
    LEAVES_EXPIRED = "leaves_expired"
    STAYS = "stays"
    RETURNS = "returns"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What one kind should come to.

    Attributes:
        verdict: see the module's contract.
        about: what it is, for people.
        hinted: the worker must be told that it can't be read.
    """

    verdict: str
    about: str
    hinted: bool = False


def verdict_of(outcome: str, reasons: tuple[str, ...]) -> str:
    """Return the verdict of a record: its outcome, and what was shown as the reason."""
    return f"{outcome}:{reasons[0]}" if reasons else outcome


def joined(verdicts: Iterable[str]) -> str:
    """Return what all of it came to."""
    return _JOIN.join(verdicts) or UNREAD


def passes(kind: Kind) -> bool:
    """Tell whether somebody is to pass the portal, with a kind that is let in, or out."""
    answers = EXPECTED[kind].verdict.split(_JOIN)
    admits = any(one.partition(":")[0] in {Outcome.ADMIT, Outcome.NOTE} for one in answers)
    return admits and EventKind.NOT_TURNED not in answers


def _admitted(about: str) -> Expectation:
    return Expectation(verdict=verdict_of(Outcome.ADMIT, ()), about=about)


def _answered(outcome: Outcome, reason: Reason, about: str) -> Expectation:
    return Expectation(verdict=verdict_of(outcome, (reason,)), about=about)


def _refused(reason: Reason, about: str) -> Expectation:
    return _answered(Outcome.REFUSE, reason, about)


def _with(expectation: Expectation, *told: str) -> Expectation:
    return replace(expectation, verdict=joined((expectation.verdict, *told)))


EXPECTED: Final[Mapping[Kind, Expectation]] = MappingProxyType(
    {
        Kind.GOOD: _admitted("a card in order"),
        Kind.GOOD_P256: _admitted("a card in order, signed with P-256"),
        Kind.ON_PAPER: _admitted("a card printed on paper"),
        Kind.ON_PHONE: _admitted("a card's picture on a telephone"),
        Kind.BESIDE_WEB_CODE: _admitted("a card that also bears a web address"),
        Kind.HELD_LONG: _admitted("a card held up for seconds: one read"),
        Kind.EXPIRING_SOON: _answered(
            Outcome.NOTE, Reason.EXPIRING_SOON, "a card in its last days"
        ),
        Kind.LIST_AGEING: _answered(
            Outcome.NOTE, Reason.LIST_AGEING, "a day-old list of cancelled cards"
        ),
        Kind.LIST_TOO_OLD: _answered(
            Outcome.REFER, Reason.LIST_TOO_OLD, "a list of cancelled cards five days old"
        ),
        Kind.NO_LIST: _answered(
            Outcome.REFER, Reason.STATUS_UNKNOWN, "no list of cancelled cards was ever had"
        ),
        Kind.EXPIRED: _refused(Reason.EXPIRED, "a card past its date"),
        Kind.NOT_YET_VALID: _refused(Reason.NOT_YET_VALID, "a card issued for tomorrow"),
        Kind.REVOKED: _refused(Reason.REVOKED, "a cancelled card"),
        Kind.SUSPENDED: _refused(Reason.SUSPENDED, "a card on hold"),
        Kind.UNKNOWN_ISSUER: _refused(Reason.UNKNOWN_ISSUER, "signed by nobody we know"),
        Kind.FORGED: _refused(Reason.BAD_SIGNATURE, "our issuer's name, another's signature"),
        Kind.ALTERED: _refused(Reason.BAD_SIGNATURE, "a real card with one bit changed"),
        Kind.FOREIGN_SCHEME: _refused(
            Reason.SCHEME_NOT_TRUSTED, "a scheme its issuer does not speak for"
        ),
        Kind.BLOCKED: _refused(Reason.BLOCKED, "a person the site has blocked"),
        Kind.TYPE_NOT_ACCEPTED: _refused(Reason.CARD_TYPE, "a card type the site does not take"),
        Kind.TYPE_WITHDRAWN: _refused(Reason.WITHDRAWN_TYPE, "a card type its scheme has ended"),
        Kind.OUT_OF_HOURS: _answered(
            Outcome.REFER, Reason.OUT_OF_HOURS, "somebody before the site opens"
        ),
        Kind.SECOND_ENTRY: _refused(Reason.PASSBACK, "a card that is inside already"),
        Kind.TWO_CARDS: _refused(Reason.SEVERAL_CODES, "two cards at once"),
        Kind.WEB_CODE: _refused(Reason.WEB_CODE, "a code with a web address"),
        Kind.WIFI_CODE: _refused(Reason.WIFI_CODE, "a code with a Wi-Fi password"),
        Kind.LIVE_CARD: _refused(Reason.MALFORMED, "a live card, not yet checked by gates"),
        Kind.TOO_LONG: _refused(Reason.MALFORMED, "a code longer than any card"),
        Kind.TOO_SMALL: Expectation(verdict=UNREAD, about="a card too far away to be read"),
        Kind.TOO_BLURRED: Expectation(verdict=UNREAD, about="a card out of focus"),
        Kind.GLARE: Expectation(verdict=UNREAD, about="a lamp mirrored in the code", hinted=True),
        Kind.NOT_TAKEN: _with(_admitted("somebody let in who doesn't go in"), EventKind.NOT_TURNED),
        Kind.FORCED: _with(
            _refused(Reason.REVOKED, "a cancelled card, and then a push"), EventKind.FORCED
        ),
        Kind.HELD_OPEN: _with(
            _admitted("somebody who stands in the turnstile"), EventKind.HELD, EventKind.HELD_OVER
        ),
        Kind.KEY_TURNED: _with(
            _answered(Outcome.REFER, Reason.STATUS_UNKNOWN, "the guard's key for who was referred"),
            verdict_of(Outcome.NOTE, (Reason.OVERRIDE,)),
        ),
        Kind.FIRE: Expectation(
            verdict=joined(
                (EventKind.FIRE_ALARM, EventKind.TURNS_UNIDENTIFIED, EventKind.ALL_CLEAR)
            ),
            about="a fire alarm, and its all-clear by name",
        ),
        Kind.BACK: _admitted("back in after the fire alarm"),
        Kind.LEAVES: _admitted("out, by a card that is inside"),
        Kind.LEAVES_EXPIRED: _answered(
            Outcome.ADMIT, Reason.EXPIRED, "out, by a card past its date"
        ),
        Kind.STAYS: _with(_admitted("let out, and doesn't go"), EventKind.NOT_TURNED),
        Kind.RETURNS: _admitted("in again, who went out before"),
    }
)

ON_THE_WAY_OUT: Final = frozenset({Kind.LEAVES, Kind.LEAVES_EXPIRED, Kind.STAYS})
"""What is held up to the camera of the lane that leads out, of two."""

_OF_TWO_LANES: Final = (
    *(Kind.LEAVES, Kind.LEAVES_EXPIRED, Kind.RETURNS, Kind.STAYS, Kind.GOOD, Kind.LEAVES),
)
_MOST_TELLING: Final = (
    *(Kind.GOOD, Kind.REVOKED, Kind.GOOD, Kind.EXPIRED, Kind.FORGED, Kind.SECOND_ENTRY),
    *(Kind.EXPIRING_SOON, Kind.ALTERED, Kind.UNKNOWN_ISSUER, Kind.GOOD, Kind.WEB_CODE),
    *(Kind.TWO_CARDS, Kind.BLOCKED, Kind.TOO_SMALL, Kind.SUSPENDED, Kind.NOT_YET_VALID),
    *(Kind.BESIDE_WEB_CODE, Kind.OUT_OF_HOURS, Kind.FOREIGN_SCHEME, Kind.TOO_BLURRED),
)
_AT_THE_PORTAL: Final = (
    *(Kind.NOT_TAKEN, Kind.FORCED, Kind.KEY_TURNED),
    *(Kind.HELD_OPEN, Kind.FIRE, Kind.BACK),
)
_TOLD: Final = _MOST_TELLING + _AT_THE_PORTAL
_THE_OTHERS: Final = tuple(kind for kind in Kind if kind not in _TOLD and kind not in _OF_TWO_LANES)
_AS_MANY_AGAIN: Final = (
    *(Kind.GOOD,) * 7,
    *(Kind.ON_PHONE, Kind.ON_PAPER, Kind.GOOD_P256, Kind.BESIDE_WEB_CODE, Kind.EXPIRING_SOON),
    *(Kind.EXPIRED, Kind.SECOND_ENTRY, Kind.BACK, Kind.REVOKED, Kind.TYPE_NOT_ACCEPTED),
    *(Kind.GOOD,) * 4,
)

MIXTURE: Final[tuple[Kind, ...]] = _TOLD + _THE_OTHERS + _AS_MANY_AGAIN
"""One morning of 60: every kind, half of them in order; of fewer cards, the first ones here."""

_EARLY: Final = 12
MIXTURE_OF_TWO: Final[tuple[Kind, ...]] = (
    MIXTURE[:_EARLY] + _OF_TWO_LANES + MIXTURE[_EARLY : -len(_OF_TWO_LANES)]
)
"""The same at a gate with two lanes, with those who go out."""


def kinds_for(cards: int, lanes: int = 1) -> Counter[Kind]:
    """Return how many of each kind make a morning of `cards` (1 or more)."""
    mixture = MIXTURE if lanes == 1 else MIXTURE_OF_TWO
    return Counter(mixture[place % len(mixture)] for place in range(cards))
