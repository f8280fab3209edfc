"""What goes wrong in a campaign, drawn from its seed: every disturbance, in an order of its own.

The order and the amounts follow from the seed; at which byte a process dies does not, for processes
run as they please. A seed is a way to come near a fault again, not to repeat it exactly.
"""

from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Final, Literal

Database = Literal["sqlite", "postgresql"]

BATCH_ENTRIES: Final = (37, 100, 250, 500)
"""Drawn from: odd ones, so that batches sent again after a rewind overlap what is stored."""

LEAST_ODDS: Final = 0.1
MOST_ODDS: Final = 0.5
"""Of a request being spoiled: from a bad link to one that is hardly of use."""

MOST_REQUESTS: Final = 2

REPEATED_FROM: Final = 5_000
"""Entries from which on a campaign kills the same process more than once; what a kill costs is the
start of another process, and the short campaign of `scripts/test` has a minute."""


class Disturbance(StrEnum):
    """What is done to a process, a disk, a database or a clock."""

    WRITER_KILLED = "writer killed"
    UPLINK_KILLED = "uplink killed"
    SECOND_UPLINK = "second uplink"
    """A second `gate sync` on the same journal; its lock must refuse it."""
    RIVAL_UPLINK = "rival uplink"
    """A second uplink that no lock stops: it reaches the journal by another path."""
    UNIT_DISK_FULL = "unit's disk full"
    CLOCK_JUMPED = "clock jumped"
    HUB_KILLED = "hub killed"
    WORKER_KILLED = "hub's workers killed"
    HUB_DISK_FULL = "hub's disk full"
    HUB_BACKED_UP = "hub backed up"
    HUB_RESTORED = "hub restored"
    DATABASE_STOPPED = "database stopped"
    FAILOVER_SYNC = "failover, synchronous"
    FAILOVER_ASYNC = "failover, asynchronous"


_ALWAYS: Final = (
    *(Disturbance.WRITER_KILLED,) * 3,
    *(Disturbance.UPLINK_KILLED,) * 2,
    *(Disturbance.HUB_KILLED,) * 2,
    Disturbance.WORKER_KILLED,
    Disturbance.SECOND_UPLINK,
    Disturbance.RIVAL_UPLINK,
    Disturbance.UNIT_DISK_FULL,
    Disturbance.CLOCK_JUMPED,
    Disturbance.HUB_BACKED_UP,
    Disturbance.HUB_RESTORED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A disturbance and when it comes: in the midst of `entries` being recorded and uploaded.

    Attributes:
        entries: how many are ordered before it.
        meanwhile: how many are ordered while it lasts, or right after it.
        acknowledged: how many of those the journal acknowledges before it.
        requests: how many requests the wire sees before it.
        disturbance: what is done then.
    """

    entries: int
    meanwhile: int
    acknowledged: int
    requests: int
    disturbance: Disturbance


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A campaign of `entries`, divided among its steps."""

    seed: int
    entries: int
    database: Database
    batch_entries: int
    odds: float
    steps: tuple[Step, ...]

    @property
    def is_synchronous(self) -> bool:
        """Whether the standby confirms every commit."""
        return any(step.disturbance is Disturbance.FAILOVER_SYNC for step in self.steps)


def draw_plan(seed: int, entries: int, database: Database) -> Plan:
    """Return the campaign of `seed` with `entries` entries."""
    random = Random(f"plan {seed}")  # noqa: S311 - to be drawn again, not to be secret
    disturbances = _disturbances(seed, entries, database)
    random.shuffle(disturbances)
    _backup_first(disturbances)
    count = len(disturbances)
    shares = [
        entries * (number + 1) // count - entries * number // count for number in range(count)
    ]
    steps = tuple(
        Step(
            entries=share // 2,
            meanwhile=share - share // 2,
            acknowledged=random.randint(0, share // 2),
            requests=random.randint(0, MOST_REQUESTS),
            disturbance=disturbance,
        )
        for share, disturbance in zip(shares, disturbances, strict=True)
    )
    return Plan(
        seed=seed,
        entries=entries,
        database=database,
        batch_entries=random.choice(BATCH_ENTRIES),
        odds=random.uniform(LEAST_ODDS, MOST_ODDS),
        steps=steps,
    )


def _disturbances(seed: int, entries: int, database: Database) -> list[Disturbance]:
    always = _ALWAYS if entries >= REPEATED_FROM else tuple(dict.fromkeys(_ALWAYS))
    if database == "sqlite":
        return [*always, Disturbance.HUB_DISK_FULL]
    failover = Disturbance.FAILOVER_SYNC if seed % 2 else Disturbance.FAILOVER_ASYNC
    return [*always, Disturbance.DATABASE_STOPPED, failover]


def _backup_first(disturbances: list[Disturbance]) -> None:
    """Have the backup come before what needs it."""
    backup = disturbances.index(Disturbance.HUB_BACKED_UP)
    restore = disturbances.index(Disturbance.HUB_RESTORED)
    if restore < backup:
        disturbances[backup], disturbances[restore] = disturbances[restore], disturbances[backup]
