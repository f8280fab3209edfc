"""Time, the site's lanes and its hub: everything moves on together, in steps of seconds.

People are generators that yield the moment they go on at; whoever is due first goes on first. All
the gates and the hub have the same time, told by nobody but this.
"""

import heapq
from collections.abc import Generator
from contextlib import AbstractContextManager, ExitStack
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Final

from gate.sim.cable import Cable
from gate.sim.issuer import SimIssuer
from gate.sim.morning.hub import ToldHub
from gate.sim.morning.lane import Lane
from gate.sim.morning.plan import LANES, SITE, STARTS_AT, Plan, rules
from gate.store.trust_store import merge
from gate.trust.bundle import TrustBundle
from gate.trust.status_token import issue_status_token

SECOND: Final = timedelta(seconds=1)
STEP: Final = 4 * SECOND
"""The longest between two turns of a gate's loop. A real one turns ten times a second: what runs
out is noticed later here, and nothing else differs."""

Going = Generator[datetime, None, None]
"""Somebody who goes on at the moments yielded."""


class World(AbstractContextManager["World"]):
    """The site of a plan, in `directory`, at work from its first second."""

    def __init__(self, plan: Plan, directory: Path) -> None:
        """Build the hub and every lane, and give them power.

        Raises:
            GateError: something can't be built.
        """
        self.plan = plan
        self.now = STARTS_AT
        self.issuer = SimIssuer()
        self.lanes = {one.name: Lane(one, directory / one.name) for one in LANES}
        self._due: list[tuple[datetime, int, Going]] = []
        self._number = count()
        self._busy_until: dict[str, datetime] = {}
        with ExitStack() as opened:
            text = rules(plan.passback)
            keys = {lane.plan.name: lane.key.verifying_key for lane in self.lanes.values()}
            units = {name: key.public.hex() for name, key in keys.items()}
            self.hub = opened.enter_context(
                ToldHub(
                    directory / "hub",
                    site=SITE,
                    rules=text,
                    units=units,
                    now=self.now,
                    seed=plan.seed,
                )
            )
            for lane in self.lanes.values():
                cable = opened.enter_context(Cable(self.hub.port))
                lane.furnish(SITE, text, self.hub.site_key, cable, self.hub.key, plan.poll_s)
                self._trust(lane)
                lane.boot(self.now)
                opened.callback(_cut, lane)
            self._opened = opened.pop_all()
        spread = timedelta(seconds=plan.poll_s) / len(self.lanes)
        self._sync_at = {name: self.now + place * spread for place, name in enumerate(self.lanes)}

    def __exit__(self, *_: object) -> None:
        """Leave nothing running."""
        self._opened.close()

    def go(self, going: Going) -> None:
        """Let somebody begin to go."""
        heapq.heappush(self._due, (self.now, next(self._number), going))

    def pass_time(self, until: datetime) -> None:
        """Let everybody go on, and every gate and uplink work, up to a moment."""
        while self._due and self._due[0][0] <= until:
            at, _, going = heapq.heappop(self._due)
            self._tick(at)
            again = next(going, None)
            if again is not None:
                heapq.heappush(self._due, (max(again, self.now), next(self._number), going))
        self._tick(until)

    def reserve(self, lane: str, seconds: float) -> datetime:
        """Take a place in a lane's queue; return when it is one's turn."""
        at = max(self.now, self._busy_until.get(lane, self.now))
        self._busy_until[lane] = at + timedelta(seconds=seconds)
        return at

    def _tick(self, until: datetime) -> None:
        while self.now < until:
            self.now = min(self.now + STEP, until)
            self.hub.tell(self.now)
            for name, lane in self.lanes.items():
                lane.pass_time(self.now)
                if lane.is_on and self.now >= self._sync_at[name]:
                    lane.sync()
                    self._sync_at[name] = self.now + timedelta(seconds=self.plan.poll_s)

    def _trust(self, lane: Lane) -> None:
        held = self.issuer.status_list(issued_at=STARTS_AT - timedelta(hours=1))
        token = issue_status_token(held, self.issuer.key)
        bundle = TrustBundle(issuers=(self.issuer.issuer(),))
        merge(lane.trust, bundle, (token,), STARTS_AT)


def _cut(lane: Lane) -> None:
    if lane.is_on:
        lane.cut_power()
