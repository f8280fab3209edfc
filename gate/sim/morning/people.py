"""Who comes to the site in the morning, and all that people do at a turnstile, right and wrong.

Everybody is a generator (`gate.sim.morning.world`). What they do is done to the real lanes, and is
written down in the truth, which no gate sees.
"""

from collections import Counter, deque
from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Final

from gate.access.model import Direction
from gate.devices.ports import Contact
from gate.errors import Outcome
from gate.sim.morning.lane import Lane
from gate.sim.morning.together import Together
from gate.sim.morning.truth import Move, Seen, Truth
from gate.sim.morning.world import SECOND, Going, World
from gate.trust.person import person_key

TURN: Final = SECOND
"""From the first push to the end of the turn, when a contact tells of it."""

_GIVES_UP: Final = 12
"""Tries at a gate before somebody goes home."""

_CARD_IN: Final = 0.95
_FORGETS_CARD_OUT: Final = 0.06
_VEHICLE_GATE: Final = 0.02
_STAYS_OUT: Final = 0.01
_IS_SLOW: Final = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """Somebody with a card; `person` is what every gate knows them by."""

    name: str
    number: str
    text: str = field(repr=False)
    person: bytes


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AtTurnstile:
    """Somebody who was let through and has not turned yet."""

    worker: Worker
    together: Together


class People:
    """Everybody of the morning, where they are, and how often what was done."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.truth = Truth()
        self.chance = Random(world.plan.seed)  # noqa: S311 - a simulation's
        self.done: Counter[str] = Counter()
        self.burning = False
        self.at_turnstile: dict[str, deque[AtTurnstile]] = {name: deque() for name in world.lanes}
        self.at_office: deque[Worker] = deque()
        self._together: dict[str, Together] = {}
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
                yield from self._pass_unseen(lane, worker, "in by force")
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
            yield from self._pass_unseen(lane, worker, "out without a card")
            return
        yield from self._by_card(lane, worker, turns=wrong < 1 - _STAYS_OUT)
        while self.truth.is_inside(worker.person) and not self.burning:
            yield self.world.now + timedelta(seconds=self.chance.uniform(20, 60))
            if self.truth.is_inside(worker.person) and not self.burning:
                yield from self._pass_unseen(lane, worker, "out without a card")

    def walk_out(self, worker: Worker, lane: Lane) -> None:
        """Go out without a card: the exit turns freely."""
        self._turn_unseen(lane, worker, "out without a card")

    def cut(self, lane: Lane) -> None:
        """Take a lane's power away; who was let through just now did not turn."""
        lane.cut_power()
        self.done["power cuts"] += 1
        way = _other(lane.plan.direction)
        for one in self._leave_turnstile(lane.plan.name):
            self.note(one.worker, way, lane.plan.name, Seen.CUT)
            self.done["let through as the power went"] += 1

    def alarmed(self) -> None:
        """Take note that a fire began: who was let through just now may have turned or not."""
        self.burning = True
        for name, lane in self.world.lanes.items():
            for one in self._leave_turnstile(name):
                self.note(one.worker, lane.plan.direction, name, Seen.ASSUMED)

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
        if answer.decision.outcome is Outcome.REFER:
            yield self.world.now + 3 * SECOND
            if self.burning or not lane.is_on:
                return
            lane.set(Contact.GUARD_KEY, active=True)
            lane.set(Contact.GUARD_KEY, active=False)
            self.done["released by the guard's key"] += 1
        elif answer.decision.outcome is Outcome.REFUSE and way is Direction.IN:
            self.done["refused as inside already"] += 1
            self.at_office.append(worker)
            return
        granted_at = self.world.now
        together = self._let_through(name, worker)
        if turns:
            turned = yield from self._turn(lane, AtTurnstile(worker=worker, together=together))
            if turned is None:
                return
            turns = turned
        else:
            self.done["let through and didn't turn"] += 1
        if not turns:
            together.stayed(worker.person, granted_at)
        self.truth.add(
            Move(
                person=worker.person,
                at=granted_at,
                way=way if turns else _other(way),
                lane=name,
                seen=Seen.CARD if turns else Seen.ANNULLED,
                together=together,
            )
        )
        if turns:
            self.done[f"{way} by card"] += 1
        else:
            yield self.world.now + 10 * SECOND

    def _turn(self, lane: Lane, one: AtTurnstile) -> Generator[datetime, None, bool | None]:
        """Step in once those before are through, and turn; False if it is locked by then.

        None if the power went, or a fire began.
        """
        queue = self.at_turnstile[lane.plan.name]
        queue.append(one)
        slow = self.chance.random() < _IS_SLOW
        yield self.world.now + SECOND * self.chance.uniform(*((2.5, 4.5) if slow else (0.3, 2.0)))
        while one in queue and queue[0] is not one:
            yield self.world.now + SECOND / 2
        if one in queue and not lane.opens:
            queue.remove(one)
            self.done["let through and found it locked"] += 1
            return False
        yield self.world.now + TURN
        if one not in queue:
            return None
        queue.remove(one)
        lane.rotate()
        one.together.turned(one.worker.person)
        self.done["slow to turn"] += slow
        return True

    def _pass_unseen(self, lane: Lane, worker: Worker, what: str) -> Going:
        """Turn without a card, once those who are in the turnstile are through."""
        yield self.world.now
        while self.at_turnstile[lane.plan.name]:
            yield self.world.now + SECOND
        way = lane.plan.direction
        if not self.burning and self.truth.is_inside(worker.person) is not (way is Direction.IN):
            self._turn_unseen(lane, worker, what)

    def _turn_unseen(self, lane: Lane, worker: Worker, what: str) -> None:
        """Turn without a card; in the place of somebody who stays, no gate can tell."""
        name, seen = lane.plan.name, Seen.TURN if lane.is_on else Seen.NOTHING
        together = self._together.get(name)
        if lane.is_on:
            lane.rotate()
            if together is not None and together.has_place(self.world.now) and not self.burning:
                together.place_taken = together.has_turned = True
                seen, what = Seen.NOTHING, "turned in the place of somebody"
        self._move(worker, lane.plan.direction, name, seen, what)

    def _let_through(self, lane: str, worker: Worker) -> Together:
        now = self.world.now
        together = self._together.get(lane)
        if together is None or not together.is_joined(now):
            together = self._together[lane] = Together(last_at=now)
        together.let_through(worker.person, now)
        return together

    def _leave_turnstile(self, lane: str) -> list[AtTurnstile]:
        """Return who is in a turnstile, having taken note that nobody knows who of them turned."""
        found = list(self.at_turnstile[lane])
        self.at_turnstile[lane].clear()
        for one in found:
            one.together.stayed(one.worker.person, self.world.now)
        return found

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
