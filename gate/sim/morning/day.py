"""The morning itself: arrivals, a break, cut links, power cuts, a fire at ten, lunch, the way home.

What the gates and the hub then say of who is inside is held against the truth whenever the roll is
called (`gate.sim.morning.reckoning`).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Final

from gate.access.model import Direction
from gate.access.muster import Muster
from gate.access.presence import Passage, Presence, SiteWide
from gate.access.roll_call import Called as OnRoll
from gate.access.roll_call import RollCall, call_roll
from gate.devices.ports import Contact
from gate.sim.morning.lane import Lane
from gate.sim.morning.manager import Manager, Page
from gate.sim.morning.people import People, Worker
from gate.sim.morning.plan import GATES, SITE, Plan
from gate.sim.morning.reckoning import Reckoned, Viewer, reckon
from gate.sim.morning.truth import Move, Seen
from gate.sim.morning.world import SECOND, Going, World

HUB: Final = "the hub"
HUB_PAGE: Final = "the hub's page"
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
        with self.world as world, Manager(world.hub, SITE) as self._manager:
            for worker in self.people.workers:
                world.go(self._before_the_fire(worker))
            events = self._cables(), self._first_power_cut(), self._fire(), self._office()
            for going in events:
                world.go(going)
            for what, at in self.plan.checks.items():
                world.pass_time(at)
                yield self._called(what)

    def _called(self, what: str) -> Called:
        people, now = self.people, self.world.now
        queues = people.at_turnstile.values()
        busy = frozenset(one.worker.person for queue in queues for one in queue)
        reckoned = [reckon(viewer, people.truth, now, busy) for viewer in self._viewers()]
        inside = len(people.truth.inside)
        return Called(what=what, at=now, inside=inside, reckoned=tuple(reckoned))

    def _viewers(self) -> Iterator[Viewer]:
        for name, lane in self.world.lanes.items():
            if lane.is_on:
                one = self._viewer(name, lane.roll_call(), lane.site_wide())
                one = replace(one, own=name)
                yield one
                roll = lane.roll_call_from_disk()
                yield replace(one, name=f"{name}, disk", roll=roll, is_from_disk=True)
        # What the hub signs for its gates is what it knows: asked for by one that has a link.
        linked = [one for one in self.world.lanes.values() if one.is_on and not one.is_cut]
        linked[0].sync()
        site = linked[0].site_wide()
        hub = self._viewer(HUB, call_roll(Presence(site=site), Muster(), self.world.now), site)
        yield hub
        page = self._manager.roll_call()
        roll = self._roll_of(page, hub.roll)
        yield replace(hub, name=HUB_PAGE, roll=roll, told_at=self.world.now, page=page)

    def _viewer(self, name: str, roll: RollCall, site: SiteWide | None) -> Viewer:
        uids = {bytes.fromhex(lane.uid): one for one, lane in self.world.lanes.items()}
        told_at = None if site is None else min(site.as_of, roll.at)
        return Viewer(
            name=name, own=None, roll=roll, lanes=uids, fires=self._fires, told_at=told_at
        )

    def _roll_of(self, page: Page, hub: RollCall) -> RollCall:
        """Return the hub's page as a roll call: it knows all that each gate had sent by now."""
        at, sent = self.world.now, {}
        for lane in self.world.lanes.values():
            if lane.sent_at is not None:
                sent[bytes.fromhex(lane.uid)] = lane.sent_at
        if page.frozen_at:
            at = datetime.combine(at, time.fromisoformat(page.frozen_at), tzinfo=UTC)
        persons = {one.number: one.person for one in self.people.workers}
        return RollCall(
            at=at,
            is_frozen=bool(page.frozen_at),
            called=tuple(
                OnRoll(
                    person=persons[number], standing=standing, last=_nowhere(persons[number], at)
                )
                for number, standing in page.standings.items()
            ),
            known=tuple(
                gate._replace(whole_at=sent.get(gate.uid, gate.whole_at)) for gate in hub.known
            ),
            turned_in=page.turned_in,
            turned_out=page.turned_out,
        )

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

    def _office(self) -> Going:
        """Each minute, the manager forgives the exits of those who were refused and stand there."""
        people, world = self.people, self.world
        while world.now < self.plan.ends_at:
            yield world.now + self.plan.minutes(1)
            while people.at_office:
                worker = people.at_office.popleft()
                issuer, is_outside = world.issuer.iss, not people.truth.is_inside(worker.person)
                if is_outside and self._manager.forgive(worker.number, issuer, "left by the yard"):
                    people.note(worker, Direction.OUT, "", Seen.FORGIVEN)
                    people.done["forgiven by the manager"] += 1

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
        while not self.people.at_turnstile[lane.plan.name]:
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
        people.alarmed()
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


def _nowhere(person: bytes, at: datetime) -> Passage:
    """Return a passage of somebody of whom a page says how they stand, and not in our words."""
    return Passage(person=person, direction=Direction.IN, at=at, access_point="", area="")
