"""What a desk's pages say of a card, a change, a list."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from gate.hub.alarms.words import moment_words
from gate.hub.desk.models import Desk, IssuedCard, StatusChange
from gate.hub.desk.selection import STATUS_WORDS
from gate.trust.status_list import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Pill:
    """A card's status: a word with a sign and a style."""

    tone: str
    mark: str
    words: str


PILLS: Final = {
    Status.VALID: Pill(tone="in", mark="✓", words="Valid"),
    Status.INVALID: Pill(tone="refuse", mark="✗", words="Cancelled"),
    Status.SUSPENDED: Pill(tone="note", mark="!", words="On hold"),
}

VERBS: Final = {
    Status.INVALID: "Cancel",
    Status.SUSPENDED: "Put on hold",
    Status.VALID: "Reinstate",
}

DONE: Final = {
    Status.INVALID: "cancelled",
    Status.SUSPENDED: "put on hold",
    Status.VALID: "reinstated",
}


def zone_of(desk: Desk) -> ZoneInfo:
    """Return whose time the pages tell: the site's, or for a scheme's desk UTC."""
    return ZoneInfo(desk.site.time_zone if desk.site else "UTC")


def cards_words(count: int) -> str:
    """Say how many cards."""
    return "1 card" if count == 1 else f"{count:,} cards"


def question(status: Status, count: int) -> str:
    """Ask whether to do it, such as `Put 214 cards on hold?`."""
    if status is Status.SUSPENDED:
        return f"Put {cards_words(count)} on hold?"
    return f"{VERBS[status]} {cards_words(count)}?"


def effect(status: Status, count: int) -> str:
    """Say what it does, such as `This cancels 214 cards`."""
    verb = {
        Status.INVALID: f"cancels {cards_words(count)}",
        Status.SUSPENDED: f"puts {cards_words(count)} on hold",
        Status.VALID: f"makes {cards_words(count)} valid again",
    }[status]
    return f"This {verb}."


def left_words(status: Status, unchanged: int) -> str:
    """Say why others that are meant stay as they are; empty if there are none."""
    if not unchanged:
        return ""
    others = (
        "1 other stays as it is" if unchanged == 1 else f"{unchanged:,} others stay as they are"
    )
    because = {
        Status.INVALID: "cancelled already",
        Status.SUSPENDED: "on hold or cancelled already",
        Status.VALID: "valid already, or cancelled: those are reinstated by number",
    }[status]
    return f"{others}: {because}."


@dataclass(frozen=True, slots=True, kw_only=True)
class CardRow:
    """A card in a list; `since` says what made it so."""

    id: int
    number: str
    name: str
    about: str
    pill: Pill
    days: str
    since: str
    change: int | None


def card_row(card: IssuedCard, zone: ZoneInfo) -> CardRow:
    """Say a card; its change must be loaded."""
    days = [
        f"{words} {day:%-d %b %Y}"
        for words, day in (("issued", card.issued_at), ("expires", card.expires_at))
        if day is not None
    ]
    change = card.change
    return CardRow(
        id=card.pk,
        number=card.number,
        name=card.name or f"Card {card.number}",
        about=" · ".join(part for part in (card.name and card.number, card.card_type) if part),
        pill=PILLS[Status(card.status)],
        days=", ".join(days),
        since="" if change is None else _since(change, zone),
        change=None if change is None else change.pk,
    )


def change_words(change: StatusChange) -> str:
    """Say what a change did, such as `214 cards put on hold`."""
    return f"{cards_words(change.count)} {DONE[Status(change.status)]}"


def status_choices() -> list[tuple[int, str]]:
    """Return what may be looked for, and its words."""
    return [(status.value, words.capitalize()) for status, words in STATUS_WORDS.items()]


def at_words(at: datetime, zone: ZoneInfo) -> str:
    """Say when, with the zone."""
    return moment_words(at, zone)


def _since(change: StatusChange, zone: ZoneInfo) -> str:
    done = DONE[Status(change.status)]
    return f"{done} {moment_words(change.at, zone)} by {change.by_name}: {change.reason}"
