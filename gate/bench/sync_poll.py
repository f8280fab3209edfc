"""A unit's own pull against a real hub, counted on the wire: the first, and one with no news.

The pull is the one that `gate sync` runs, with a clock that is put forward so that everything is
due at once: fleet trust, every list, manifest, presence.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gate.bench.rows import BenchRow, Limit
from gate.bench.sync_hub import SITE, SyncHub
from gate.bench.sync_wire import Exchange, Relay
from gate.devices.clock import SystemClock
from gate.errors import UplinkError
from gate.store.trust_names import PINNED_ROOT
from gate.uplink.fetch import Fetcher
from gate.uplink.lists_due import MAX_LIST_S
from gate.uplink.moment import Moment
from gate.uplink.pull import FLEET_EVERY_S, Pull, PullSource

POLL_S: Final = 15.0
EVERYTHING_S: Final = FLEET_EVERY_S + MAX_LIST_S
"""After so long nothing is not due."""

MOST_FLEET: Final = Limit(most=2)
MOST_EACH: Final = Limit(most=1)
MOST_BODIES: Final = Limit(most=1_000)
MOST_FIRST: Final = Limit(most=80_000)

NO_FLOOR: Final = "(of requests: none)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Polls:
    """What passed at the first pull, and at one where nothing was new."""

    first: Sequence[Exchange]
    quiet: Sequence[Exchange]


def poll_twice(hub: SyncHub, directory: Path) -> Polls:
    """Let a new unit pull from `hub` until it has everything, then once more.

    Raises:
        UplinkError: it did not get everything.
    """
    trust = directory / "trust"
    trust.mkdir()
    (trust / PINNED_ROOT).write_bytes(hub.pinned_root)
    clock = SystemClock()
    forward_s = 0.0

    def monotonic() -> float:
        return clock.monotonic() + forward_s

    with Relay(hub.port) as relay, Fetcher(ca=None, monotonic=monotonic) as fetcher:
        source = PullSource(
            trust=trust,
            site=SITE,
            url=relay.url,
            hub_key=hub.key,
            uid=hub.uid,
            key=hub.unit_key,
            poll_s=POLL_S,
            now=lambda: Moment(at=clock.now(), trusted=True),
            monotonic=monotonic,
        )
        pull = Pull(source, fetcher)
        pull.turn()
        first = relay.taken()
        forward_s = EVERYTHING_S
        pull.turn()
        quiet = relay.taken()
        held = pull.in_force()
    if pull.refused or held.manifest is None or not held.bundle.status_lists:
        raise UplinkError(f"the unit did not get everything: {pull.refused or first}")
    return Polls(first=first, quiet=quiet)


def poll_rows(polls: Polls, token_bytes: int) -> Iterator[BenchRow]:
    """Yield what a poll without news takes, and the first one."""
    quiet = [one for one in polls.quiet if _kind(one) != "presence"]
    for name, kind, limit in (
        ("no news: fleet trust, hourly", "fleet", MOST_FLEET),
        ("no news: manifest, each 15 s", "manifest", MOST_EACH),
        ("no news: a list, at its ttl", "lists", MOST_EACH),
    ):
        asked = sum(_kind(one) == kind for one in quiet)
        yield _row(name, asked, "requests", floor_is=NO_FLOOR, limit=limit)
    yield _row(
        "no news: bodies of all of it",
        sum(one.body_bytes for one in quiet),
        "bytes",
        floor=max(one.body_bytes for one in quiet),
        floor_is="the signed timestamp alone, in which the fleet says that it has no news",
        limit=MOST_BODIES,
    )
    yield _row(
        "no news: all of it with HTTP's heads",
        sum(one.wire_bytes for one in quiet),
        "bytes",
        floor=sum(one.body_bytes for one in quiet),
        floor_is="its bodies alone",
    )
    yield _row(
        "no news: presence, heads and body",
        sum(one.wire_bytes for one in polls.quiet if _kind(one) == "presence"),
        "bytes",
        floor_is="(of bytes: none)",
    )
    yield _row(
        "first sync, besides fleet metadata",
        sum(one.wire_bytes for one in polls.first if "/fleet/metadata/" not in one.path),
        "bytes",
        floor=token_bytes,
        floor_is="the signed list alone",
        limit=MOST_FIRST,
    )


def _kind(one: Exchange) -> str:
    """Say what was asked for: fleet, lists, manifest or presence."""
    parts = one.path.split("/")
    return parts[-1] if parts[1] == "api" else parts[1]


def _row(
    name: str,
    value: float,
    unit: str,
    *,
    floor: float = 0,
    floor_is: str,
    limit: Limit | None = None,
) -> BenchRow:
    return BenchRow(
        name=name, value=value, floor=floor, unit=unit, runs=1, floor_is=floor_is, limit=limit
    )
