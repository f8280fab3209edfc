"""People in words: where they stand, their cards, inductions and passes, as rows of pages."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from gate.hub.passes.drawing import type_words
from gate.hub.people.standings import Standing, Step

STEP_WORDS: Final = {
    Step.INDUCT: "To be inducted",
    Step.PASS: "Without a pass",
    Step.NONE: "Ready",
    Step.CARD: "Card is over",
    Step.BLOCKED: "Blocked",
    Step.VISITOR: "Visitors",
}
_PILLS: Final = {
    Step.INDUCT: ("note", "!", "to be inducted"),
    Step.PASS: ("note", "!", "without a pass"),
    Step.NONE: ("in", "✓", "ready"),
    Step.CARD: ("refuse", "✗", "card is over"),
    Step.BLOCKED: ("refuse", "✗", "blocked"),
    Step.VISITOR: ("out", "", "visitor"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """One person in a list."""

    id: int
    name: str
    company: str
    card: str
    about: str
    tone: str
    mark: str
    state: str


def row_of(one: Standing) -> PersonRow:
    """Say where somebody stands."""
    tone, mark, state = _PILLS[one.step]
    return PersonRow(
        id=one.person.pk,
        name=one.person.name,
        company="" if one.person.company is None else one.person.company.name,
        card=card_words(one),
        about=" · ".join(_about(one)),
        tone=tone,
        mark=mark,
        state=state,
    )


def card_words(one: Standing) -> str:
    """Say somebody's scheme card."""
    if one.card is None:
        return ""
    kind = type_words(one.card.card_type)
    until = f"until {day_words(one.card.last_day)}"
    return f"{one.card.scheme.upper()} {one.card.number}, {kind}, {until}"


def day_words(day: date) -> str:
    """Say a day, such as `31 May 2027`."""
    return f"{day.day} {day:%b %Y}"


def _about(one: Standing) -> list[str]:
    words = []
    if one.induction is not None:
        how = "inducted until" if one.is_inducted else "induction ended on"
        words.append(f"{how} {day_words(one.induction.last_day)}")
    if one.good is not None:
        words.append(f"pass {one.good.one.card.number}")
    return words
