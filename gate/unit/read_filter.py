"""From what a decoder sees, frame by frame, to what is new: pure.

Rules (READING, "The loop"; EXPERIENCE, the worker's table):
- A code held in view is one presentation. The same code back within `AGAIN_S` of being last seen
  is shown its last verdict again; only later is it a new presentation.
- Two different card codes in one frame are `SEVERAL`, once for the same cards while it lasts; a
  card that is left alone afterwards is presented then.
- A card beside other codes (today's plastic bears a web address) is the card alone. Other codes
  alone are presented after `ALONE_S`, because a card beside them may be blurred at first.
- A code that is found but not read for `UNREAD_S` is `UNREADABLE`, then `GONE`.

Texts are whatever a stranger holds up: only hashes are kept, `MAX_SEEN` of them, for seconds.
Whether a payload is believed is not decided here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import Final

CARD_PREFIXES: Final = ("CC1:", "CK1:")
"""A printed card and a live card (CARD, "Printed card" and "Live card")."""

HELD_S: Final = 0.5
"""A code unread for less is still in view: 15 frames at 30 a second, as long as a hand wavers."""

AGAIN_S: Final = 5.0
"""EXPERIENCE: same card within 5 s, last verdict, no second entry."""

ALONE_S: Final = 0.4
"""Other codes count after this: about a dozen frames in which a card beside them was not read."""

UNREAD_S: Final = 2.0
"""EXPERIENCE: not readable for 2 s."""

MAX_SEEN: Final = 64
"""Codes remembered: 12 a second for `AGAIN_S`, far above 60 people a minute (READING)."""

MAX_TEXTS: Final = 16
"""Codes of one frame that are looked at; one card and its companions are three at most."""


class Sighting(StrEnum):
    """What is new about a frame."""

    PRESENTED = "presented"
    AGAIN = "again"
    SEVERAL = "several"
    UNREADABLE = "unreadable"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """One thing to act on; `key` stands for the payload wherever it must be remembered."""

    sighting: Sighting
    key: bytes = b""
    payload: str = field(default="", repr=False)


@dataclass(slots=True, kw_only=True)
class _Seen:
    """One code's memory; `told` once it was presented, or needs no presentation of its own."""

    since_s: float
    last_s: float
    told: bool = False
    again: bool = False
    beside_card: bool = False
    crowded_s: float | None = None


class ReadFilter:
    """Remembers what was in view lately; one for each reader."""

    def __init__(self) -> None:
        self._at_s = 0.0
        self._seen: dict[bytes, _Seen] = {}
        self._card_s: float | None = None
        self._several_s: float | None = None
        self._unread_since_s: float | None = None
        self._unread_last_s = 0.0
        self._hinting = False

    def __len__(self) -> int:
        return len(self._seen)

    def accept(self, texts: Sequence[str], *, unread: bool, at_s: float) -> News | None:
        """Return what the frame taken at `at_s` adds to what was known, if anything.

        A time line that goes back is another one: the camera was opened anew, and all is forgotten.
        """
        if at_s < self._at_s:
            self._forget_all()
        self._at_s = at_s
        self._forget(at_s)
        cards, others = _sorted_by_kind(texts)
        if cards:
            self._unread_since_s = None
            hinting, self._hinting = self._hinting, False
            news = self._cards(cards, others, at_s)
            return news or (News(sighting=Sighting.GONE) if hinting else None)
        return self._others(others, at_s) or self._unread(at_s, unread=unread)

    def _cards(self, cards: dict[bytes, str], others: dict[bytes, str], at_s: float) -> News | None:
        self._card_s = at_s
        for key in others:
            seen, _ = self._look(key, at_s)
            seen.told = seen.beside_card = True
        if len(cards) > 1:
            return self._several(cards, at_s)
        ((key, payload),) = cards.items()
        seen, gap_s = self._look(key, at_s)
        if self._several_s is not None and at_s - self._several_s < HELD_S:
            return None
        if not seen.told:
            seen.told = True
            return News(sighting=Sighting.PRESENTED, key=key, payload=payload)
        if gap_s > HELD_S:
            return News(sighting=Sighting.AGAIN, key=key, payload=payload)
        return None

    def _several(self, cards: dict[bytes, str], at_s: float) -> News | None:
        self._several_s = at_s
        joined = False
        for key in cards:
            seen, _ = self._look(key, at_s)
            joined |= seen.crowded_s is None or at_s - seen.crowded_s > HELD_S
            seen.crowded_s = at_s
        return News(sighting=Sighting.SEVERAL) if joined else None

    def _others(self, others: dict[bytes, str], at_s: float) -> News | None:
        news = None
        for key, payload in others.items():
            seen, gap_s = self._look(key, at_s)
            if seen.beside_card:
                continue
            if seen.told and gap_s > HELD_S:
                seen.told, seen.again = False, True
            if gap_s > HELD_S:
                seen.since_s = at_s
            alone_since_s = (
                seen.since_s if self._card_s is None else max(seen.since_s, self._card_s)
            )
            if seen.told or at_s - alone_since_s < ALONE_S:
                continue
            seen.told = True
            sighting = Sighting.AGAIN if seen.again else Sighting.PRESENTED
            news = news or News(sighting=sighting, key=key, payload=payload)
        return news

    def _unread(self, at_s: float, *, unread: bool) -> News | None:
        if unread:
            if self._unread_since_s is None or at_s - self._unread_last_s > HELD_S:
                self._unread_since_s = at_s
            self._unread_last_s = at_s
            if not self._hinting and at_s - self._unread_since_s >= UNREAD_S:
                self._hinting = True
                return News(sighting=Sighting.UNREADABLE)
        elif self._hinting and at_s - self._unread_last_s > HELD_S:
            self._hinting = False
            return News(sighting=Sighting.GONE)
        return None

    def _look(self, key: bytes, at_s: float) -> tuple[_Seen, float]:
        """Note that `key` is in view; return its memory and how long it was out of view."""
        seen = self._seen.pop(key, None) or _Seen(since_s=at_s, last_s=at_s)
        gap_s, seen.last_s = at_s - seen.last_s, at_s
        self._seen[key] = seen  # last seen stands last, so the first is the one to forget
        if len(self._seen) > MAX_SEEN:
            del self._seen[next(iter(self._seen))]
        return seen, gap_s

    def _forget_all(self) -> None:
        self._seen.clear()
        self._card_s = self._several_s = self._unread_since_s = None
        self._hinting = False

    def _forget(self, at_s: float) -> None:
        while self._seen:
            key = next(iter(self._seen))
            if at_s - self._seen[key].last_s <= AGAIN_S:
                return
            del self._seen[key]


def payload_key(payload: str) -> bytes:
    """Return what stands for `payload` in memory: 16 bytes of its SHA-256."""
    return sha256(payload.encode("utf-8", "surrogatepass")).digest()[:16]


def _sorted_by_kind(texts: Sequence[str]) -> tuple[dict[bytes, str], dict[bytes, str]]:
    """Return the card codes and the others, each once; cards first, so that none is cut off."""
    cards: dict[bytes, str] = {}
    others: dict[bytes, str] = {}
    ordered = sorted(texts, key=lambda text: not text.startswith(CARD_PREFIXES))
    for text in ordered[:MAX_TEXTS]:
        kind = cards if text.startswith(CARD_PREFIXES) else others
        kind[payload_key(text)] = text
    return cards, others
