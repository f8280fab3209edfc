"""The rows of the schemes catalogue: facts of the trade, their sources, how sure they are."""

# ruff: noqa: RUF009 - setting() makes a dataclasses.field

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from gate.access.kinds import MAX_NUMBER, Choice, Flag, ListOf, Number, Text, Whole, Word
from gate.access.settings import sections, setting

MAX_ROWS: Final = 2_000
"""Twenty times the card types known."""

_NUMBER: Final = Whole(low=1, high=MAX_NUMBER)
_SOURCE: Final = Text(max_chars=300)
_YEARS: Final = Number(low=0, high=20, unit="years; 0 if no longer issued")


class Confidence(StrEnum):
    """How sure a fact is."""

    SEEN = "seen"
    SCHEME_RULE = "scheme-rule"
    THIRD_PARTY = "third-party"
    GENERAL = "general"
    CONFLICT = "conflict"
    UNKNOWN = "unknown"


class Colour(StrEnum):
    """The face of a card, as people name it."""

    GOLD = "gold"
    BLACK = "black"
    BLUE = "blue"
    GREEN = "green"
    RED = "red"
    YELLOW = "yellow"
    WHITE = "white"
    WHITE_YELLOW = "white-yellow"
    WHITE_BROWN_STRIPE = "white-brown-stripe"
    WHITE_RED_STRIPE = "white-red-stripe"
    WHITE_GREEN_STRIPE = "white-green-stripe"
    WHITE_BLUE_STRIPE = "white-blue-stripe"
    WHITE_BLACK_STRIPE = "white-black-stripe"
    UNKNOWN = "unknown"


_CONFIDENCE: Final = Choice(options=Confidence)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """One card scheme; `family` groups issuers of the same cards (JIB and SJIB both issue ECS)."""

    id: str = setting(Word(), "code on a card")
    number: int = setting(_NUMBER, "number on a card")
    name: str = setting(Text(max_chars=100), "for people")
    family: str = setting(Word(), "whose card types it issues; its own id if left out", default="")
    partner: bool = setting(Flag(), "a partner scheme of CSCS, as far as is known")
    source: str = setting(_SOURCE, "where the fact comes from")
    confidence: Confidence = setting(_CONFIDENCE, "how sure it is")
    notes: str = setting(_SOURCE, "what else to know", default="")

    @property
    def cards_of(self) -> str:
        """The family whose card types this scheme issues."""
        return self.family or self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class CardType:
    """One type of card of a family of schemes."""

    family: str = setting(Word(), "the family of schemes that issue it")
    code: str = setting(Word(), "code on a card")
    number: int = setting(_NUMBER, "number on a card")
    name: str = setting(Text(max_chars=100), "for people")
    colour: Colour = setting(Choice(options=Colour), "face of the card")
    colour_confidence: Confidence = setting(_CONFIDENCE, "how sure the colour is")
    category: str = setting(Word(max_chars=40), "the scheme's own grouping")
    validity_years: float = setting(_YEARS, "how long a card lasts")
    validity_confidence: Confidence = setting(_CONFIDENCE, "how sure that is")
    hse_required: bool = setting(Flag(), "health and safety evidence is asked for at application")
    level: int | None = setting(Whole(low=1, high=8), "level of its qualification", default=None)
    supervised: bool = setting(Flag(), "works under supervision", default=False)
    renewable: bool = setting(Flag(), "can be renewed", default=True)
    exemption_allowed: bool = setting(Flag(), "other evidence counts", default=True)
    legacy: bool = setting(Flag(), "withdrawn by its scheme", default=False)
    disciplines: str = setting(Text(max_chars=200), "what it may be endorsed for", default="")
    source: str = setting(_SOURCE, "where the fact comes from")
    confidence: Confidence = setting(_CONFIDENCE, "how sure it is")
    notes: str = setting(_SOURCE, "what else to know", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One route of health and safety evidence, and the card types it counts for."""

    id: str = setting(Word(), "code on a card")
    name: str = setting(Text(max_chars=100), "for people")
    validity_years: float = setting(_YEARS, "how long it counts")
    applies_to: tuple[str, ...] = setting(
        ListOf(item=Word(max_chars=40), most=50, word="any"), "card type codes or categories"
    )
    source: str = setting(_SOURCE, "where the fact comes from")
    confidence: Confidence = setting(_CONFIDENCE, "how sure it is")
    notes: str = setting(_SOURCE, "what else to know", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueFile:
    """The file as it is written: three arrays of tables."""

    scheme: tuple[Scheme, ...] = sections(
        Scheme, least=1, most=MAX_ROWS, allowed=f"1 to {MAX_ROWS} [[scheme]] tables"
    )
    card_type: tuple[CardType, ...] = sections(
        CardType, least=1, most=MAX_ROWS, allowed=f"1 to {MAX_ROWS} [[card_type]] tables"
    )
    evidence: tuple[Evidence, ...] = sections(
        Evidence, least=0, most=MAX_ROWS, allowed=f"up to {MAX_ROWS} [[evidence]] tables"
    )
