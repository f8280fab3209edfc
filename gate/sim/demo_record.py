"""A morning as it was judged, kept beside the journal: a demo begun again tells it again.

Invariant: `parse_record(record_text(record))` is the record; any other text gives ConfigError.
"""

import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from gate.errors import ConfigError
from gate.sim.demo_kinds import Kind
from gate.sim.verdicts import Verdict
from gate.store.files import write_file

RECORD: Final = "demo.json"

_VERSION: Final = 1
_STEP: Final = "name a new directory"


@dataclass(frozen=True, slots=True, kw_only=True)
class CardRecord:
    """What came of one thing held up; fields as in `gate.sim.verdicts.Verdict`."""

    card: int
    kind: Kind
    expected: str
    got: str
    ms: float | None
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MorningRecord:
    """Every card, and what else was wrong, in words."""

    cards: tuple[CardRecord, ...]
    faults: tuple[str, ...]


def record_of(verdict: Verdict) -> CardRecord:
    """Return what is kept of a verdict."""
    return CardRecord(
        card=verdict.turn.shown.number,
        kind=verdict.turn.kind,
        expected=verdict.turn.expected.verdict,
        got=verdict.got,
        ms=None if verdict.ms is None else round(verdict.ms, 3),
        faults=verdict.faults,
    )


def save_record(directory: Path, record: MorningRecord) -> None:
    """Keep it, once the gate process has ended.

    Raises:
        ConfigError: the disk refuses.
    """
    path = directory / RECORD
    try:
        write_file(path, record_text(record).encode())
    except OSError as error:
        raise ConfigError(str(path), [f"can't be written: {error.strerror}"]) from error


def load_record(directory: Path) -> MorningRecord:
    """Return what `save_record` kept.

    Raises:
        ConfigError: it can't be read, or holds no such record.
    """
    path = directory / RECORD
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(str(path), [f"can't be read: {error}; {_STEP}"]) from error
    return parse_record(text, str(path))


def record_text(record: MorningRecord) -> str:
    """Return the record as a file holds it."""
    return json.dumps({"version": _VERSION} | asdict(record), indent=1) + "\n"


def parse_record(text: str, source: str) -> MorningRecord:
    """Return the record in `text`; total.

    Raises:
        ConfigError: it holds none.
    """
    try:
        told = json.loads(text)
        if set(told) != {"version", "cards", "faults"} or told["version"] != _VERSION:
            raise ConfigError(source, [f"of another version of the demo; {_STEP}"])
        return MorningRecord(
            cards=tuple(_card(fields) for fields in told["cards"]),
            faults=_words(told["faults"]),
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ConfigError(source, [f"damaged: {error}; {_STEP}"]) from error


def _card(fields: dict[str, Any]) -> CardRecord:
    ms = fields.pop("ms")
    if ms is not None and not (type(ms) in {int, float} and math.isfinite(ms)):
        raise ValueError(f"ms {ms!r}")
    number = fields.pop("card")
    if type(number) is not int:
        raise ValueError(f"card {number!r}")
    return CardRecord(
        card=number,
        kind=Kind(fields.pop("kind")),
        expected=_word(fields.pop("expected")),
        got=_word(fields.pop("got")),
        ms=ms,
        faults=_words(fields.pop("faults")),
        **fields,
    )


def _words(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r} is no list")
    return tuple(_word(one) for one in value)


def _word(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value
