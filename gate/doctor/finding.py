"""What one check of a unit answers: one of four, in plain words, with the next step. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Protocol

from gate.errors import GateError

MAX_SAYS_CHARS: Final = 200

Fact = str | int | float | bool | None


class Answer(StrEnum):
    """How a part is."""

    PASSED = "passed"
    ATTENTION = "attention"
    """It works, and somebody should see to it."""
    FAILED = "failed"
    NOT_ASKED = "not asked"
    """It could not be asked here; `says` tells why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One check's answer.

    Attributes:
        name: of the part, such as "clock".
        says: how it is, in one sentence.
        step: what to do next; never empty unless it passed or was not asked.
        facts: the figures behind it; no name of a person, no card, no key.
    """

    name: str
    answer: Answer
    says: str
    step: str = ""
    facts: Mapping[str, Fact] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        """Refuse a fault that leaves people without a next step."""
        if self.answer in {Answer.ATTENTION, Answer.FAILED} and not self.step:
            raise ValueError(f"{self.name}: {self.answer} without a next step")


class Check(Protocol):
    """One thing to look at."""

    def look(self) -> Finding:
        """Return how it is now; what is broken is an answer, never an exception."""
        ...


def passed(name: str, says: str, **facts: Fact) -> Finding:
    """Return that a part is well."""
    return Finding(name=name, answer=Answer.PASSED, says=says, facts=facts)


def attention(name: str, says: str, step: str, **facts: Fact) -> Finding:
    """Return that somebody should see to a part."""
    return Finding(name=name, answer=Answer.ATTENTION, says=says, step=step, facts=facts)


def failed(name: str, says: str, step: str, **facts: Fact) -> Finding:
    """Return that a part is broken."""
    return Finding(name=name, answer=Answer.FAILED, says=says, step=step, facts=facts)


def not_asked(name: str, says: str) -> Finding:
    """Return why a part could not be asked."""
    return Finding(name=name, answer=Answer.NOT_ASKED, says=says)


def failed_by(name: str, error: GateError, step: str) -> Finding:
    """Return that a part is broken, in an error's own words and with its next step, if any."""
    says, _, own = str(error).partition("; next: ")
    return failed(name, says[:MAX_SAYS_CHARS], own or step)
