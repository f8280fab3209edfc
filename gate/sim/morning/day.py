"""The morning itself: arrivals, a break, cut links, power cuts, a fire at ten, lunch, the way home.

What the gates and the hub then say of who is inside is held against the truth whenever the roll is
called (`gate.sim.morning.reckoning`).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from gate.access.model import Direction
from gate.access.muster import Muster
from gate.access.presence import Presence
from gate.access.roll_call import call_roll
from gate.devices.ports import Contact
from gate.sim.morning.lane import Lane
from gate.sim.morning.people import People, Worker
from gate.sim.morning.plan import GATES, Plan
from gate.sim.morning.reckoning import Reckoned, Viewer, reckon
from gate.sim.morning.truth import Move, Seen
from gate.sim.morning.world import SECOND, Going, World

HUB: Final = "the hub"
_BREAKS: Final = 0.35
_LUNCHES: Final = 0.6
_GOES_HOME_AFTER_FIRE: Final = 0.05
_STAYS_IN_FIRE: Final = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """The roll, called once: for what, when, and how each of those who called it was right."""

    what: str
    at: datetime
    inside: int
    reckoned: tuple[Reckoned, ...]


class Day:
    """One morning of a plan; `run` it once."""

    def __init__(self, plan: Plan, directory: Path) -> None:
        self.plan = plan
        self.world = World(plan, directory)
        self.people = People(self.world)
        self._fires: dict[str, tuple[datetime, datetime]] = {}

    def run(self) -> Iterator[Called]:
        """Yield each roll call when it was called.

        Raises:
            GateError: something broke that must not.
        """
        with self.world as world:
            for worker in self.people.workers:
                world.go(self._before_the_fire(worker))
            for going in (self._cables(), self._first_power_cut(), self._fire()):
                world.go(going)
            for what, at in self.plan.checks.items():
                world.pass_time(at)
                yield self._called(what)

    def _called(self, what: str) -> Called:
        people, now = self.people, self.world.now
        busy = frozenset(one.person for one in people.at_turnstile.values())
        reckoned = [reckon(viewer, people.truth, now, busy) for viewer in self._viewers()]
        inside = len(people.truth.inside)
        return Called(what=what, at=now, inside=inside, reckoned=tuple(reckoned))

    def _viewers(self) -> Iterator[Viewer]:
        uids = {bytes.fromhex(lane.uid): name for name, lane in self.world.lanes.items()}
        for name, lane in self.world.lanes.items():
            if lane.is_on:
                one = Viewer(
                    name=name, own=name, roll=lane.roll_call(), lanes=uids, fires=self._fires
                )
                yield one
                roll = lane.roll_call_from_disk()
                yield replace(one, name=f"{name}, disk", roll=roll, is_from_disk=True)
        # What the hub signs for its gates is what it knows: asked for by one that has a link.
        linked = [one for one in self.world.lanes.values() if one.is_on and not one.is_cut]
        linked[0].sync()
        site = linked[0].site_wide()
        roll = call_roll(Presence(site=site), Muster(), self.world.now)
        yield Viewer(name=HUB, own=None, roll=roll, lanes=uids, fires=self._fires)

    def _before_the_fire(self, worker: Worker) -> Going:
        chance, plan = self.people.chance, self.plan
        yield plan.at(6, 40) + plan.minutes(chance.uniform(0, 60))
        yield from self.people.come_in(worker)
        if chance.random() < _BREAKS:
            yield plan.at(8, 40) + plan.minutes(chance.uniform(0, 20))
            if self.people.truth.is_inside(worker.person):
                yield from self.people.leave(worker)
            yield self.world.now + plan.minutes(chance.uniform(10, 20))
            if not self.people.truth.is_inside(worker.person):
                yield from self.people.come_in(worker)

    def _after_the_fire(self, worker: Worker) -> Going:
        chance, plan, people = self.people.chance, self.plan, self.people
        inside = people.truth.is_inside(worker.person)
        if not inside:
            if chance.random() < _GOES_HOME_AFTER_FIRE:
                return
            yield self.world.now + 10 * SECOND + plan.minutes(chance.uniform(0, 12))
            yield from people.come_in(worker)
        if chance.random() < _LUNCHES:
            yield plan.at(12) + plan.minutes(chance.uniform(0, 10))
            if people.truth.is_inside(worker.person):
                yield from people.leave(worker)
            yield self.world.now + plan.minutes(chance.uniform(25, 35))
            if not people.truth.is_inside(worker.person):
                yield from people.come_in(worker)
        yield plan.at(13, 20) + plan.minutes(chance.uniform(0, 40))
        if people.truth.is_inside(worker.person):
            yield from people.leave(worker)

    def _cables(self) -> Going:
        """Gate B is cut off during the break, Gate C while it burns."""
        for gate, since, until in (
            ("Gate B", self.plan.at(7, 40), self.plan.at(9, 10)),
            ("Gate C", self.plan.at(9, 50), self.plan.at(11, 10)),
        ):
            yield since
            for lane in self._lanes_of(gate):
                lane.pull_out()
            yield until
            for lane in self._lanes_of(gate):
                lane.plug_in()

    def _first_power_cut(self) -> Going:
        """Gate A loses its power just as it has let somebody in."""
        lane = self.world.lanes["Gate A in"]
        yield self.plan.at(7, 5)
        while lane.plan.name not in self.people.at_turnstile:
            yield self.world.now + SECOND / 2
            if self.world.now > self.plan.at(8):
                break
        self.people.cut(lane)
        yield self.world.now + 40 * SECOND
        lane.boot(self.world.now)

    def _fire(self) -> Going:
        """1. The alarm.  2. People leave.  3. A lane reboots.  4. The all-clear of each gate."""
        people, world, plan = self.people, self.world, self.plan
        yield plan.at(10)
        began = world.now
        # 1.
        people.burning = True
        for name, worker in people.at_turnstile.items():
            way = world.lanes[name].plan.direction
            people.note(worker, way, name, Seen.ASSUMED)
        people.at_turnstile.clear()
        for lane in world.lanes.values():
            lane.set(Contact.FIRE, active=True)
        # 2.
        marshals = dict(zip(GATES, self._marshals(), strict=True))
        for worker in people.workers:
            stays = people.chance.random() < _STAYS_IN_FIRE and worker not in marshals.values()
            if people.truth.is_inside(worker.person) and not stays:
                world.go(self._evacuate(worker))
        # 3.
        yield plan.at(10, 5)
        lane = world.lanes["Gate C out"]
        people.cut(lane)
        yield world.now + 30 * SECOND
        lane.boot(world.now, active=frozenset({Contact.FIRE}))
        # 4.
        yield plan.at(10, 20)
        for lane in world.lanes.values():
            lane.set(Contact.FIRE, active=False)
        for gate, worker in marshals.items():
            yield from self._all_clear(gate, worker, began)
        people.burning = False
        for worker in people.workers:
            world.go(self._after_the_fire(worker))

    def _marshals(self) -> list[Worker]:
        """Return a worker for each gate who is to give its all-clear: of those who are outside."""
        inside = [one for one in self.people.workers if self.people.truth.is_inside(one.person)]
        return inside[: len(GATES)]

    def _evacuate(self, worker: Worker) -> Going:
        people, chance = self.people, self.people.chance
        lane = chance.choice([one for one in self.world.lanes.values() if not one.plan.is_entry])
        yield self.world.now + self.plan.minutes(chance.uniform(0.2, 9))
        how = chance.random()
        if how < 0.1 and lane.is_on:
            lane.show(worker.text)
            lane.rotate()
            people.note(worker, Direction.OUT, lane.plan.name, Seen.ASSUMED)
            people.note(worker, Direction.OUT, lane.plan.name, Seen.TURN)
        elif how < 0.13:
            people.note(worker, Direction.OUT, "", Seen.NOTHING)
        else:
            people.walk_out(worker, lane)
        people.done["left with the fire alarm"] += 1

    def _all_clear(self, gate: str, worker: Worker, began: datetime) -> Going:
        """A named person goes in, clears the exit, comes out by card, and clears the entry."""
        people, world = self.people, self.world
        entry, exit_ = world.lanes[f"{gate} in"], world.lanes[f"{gate} out"]
        entry.rotate()
        people.note(worker, Direction.IN, entry.plan.name, Seen.TURN)
        yield world.now + 2 * SECOND
        self._clear(exit_, worker)
        self._fires[exit_.plan.name] = began, world.now
        yield world.now + 2 * SECOND
        exit_.rotate()
        people.truth.add(
            Move(
                person=worker.person,
                at=world.now - 2 * SECOND,
                way=Direction.OUT,
                lane=exit_.plan.name,
                seen=Seen.CARD,
            )
        )
        yield world.now + 2 * SECOND
        self._clear(entry, worker)
        self._fires[entry.plan.name] = began, world.now
        people.done["all-clears"] += 2

    def _clear(self, lane: Lane, worker: Worker) -> None:
        """Turn the key and show the card; the key is back before it would be maintenance."""
        lane.set(Contact.GUARD_KEY, active=True)
        lane.show(worker.text)
        lane.set(Contact.GUARD_KEY, active=False)

    def _lanes_of(self, gate: str) -> list[Lane]:
        return [one for one in self.world.lanes.values() if one.plan.gate == gate]
