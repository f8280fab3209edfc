"""What a person may write for one value of a TOML file: text, number, choice, list.

A kind says in words what it allows and reads one value. It never raises: a value that does not fit
is None, which TOML can't write. Kinds that know a device or a file belong to the room that does.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

MAX_CODE_BYTES: Final = 24
"""A catalogue code on a card (the CDDL of `code`)."""

MAX_NUMBER: Final = 2**31 - 1
"""Enough for any count a person writes; keeps files portable to other TOML readers."""

_WORD: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class Kind(Protocol):
    """One kind of value."""

    @property
    def allowed(self) -> str:
        """Say in plain words what may be written."""
        ...

    def read(self, value: object) -> object:
        """Return the value to use, None if this one does not fit."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Free text that can be shown: printable, not blank."""

    max_chars: int = 64

    @property
    def allowed(self) -> str:
        """Say what may be written."""
        return f"text of 1 to {self.max_chars} printable characters"

    def read(self, value: object) -> str | None:
        """Return the value if it fits."""
        if not isinstance(value, str) or not 1 <= len(value) <= self.max_chars:
            return None
        return value if value.isprintable() and value.strip() == value else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A name for machines: lower-case letters, digits, single hyphens between them."""

    max_chars: int = MAX_CODE_BYTES

    @property
    def allowed(self) -> str:
        """Say what may be written."""
        return f"1 to {self.max_chars} lower-case letters, digits and hyphens, such as river-side-2"

    def read(self, value: object) -> str | None:
        """Return the value if it fits."""
        if not isinstance(value, str) or len(value) > self.max_chars:
            return None
        return value if _WORD.fullmatch(value) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueCode:
    """A code of the schemes catalogue as a card carries it: its text or its number."""

    @property
    def allowed(self) -> str:
        """Say what may be written."""
        return f"a code of 1 to {MAX_CODE_BYTES} bytes, or its number in the schemes catalogue"

    def read(self, value: object) -> str | int | None:
        """Return the value if it fits."""
        if isinstance(value, str):
            fits = value.isprintable() and 1 <= len(value.encode()) <= MAX_CODE_BYTES
            return value if fits else None
        return Whole(low=0, high=MAX_NUMBER).read(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A whole number within bounds; `unit` is what it counts."""

    low: int
    high: int
    unit: str = ""

    @property
    def allowed(self) -> str:
        """Say what may be written."""
        return f"a whole number from {self.low} to {self.high} {self.unit}".rstrip()

    def read(self, value: object) -> int | None:
        """Return the value if it fits."""
        if not isinstance(value, int) or isinstance(value, bool):
            return None
        return value if self.low <= value <= self.high else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number within bounds, whole or not; `unit` is what it measures."""

    low: float
    high: float
    unit: str = ""

    @property
    def allowed(self) -> str:
        """Say what may be written."""
        return f"a number from {self.low:g} to {self.high:g} {self.unit}".rstrip()

    def read(self, value: object) -> float | None:
        """Return the value if it fits."""
        if not isinstance(value, int | float) or isinstance(value, bool):
            return None
        return float(value) if self.low <= value <= self.high else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """Yes or no."""

    @property
    def allowed(self) -> str:
        """Say what may be written."""
        return "true or false"

    def read(self, value: object) -> bool | None:
        """Return the value if it fits."""
        return value if isinstance(value, bool) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of a closed set."""

    options: type[StrEnum]

    @property
    def allowed(self) -> str:
        """Say what may be written."""
        return "one of " + ", ".join(f'"{option.value}"' for option in self.options)

    def read(self, value: object) -> StrEnum | None:
        """Return the value if it fits."""
        if not isinstance(value, str):
            return None
        return next((option for option in self.options if option.value == value), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOf:
    """A list of one kind, each item once; `word`, where given, may be written instead of a list."""

    item: Kind
    most: int
    word: str = ""

    @property
    def allowed(self) -> str:
        """Say what may be written."""
        instead = f'"{self.word}", or ' if self.word else ""
        return f"{instead}a list of 1 to {self.most}, none twice, each {self.item.allowed}"

    def read(self, value: object) -> tuple[object, ...] | None:
        """Return the value if it fits."""
        if self.word and value == self.word:
            return (self.word,)
        if not isinstance(value, list) or not 1 <= len(value) <= self.most:
            return None
        items = tuple(self.item.read(one) for one in value)
        return None if None in items or len(set(items)) < len(items) else items
