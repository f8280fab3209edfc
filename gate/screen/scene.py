"""From what a lane shows to what stands on its screen: words, a shape, a pair of colours. Pure.

No meaning rests on colour alone: each has its own shape and its own words. What is not of now is
never drawn as it was: a screen without word from the gate process says so.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from gate.access.languages import Language
from gate.access.model import Direction
from gate.access.words import Say, Words, in_english, words_for
from gate.errors import Reason
from gate.events.lane_state import Hint, LaneState, Shown, is_current
from gate.screen.phrases import Phrase


class Symbol(StrEnum):
    """A shape that is told from the others without its colour."""

    CARD = "card"
    TICK = "tick"
    NOTE = "note"
    HAND = "hand"
    CROSS = "cross"
    CODE = "code"
    BARRED = "barred"
    ARROW = "arrow"
    SPANNER = "spanner"
    WARNING = "warning"


class Paint(StrEnum):
    """What a background means."""

    CALM = "calm"
    GREEN = "green"
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One picture, in words.

    Attributes:
        headline: the largest words; `step` stands below it, `english` below both.
        corner: which way the lane leads; empty where that could be taken for an answer.
        warning: what somebody has to see to, though it holds nobody up: beside a shape of its own.
    """

    symbol: Symbol
    paint: Paint
    headline: str
    step: str = ""
    english: str = ""
    corner: str = ""
    warning: str = ""
    is_night: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    symbol: Symbol
    paint: Paint
    headline: Phrase = Phrase.SEE_GUARD  # of an answer whose reason nobody told
    steps: tuple[Phrase, ...] = ()


_LOOKS: Final = {
    Shown.READY: _Look(symbol=Symbol.CARD, paint=Paint.CALM, headline=Phrase.SHOW_CARD),
    Shown.AGEING: _Look(symbol=Symbol.CARD, paint=Paint.CALM, headline=Phrase.SHOW_CARD),
    Shown.STALE: _Look(symbol=Symbol.CARD, paint=Paint.CALM, headline=Phrase.SHOW_CARD),
    Shown.ADMITTED: _Look(symbol=Symbol.TICK, paint=Paint.GREEN),
    Shown.NOTED: _Look(symbol=Symbol.NOTE, paint=Paint.GREEN),
    Shown.REFERRED: _Look(symbol=Symbol.HAND, paint=Paint.AMBER),
    Shown.REFUSED: _Look(symbol=Symbol.CROSS, paint=Paint.RED),
    Shown.UNREADABLE: _Look(
        symbol=Symbol.CODE,
        paint=Paint.AMBER,
        headline=Phrase.CANT_READ,
        steps=(Phrase.CLOSER, Phrase.BRIGHTER, Phrase.WIPE),
    ),
    Shown.FAULT: _Look(
        symbol=Symbol.BARRED,
        paint=Paint.AMBER,
        headline=Phrase.OUT_OF_ORDER,
        steps=(Phrase.ANOTHER_GATE,),
    ),
    Shown.MAINTENANCE: _Look(
        symbol=Symbol.SPANNER,
        paint=Paint.AMBER,
        headline=Phrase.WORKED_ON,
        steps=(Phrase.ANOTHER_GATE,),
    ),
    Shown.LOCK_DOWN: _Look(symbol=Symbol.BARRED, paint=Paint.RED),
    Shown.FIRE_ENTRY: _Look(
        symbol=Symbol.BARRED,
        paint=Paint.RED,
        headline=Phrase.DO_NOT_ENTER,
        steps=(Phrase.FIRE,),
    ),
    Shown.FIRE_EXIT: _Look(
        symbol=Symbol.ARROW, paint=Paint.GREEN, headline=Phrase.EXIT, steps=(Phrase.FIRE,)
    ),
    Shown.OFF: _Look(
        symbol=Symbol.BARRED,
        paint=Paint.AMBER,
        headline=Phrase.NOT_RUNNING,
        steps=(Phrase.ANOTHER_GATE,),
    ),
}

_HINTS: Final = {
    Hint.CLOSER: Phrase.CLOSER,
    Hint.FURTHER: Phrase.FURTHER,
    Hint.BRIGHTER: Phrase.BRIGHTER,
    Hint.TILT: Phrase.TILT,
    Hint.STILL: Phrase.STILL,
    Hint.WIPE: Phrase.WIPE,
}

_POINTING: Final = frozenset({Shown.READY, Shown.AGEING, Shown.STALE, Shown.NOTED})
_WAYS: Final = {Direction.IN: Phrase.IN, Direction.OUT: Phrase.OUT}
_SEPARATOR: Final = "\u00a0\u00b7 "


def language_of(state: LaneState | None) -> Language:
    """Return what to speak: the state's language, which an answer's card may have named.

    English while no site is known.
    """
    return Language.ENGLISH if state is None else state.language


def scene_of(state: LaneState | None, now_s: float, say: Say) -> Scene:
    """Return what stands on the screen at `now_s`; `say` speaks `language_of` the same state."""
    if state is None:
        return _scene(_UNKNOWN, say)
    return _scene(state if is_current(state, now_s) else _silent(state), say)


def _silent(state: LaneState) -> LaneState:
    """Return what is left to say once the gate process is silent: nothing of what it said."""
    return replace(
        _UNKNOWN, direction=state.direction, language=state.language, is_night=state.is_night
    )


def _scene(state: LaneState, say: Say) -> Scene:
    look = _LOOKS[state.shown]
    spoken, english = _words(state, say), _words(state, in_english)
    return Scene(
        symbol=look.symbol,
        paint=look.paint,
        headline=spoken.headline,
        step=spoken.next_step,
        english="" if english == spoken else _joined(english, _warning(state, in_english)),
        corner=say(_WAYS[state.direction]) if state.shown in _POINTING else "",
        warning=_warning(state, say),
        is_night=state.is_night and state.shown not in _FIRE,
    )


def _words(state: LaneState, say: Say) -> Words:
    """Return the two lines: those of the person's answer, or the look's own."""
    look = _LOOKS[state.shown]
    if state.shown in {Shown.ADMITTED, Shown.NOTED} and state.reason is None:
        way = say(_WAYS[state.direction])
        name = state.first_name
        return Words(headline=name or way, next_step=way if name else "")
    if state.direction is Direction.OUT and state.shown in _OUT_OF_ORDER:
        return Words(headline=say(look.headline), next_step=say(Phrase.EXIT_BUTTON))
    reason = Reason.LOCKDOWN if state.shown is Shown.LOCK_DOWN else state.reason
    if reason is None or state.shown not in _ANSWERS:
        measured = tuple(_HINTS[hint] for hint in state.hints)
        steps = _SEPARATOR.join(say(step) for step in measured or look.steps)
        return Words(headline=say(look.headline), next_step=steps)
    said = words_for(reason, expires_on=state.expires_on, say=say)
    if state.shown is Shown.REFERRED:
        return Words(headline=say(look.headline), next_step=said.headline)
    return Words(headline=said.headline, next_step=_capital(said.next_step))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _joined(words: Words, warning: str) -> str:
    said = f"{words.headline}: {words.next_step}" if words.next_step else words.headline
    return f"{said}{_SEPARATOR}{warning}" if warning else said


def _warning(state: LaneState, say: Say) -> str:
    """Return what the amber light at rest means: what is known grows old, or a part is broken."""
    is_broken = state.shown is Shown.AGEING and bool(state.faults)
    match state.shown:
        case Shown.STALE if state.direction is Direction.IN:
            return f"{say(Phrase.UPDATE)}{_SEPARATOR}{say(Phrase.SEE_GUARD)}"
        case Shown.AGEING | Shown.STALE:
            return say(Phrase.ATTENTION if is_broken else Phrase.UPDATE)
        case _:
            return ""


_ANSWERS: Final = frozenset({Shown.NOTED, Shown.REFERRED, Shown.REFUSED, Shown.LOCK_DOWN})
_OUT_OF_ORDER: Final = frozenset({Shown.FAULT, Shown.OFF})
_FIRE: Final = frozenset({Shown.FIRE_ENTRY, Shown.FIRE_EXIT})
_UNKNOWN: Final = LaneState(at_s=0, lane="", direction=Direction.IN, shown=Shown.OFF)
