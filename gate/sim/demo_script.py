"""A morning at the gate: who comes when, how they hold what they hold, and what should come of it.

The same seed gives the same names, looks, order and times; codes differ, because desks draw their
keys anew. All times are the gate's own.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Final

import numpy as np

from gate.access.model import Direction
from gate.sim.demo_cards import CardMaker, Held
from gate.sim.demo_kinds import EXPECTED, ON_THE_WAY_OUT, Expectation, Kind, kinds_for, passes
from gate.sim.demo_portal import APPROACH_S, doings
from gate.sim.look import HARD_LOOKS, Look, ordinary_look
from gate.sim.presentation import Presentation, lasts_s
from gate.sim.site import Site, equip_gate
from gate.sim.site_files import CLOSES_AT_S, OPENS_AT_S

MAX_CARDS: Final = 1000
"""At `MAX_GAP_S` they come and go within the site's hours."""

MIN_GAP_S: Final = 9.0
"""A card is gone by then, and its 5 s as the last one seen are over (gate.unit.read_filter)."""

MAX_GAP_S: Final = 27.0

_CROWD_GAP_S: Final = 61.0
"""Two cards at once are recorded once a minute (gate.unit.refusals)."""

_WALK_GAP_S: Final = 12.0
_FIRST_S: Final = 4.0

_HOLD_S: Final = {
    Kind.HELD_LONG: 6.0,
    Kind.WEB_CODE: 1.2,
    Kind.WIFI_CODE: 1.2,
    Kind.TOO_SMALL: 2.6,
    Kind.TOO_BLURRED: 2.6,
    Kind.GLARE: 3.4,
}
_HARD: Final = {
    Kind.TOO_SMALL: "too_small",
    Kind.TOO_BLURRED: "too_blurred",
    Kind.GLARE: "glare_over_code",
}
_LATER: Final = (
    *(Kind.GOOD,) * 6,
    *(Kind.ON_PHONE, Kind.ON_PAPER, Kind.GOOD_P256, Kind.BESIDE_WEB_CODE, Kind.EXPIRING_SOON),
    *(Kind.EXPIRED, Kind.FORGED, Kind.ALTERED, Kind.UNKNOWN_ISSUER, Kind.WEB_CODE, Kind.TOO_SMALL),
)
"""What needs nothing that the gate would have to be told of before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One presentation and what should come of it; `shown` is all that the gate process is told.

    Attributes:
        inside: how many are inside when it begins.
    """

    kind: Kind
    held: Held = field(repr=False)
    shown: Presentation = field(repr=False)
    inside: int = 0

    @property
    def expected(self) -> Expectation:
        """What should come of it."""
        return EXPECTED[self.kind]


def morning(site: Site, *, cards: int, seed: int, frames: Path | None = None) -> "Morning":
    """Return the turns of a morning, every card issued and the gate equipped.

    Args:
        site: as `open_site` made it, with one lane or two.
        cards: how many things are held up, 1 to `MAX_CARDS`.
        seed: of everything but the desks' keys.
        frames: where a frame of each is kept; None for nowhere.

    Raises:
        GateError: the disk refuses.
    """
    random = Random(seed)  # noqa: S311 - a demonstration's chance must be repeatable
    maker = CardMaker(site, random)
    script = Morning(maker=maker, random=random, frames=frames)
    script.begin(_ordered(kinds_for(cards, site.lanes), random))
    equip_gate(site, blocked=maker.blocked)
    return script


class Morning:
    """The turns of a morning, and more of them for as long as somebody watches."""

    def __init__(self, *, maker: CardMaker, random: Random, frames: Path | None) -> None:
        self.turns: tuple[Turn, ...] = ()
        self._maker = maker
        self._random = random
        self._frames = frames
        self._number = 0
        self._at_s = _FIRST_S
        self._crowd_s = -_CROWD_GAP_S
        self._inside: list[Held] = []
        self._outside: list[Held] = []
        self._came: set[str] = set()

    def begin(self, kinds: list[Kind]) -> None:
        """Make the turns of the morning, in this order."""
        self.turns = tuple(self._turn(kind) for kind in kinds)

    def later(self) -> Iterator[Turn]:
        """Yield turns at random until the site closes, each made when it is asked for."""
        while self._at_s < CLOSES_AT_S:
            self._at_s = max(self._at_s, OPENS_AT_S)
            yield self._turn(self._random.choice(_LATER), gap_s=_WALK_GAP_S)

    def _turn(self, kind: Kind, gap_s: float | None = None) -> Turn:
        self._number += 1
        held = self._held(kind)
        at_s = self._beginning(kind)
        hold_s = _HOLD_S.get(kind, 0.5)
        beside = doings(kind, hold_s)
        seed = self._random.randrange(1 << 32)
        shown = Presentation(
            number=self._number,
            at_s=at_s,
            things=held.things,
            way=Direction.OUT if kind in ON_THE_WAY_OUT else Direction.IN,
            look=_look_for(kind, seed),
            before_s=beside.before_s,
            approach_s=0.0 if kind is Kind.TWO_CARDS else APPROACH_S,
            hold_s=hold_s,
            touches=beside.touches,
            watched_s=beside.watched_s,
            seed=seed,
            picture=self._picture(kind),
        )
        gap_s = gap_s or float(self._random.randrange(int(MIN_GAP_S), int(MAX_GAP_S)))
        self._at_s = at_s + max(hold_s, lasts_s(shown)) + gap_s
        return Turn(kind=kind, held=held, shown=shown, inside=self._pass(kind, held))

    def _held(self, kind: Kind) -> Held:
        match kind:
            case Kind.SECOND_ENTRY | Kind.STAYS:
                return self._random.choice(self._inside)
            case Kind.BACK:
                return self._inside.pop(self._random.randrange(len(self._inside)))
            case Kind.LEAVES:
                self._outside.append(self._inside.pop(self._random.randrange(len(self._inside))))
                return self._outside[-1]
            case Kind.RETURNS:
                self._inside.append(self._outside.pop(self._random.randrange(len(self._outside))))
                return self._inside[-1]
        held = self._maker.held(kind)
        if kind is Kind.GOOD:
            self._inside.append(held)
        return held

    def _pass(self, kind: Kind, held: Held) -> int:
        """Return how many are inside; take note of who passes now."""
        inside = len(self._came)
        if passes(kind) and held.number is not None:
            (self._came.discard if kind in ON_THE_WAY_OUT else self._came.add)(held.number)
        return inside

    def _beginning(self, kind: Kind) -> float:
        """Return when a turn begins: early birds before the site opens, all others after."""
        at_s = self._at_s if kind is Kind.OUT_OF_HOURS else max(self._at_s, OPENS_AT_S)
        if kind is Kind.TWO_CARDS:
            at_s = self._crowd_s = max(at_s, self._crowd_s + _CROWD_GAP_S)
        return at_s

    def _picture(self, kind: Kind) -> str | None:
        if self._frames is None:
            return None
        return str(self._frames.absolute() / f"{self._number:04}-{kind}.png")


def _ordered(counts: Counter[Kind], random: Random) -> list[Kind]:
    """Return the kinds in an order that makes sense: early birds first, a second entry second.

    Who goes out comes after all who come in. Then there is the fire, for anti-passback is suspended
    from then on, and last who comes back.
    """

    def taken(*kinds: Kind) -> list[Kind]:
        return [kind for kind in kinds for _ in range(counts.pop(kind, 0))]

    early = taken(Kind.OUT_OF_HOURS)
    out = taken(Kind.STAYS, Kind.LEAVES, Kind.LEAVES_EXPIRED, Kind.RETURNS)
    fire = taken(Kind.FIRE, Kind.BACK)
    later = list(counts.elements())
    random.shuffle(later)
    first = later.index(Kind.GOOD)
    later[0], later[first] = later[first], later[0]
    return early + later + out + fire


def _look_for(kind: Kind, seed: int) -> Look:
    rng = np.random.default_rng(seed)
    if kind in _HARD:
        return HARD_LOOKS[_HARD[kind]]
    look = ordinary_look(rng)
    match kind:
        case Kind.TWO_CARDS:
            # Both must fit, and neither be read before the other.
            steady = replace(look, tilt_x_deg=look.tilt_x_deg / 3, tilt_y_deg=look.tilt_y_deg / 3)
            return replace(steady, px_per_module=3.8, x=0.5, y=0.5, roll_deg=0.0)
        case Kind.TOO_LONG | Kind.LIVE_CARD:
            return replace(look, px_per_module=3.6)
        case _:
            return look
