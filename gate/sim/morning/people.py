"""Who comes to the site in the morning, and all that people do at a turnstile, right and wrong.

Everybody is a generator (`gate.sim.morning.world`). What they do is done to the real lanes, and is
written down in the truth, which no gate sees.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Final

from gate.access.model import Direction
from gate.devices.ports import Contact
from gate.errors import Outcome
from gate.sim.morning.lane import Lane
from gate.sim.morning.truth import Move, Seen, Truth
from gate.sim.morning.world import SECOND, Going, World
from gate.trust.person import person_key

TURN: Final = timedelta(seconds=1.5)
"""From the release to the push."""

FOLLOWS: Final = timedelta(seconds=15)
"""A grant is open for 7 s and noticed to have run out 4 s later; whoever is let through meanwhile
may be taken for the one who stayed."""

_GIVES_UP: Final = 12
"""Tries at a gate before somebody goes home."""

_CARD_IN: Final = 0.95
_FORGETS_CARD_OUT: Final = 0.06
_VEHICLE_GATE: Final = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """Somebody with a card; `person` is what every gate knows them by."""

    name: str
    number: str
    text: str = field(repr=False)
    person: bytes


class People:
    """Everybody of the morning, where they are, and how often what was done."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.truth = Truth()
        self.chance = Random(world.plan.seed)  # noqa: S311 - a simulation's
        self.done: Counter[str] = Counter()
        self.burning = False
        self._stays_at: dict[str, datetime] = {}
        self.at_turnstile: dict[str, Worker] = {}
        self.refused: list[Worker] = []
        self.workers = [self._worker(number) for number in range(world.plan.workers)]

    def come_in(self, worker: Worker) -> Going:
        """Come in by some gate: by card, or wrongly; nobody does while it burns."""
        for _ in range(_GIVES_UP):
            lane = self._some_lane(Direction.IN)
            wrong = self.chance.random()
            yield self.world.reserve(lane.plan.name, 5)
            if self.burning or self.truth.is_inside(worker.person):
                return
            if not lane.is_on:
                yield self.world.now + 20 * SECOND
                continue
            if wrong > _CARD_IN + 0.03:
                self._move(worker, Direction.IN, "", Seen.NOTHING, "in behind somebody")
                return
            if wrong > _CARD_IN + 0.02:
                lane.rotate()
                self._move(worker, Direction.IN, lane.plan.name, Seen.TURN, "in by force")
                return
            yield from self._by_card(lane, worker, turns=wrong <= _CARD_IN)
            if self.truth.is_inside(worker.person) or self.burning:
                return
            yield self.world.now + timedelta(seconds=self.chance.uniform(20, 60))
        self.done["gave up and went home"] += 1

    def leave(self, worker: Worker) -> Going:
        """Go out by some gate: by card, without it, or by no gate at all."""
        wrong = self.chance.random()
        if wrong < _VEHICLE_GATE:
            yield self.world.now
            if not self.burning:
                self._move(worker, Direction.OUT, "", Seen.NOTHING, "out by no gate")
            return
        lane = self._some_lane(Direction.OUT)
        yield self.world.reserve(lane.plan.name, 4)
        if self.burning or not self.truth.is_inside(worker.person):
            return
        if wrong < _VEHICLE_GATE + _FORGETS_CARD_OUT or not lane.is_on:
            self.walk_out(worker, lane)
            return
        yield from self._by_card(lane, worker, turns=True)

    def walk_out(self, worker: Worker, lane: Lane) -> None:
        """Go out without a card: the exit turns freely."""
        seen = Seen.TURN if lane.is_on else Seen.NOTHING
        if lane.is_on:
            lane.rotate()
        self._move(worker, Direction.OUT, lane.plan.name, seen, "out without a card")

    def cut(self, lane: Lane) -> None:
        """Take a lane's power away; who was let through just now did not turn."""
        lane.cut_power()
        self.done["power cuts"] += 1
        worker = self.at_turnstile.pop(lane.plan.name, None)
        if worker is not None:
            back = _other(lane.plan.direction)
            self._move(worker, back, lane.plan.name, Seen.CUT, "let through as the power went")

    def note(self, worker: Worker, way: Direction, lane: str, seen: Seen) -> None:
        """Write down what somebody did."""
        move = Move(person=worker.person, at=self.world.now, way=way, lane=lane, seen=seen)
        self.truth.add(move)

    def _by_card(self, lane: Lane, worker: Worker, *, turns: bool) -> Going:
        """Show the card, and turn once let through; who is sent to the guard waits for the key."""
        name, way = lane.plan.name, lane.plan.direction
        answer = lane.show(worker.text)
        if answer is None or answer.decision is None:
            return
        granted_at = self.world.now
        if answer.decision.outcome is Outcome.REFER:
            self.done["released by the guard's key"] += 1
            yield self.world.now + 3 * SECOND
            if self.burning or not lane.is_on:
                return
            granted_at = self.world.now
            lane.set(Contact.GUARD_KEY, active=True)
            lane.set(Contact.GUARD_KEY, active=False)
        elif answer.decision.outcome is Outcome.REFUSE and way is Direction.IN:
            self.done["refused as inside already"] += 1
            self.refused.append(worker)
            return
        followed = self._follows_one_who_stays(name)
        if not turns:
            self._stays_at[name] = self.world.now
            back = _other(way)
            self._write(worker, granted_at, back, name, Seen.ANNULLED, in_doubt=True)
            self.done["let through and didn't turn"] += 1
            yield self.world.now + 10 * SECOND
            return
        self.at_turnstile[name] = worker
        yield self.world.now + TURN
        if self.at_turnstile.pop(name, None) is not worker:
            return
        lane.rotate()
        self._write(worker, granted_at, way, name, Seen.CARD, in_doubt=followed)
        self.done[f"{way} by card"] += 1

    def _follows_one_who_stays(self, lane: str) -> bool:
        """Tell whether somebody let through lately at a lane did not turn, or one who followed."""
        last = self._stays_at.get(lane)
        follows = last is not None and self.world.now - last <= FOLLOWS
        if follows:
            self._stays_at[lane] = self.world.now
        return follows

    def _write(
        self,
        worker: Worker,
        at: datetime,
        way: Direction,
        lane: str,
        seen: Seen,
        *,
        in_doubt: bool,
    ) -> None:
        self.truth.add(
            Move(person=worker.person, at=at, way=way, lane=lane, seen=seen, in_doubt=in_doubt)
        )

    def _some_lane(self, way: Direction) -> Lane:
        lanes = [one for one in self.world.lanes.values() if one.plan.direction is way]
        return self.chance.choice(lanes)

    def _move(self, worker: Worker, way: Direction, lane: str, seen: Seen, what: str) -> None:
        self.note(worker, way, lane, seen)
        self.done[what] += 1

    def _worker(self, number: int) -> Worker:
        issuer = self.world.issuer
        card = issuer.card(number + 10, name=f"Worker {number:03}")
        key = person_key(self.world.hub.site_key, card.issuer, card.number)
        return Worker(name=card.name, number=card.number, text=issuer.text(card), person=key)


def _other(way: Direction) -> Direction:
    return Direction.IN if way is Direction.OUT else Direction.OUT
