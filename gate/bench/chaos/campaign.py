"""One campaign: a unit, a hub, a wire between them, and everything that goes wrong.

1. Furnish unit and hub from the template.  2. For each step of the plan: have entries recorded
and uploaded, and in the midst of it disturb something.  3. Spoil nothing more, and let the real
`gate sync` bring what is left.  4. Put the hub back once more, now that nothing new is recorded:
the uplink must notice by itself.  5. Judge.
"""

from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

from gate.bench.chaos.books import Books, Shelf, stored_through
from gate.bench.chaos.disk import SmallDisk, small_disk
from gate.bench.chaos.hub import Hub
from gate.bench.chaos.plan import Disturbance, Plan
from gate.bench.chaos.process import until
from gate.bench.chaos.unit import WAIT_S, Unit, unit_config
from gate.bench.chaos.verdict import Verdict, judge
from gate.bench.chaos.wire import Wire
from gate.devices.clock import SystemClock
from gate.errors import DeviceError, GateError

TRAFFIC_S: Final = 2.0
"""For the requests that a step waits for; when nothing is left to send there are none."""

MEANWHILE_REQUESTS: Final = 5
"""While a disk is full, or somebody is dead."""

MAX_JUMP_S: Final = 10 * 365 * 86_400
IDLE: Final = "hub restored, unit idle"
SYNCS: Final = 5
"""Passes of the real `gate sync`; one is enough when nothing is spoilt."""

_DISK_BYTES: Final = 96 << 20
_ENTRY_BYTES: Final = 6 << 10
"""Of disk for an entry: a row takes 500 bytes, and a restored backup lies beside the database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a campaign did and came to."""

    plan: Plan
    verdict: Verdict
    faults: Mapping[str, int]
    answers: Mapping[str, int]
    seconds: float


def run_campaign(plan: Plan, shelf: Shelf, directory: Path) -> Outcome:
    """Run the campaign of `plan` in an empty directory; a fault of its own is in the verdict."""
    clock = SystemClock()
    start_s = clock.monotonic()
    with ExitStack() as opened:
        campaign = _Campaign(plan, shelf, directory, opened)
        try:
            verdict = campaign.run()
        except GateError as error:
            verdict = Verdict(entries=0, lost=0, doubled=0, changed=0, faults=(str(error),))
        faults, answers = campaign.counts, campaign.answers
    seconds = clock.monotonic() - start_s
    return Outcome(plan=plan, verdict=verdict, faults=faults, answers=answers, seconds=seconds)


class _Campaign:
    def __init__(self, plan: Plan, shelf: Shelf, directory: Path, opened: ExitStack) -> None:
        """1."""
        size = _DISK_BYTES + _ENTRY_BYTES * plan.entries
        self._plan = plan
        self._template = shelf.template
        self._random = Random(f"campaign {plan.seed}")  # noqa: S311 - to be drawn again
        self._counts: Counter[str] = Counter()
        self._faults: list[str] = []
        self._meanwhile = 0
        self._disks: dict[str, SmallDisk] = {
            name: opened.enter_context(small_disk(directory / name, size))
            for name in ("unit", "hub")
        }
        hub_path = self._disks["hub"].path
        self._books: Books = opened.enter_context(shelf.open(plan, hub_path))
        self._hub = opened.enter_context(Hub(hub_path, shelf.template, self._books.address))
        self._wire = opened.enter_context(Wire(self._hub.port, plan.seed, plan.odds))
        config = unit_config(self._wire.url, shelf.template.hub_key, plan.batch_entries)
        unit = Unit(self._disks["unit"].path, shelf.template.unit_key, config, plan.seed)
        self._unit = opened.enter_context(unit)

    @property
    def counts(self) -> Mapping[str, int]:
        """How often each thing went wrong."""
        return self._counts + Counter({str(name): n for name, n in self._wire.counts.items()})

    @property
    def answers(self) -> Mapping[str, int]:
        """How often the hub answered with which status; "none" is no answer."""
        return self._wire.answers

    def run(self) -> Verdict:
        """Walk the steps."""
        self._hub.start()
        self._unit.start_writer()
        self._unit.start_uplink()
        # 2.
        for step in self._plan.steps:
            before, requests = self._unit.count, self._wire.requests
            self._unit.order(step.entries)
            self._unit.wait_for(before + step.acknowledged)
            self._wire.wait_for(requests + step.requests, TRAFFIC_S)
            self._meanwhile = step.meanwhile
            self._disturb(step.disturbance)
            self._unit.order(self._meanwhile)
        # 3.
        self._unit.finish()
        self._wire.calm()
        self._unit.kill_uplinks()
        self._sync()
        # 4.
        self._put_back_while_idle()
        # 5.
        self._hub.kill()
        return self._judged()

    def _judged(self) -> Verdict:
        unit, hub_key = self._unit, self._template.hub_key
        verdict = judge(unit.journal, unit.acknowledged, self._books.query, hub_key)
        return Verdict(
            entries=verdict.entries,
            lost=verdict.lost,
            doubled=verdict.doubled,
            changed=verdict.changed,
            faults=(*verdict.faults, *unit.faults, *self._faults),
        )

    def _sync(self) -> None:
        for attempt in range(SYNCS):
            try:
                self._unit.sync()
            except DeviceError:
                if attempt == SYNCS - 1:
                    raise
            else:
                return

    def _put_back_while_idle(self) -> None:
        self._counts[IDLE] += 1
        last = max(self._unit.acknowledged)
        asked = self._wire.requests
        self._unit.start_uplink()
        self._wire.wait_for(asked + 1, WAIT_S)  # the offer of its start is made
        self._hub.kill()
        self._wire.wait_for(self._wire.requests + 1, WAIT_S)  # it knows that the hub is away
        self._hub.restore()
        if not until(lambda: stored_through(self._books.query) == last, WAIT_S):
            self._faults.append("an idle uplink did not bring the hub what a restore took from it")

    def _disturb(self, what: Disturbance) -> None:
        self._counts[str(what)] += 1
        match what:
            case Disturbance.WRITER_KILLED:
                self._unit.kill_writer()
                self._unit.start_writer()
            case Disturbance.UPLINK_KILLED:
                self._unit.kill_uplinks()
                self._unit.start_uplink()
            case Disturbance.SECOND_UPLINK:
                self._unit.try_second_uplink()
            case Disturbance.RIVAL_UPLINK:
                self._unit.start_rival()
            case Disturbance.CLOCK_JUMPED:
                self._unit.jump(self._random.randint(-MAX_JUMP_S, MAX_JUMP_S))
            case Disturbance.UNIT_DISK_FULL | Disturbance.HUB_DISK_FULL:
                self._fill(what)
            case _:
                self._disturb_hub(what)

    def _disturb_hub(self, what: Disturbance) -> None:
        match what:
            case Disturbance.HUB_KILLED:
                self._hub.kill()
                self._traffic()
                self._hub.start()
            case Disturbance.WORKER_KILLED:
                self._hub.kill_workers()
            case Disturbance.HUB_BACKED_UP:
                self._hub.back_up()
            case Disturbance.HUB_RESTORED:
                self._hub.restore()
            case _:
                fault = self._books.disturb(what, self._traffic)
                self._faults += [] if fault is None else [fault]

    def _fill(self, what: Disturbance) -> None:
        disk = self._disks["unit" if what is Disturbance.UNIT_DISK_FULL else "hub"]
        if not disk.is_mounted:
            del self._counts[str(what)]
            return
        with disk.filled():
            self._traffic()

    def _traffic(self) -> None:
        """Have entries recorded, and let some requests come in that would bring them."""
        self._unit.order(self._meanwhile)
        self._meanwhile = 0
        self._wire.wait_for(self._wire.requests + MEANWHILE_REQUESTS, TRAFFIC_S)
