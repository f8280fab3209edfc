"""Many sites, by simulation: what their hubs sign and answer, and what a CDN serves them.

A day of each of some sites is run through poll by poll, with the hub's own rules on when it signs
(docs/reference/site-files.md); what one signature and one answer cost was measured in the same run.
The rest is proportion. All sites keep the same hours, which is the worst case.

What the model leaves out: networks that fail, and uploads (docs/explanation/scale.md has those).
"""

import random
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from gate.bench.rows import BenchRow

GATES: Final = 3
POLL_S: Final = 15
SIGN_MANIFEST_S: Final = 45 * 60
SIGN_PRESENCE_S: Final = 5
SIGN_IDLE_PRESENCE_S: Final = 60
"""As `gate.hub.manifest` has them; tests/hub/manifest holds these against it."""

PASSAGES: Final = 4
"""A person a day: in, out and in at midday, out."""

PEAKS_S: Final = (7 * 3600, 17 * 3600)
OPEN_S: Final = (7 * 3600, 17 * 3600 + 1800)
SLICE_S: Final = 1800
"""Half of the day's passages fall into two slices of this length (docs/explanation/scale.md)."""

DAY_S: Final = 86_400
LIST_TTL_S: Final = 900
LIST_CHANGES: Final = 24
"""A day; each is a whole list to every gate."""

FLEET_EVERY_S: Final = 3600
SAMPLE: Final = 40
"""Sites that are run through; more change the figures by less than a hundredth."""

_SLICES: Final = DAY_S // SLICE_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """What was measured: seconds of one core, bytes on the wire."""

    sign_manifest_s: float
    sign_presence_s: float
    answer_s: float
    answer_bytes: int
    manifest_bytes: int
    presence_bytes: int
    list_bytes: int
    fleet_bytes: int


@dataclass(slots=True)
class Slice:
    """Half an hour of one or more sites."""

    requests: int = 0
    manifests_signed: int = 0
    manifests_sent: int = 0
    presences_signed: int = 0
    presences_sent: int = 0

    def add(self, other: "Slice") -> None:
        """Take another site's half hour in."""
        self.requests += other.requests
        self.manifests_signed += other.manifests_signed
        self.manifests_sent += other.manifests_sent
        self.presences_signed += other.presences_signed
        self.presences_sent += other.presences_sent


@dataclass(slots=True)
class _Site:
    """One site's hub as far as it signs, and what each of its gates holds."""

    passages: Sequence[float]
    manifest_at: float = float("-inf")
    presence_at: float = float("-inf")
    held: dict[int, tuple[float, float]] = field(default_factory=dict)

    def poll(self, gate: int, at: float, counted: Slice) -> None:
        """Answer one gate's question for manifest and presence."""
        counted.requests += 2
        if at - self.manifest_at >= SIGN_MANIFEST_S:
            self.manifest_at = at
            counted.manifests_signed += 1
        age = at - self.presence_at
        if age >= SIGN_IDLE_PRESENCE_S or (age >= SIGN_PRESENCE_S and self._has_moved(at)):
            self.presence_at = at
            counted.presences_signed += 1
        manifest_at, presence_at = self.held.get(gate, (None, None))
        counted.manifests_sent += manifest_at != self.manifest_at
        counted.presences_sent += presence_at != self.presence_at
        self.held[gate] = self.manifest_at, self.presence_at

    def _has_moved(self, at: float) -> bool:
        first = bisect_right(self.passages, self.presence_at)
        return first < len(self.passages) and self.passages[first] <= at


def simulate(people: int, sample: int = SAMPLE) -> list[Slice]:
    """Return each half hour of a day, summed over `sample` sites of so many people."""
    day = [Slice() for _ in range(_SLICES)]
    for number in range(sample):
        for counted, of_site in zip(day, _one_day(random.Random(number), people), strict=True):  # noqa: S311 - no secret
            counted.add(of_site)
    return day


def gate_row(costs: Costs, people: int, sample: int = SAMPLE) -> BenchRow:
    """Return what one gate is sent in a day."""
    day = simulate(people, sample)
    gates = sample * GATES
    return BenchRow(
        name=f"a gate's day of presence, {people} people",
        value=sum(one.presences_sent for one in day) * costs.presence_bytes / gates / 1e6,
        floor=sum(one.manifests_sent for one in day) * costs.manifest_bytes / gates / 1e6,
        unit="MB",
        runs=sample,
        floor_is="of a gate's day: its manifests",
    )


def sites_rows(costs: Costs, sites: int, people: int, sample: int = SAMPLE) -> Iterator[BenchRow]:
    """Yield what so many sites ask of hubs and CDN; the floor of each is its average over a day."""
    day = simulate(people, sample)
    scale = sites / sample

    def both(name: str, unit: str, of_slice: Sequence[float]) -> BenchRow:
        return BenchRow(
            name=f"{sites:,} sites: {name}",
            value=max(of_slice) * scale,
            floor=sum(of_slice) / _SLICES * scale,
            unit=unit,
            runs=sample,
            floor_is="of sites: the average of the day; the value is its worst half hour",
        )

    signing_s = [
        one.manifests_signed * costs.sign_manifest_s + one.presences_signed * costs.sign_presence_s
        for one in day
    ]
    answering_s = [one.requests * costs.answer_s for one in day]
    sent = [
        one.requests * costs.answer_bytes
        + one.manifests_sent * costs.manifest_bytes
        + one.presences_sent * costs.presence_bytes
        for one in day
    ]
    signatures = [one.manifests_signed + one.presences_signed for one in day]
    yield both("requests to hubs", "a second", [one.requests / SLICE_S for one in day])
    yield both("from and to hubs", "MB/s", [one / SLICE_S / 1e6 for one in sent])
    yield both("manifests signed", "a second", [one.manifests_signed / SLICE_S for one in day])
    yield both("signatures", "a second", [one / SLICE_S for one in signatures])
    yield both("hubs sign", "core s/hour", [one * 3600 / SLICE_S for one in signing_s])
    yield both("hubs answer", "core s/hour", [one * 3600 / SLICE_S for one in answering_s])
    total_s = [one + other for one, other in zip(signing_s, answering_s, strict=True)]
    yield both("cores in all", "cores", [one / SLICE_S for one in total_s])
    yield from _cdn_rows(costs, sites)


def _cdn_rows(costs: Costs, sites: int) -> Iterator[BenchRow]:
    """Yield what a CDN serves: the same all day, because gates ask at their own pace."""
    gates = sites * GATES
    requests = gates * (2 / FLEET_EVERY_S + 1 / LIST_TTL_S)
    whole = gates * LIST_CHANGES * costs.list_bytes / DAY_S
    quiet = gates * (costs.fleet_bytes / FLEET_EVERY_S + costs.answer_bytes / LIST_TTL_S)
    for name, value, floor, unit, floor_is in (
        ("requests to the CDN", requests, 0.0, "a second", "(of requests: none)"),
        (
            "from and to the CDN",
            (whole + quiet) / 1e6,
            quiet / 1e6,
            "MB/s",
            f"of a CDN: no list changes; the value is with {LIST_CHANGES} whole lists a day",
        ),
    ):
        yield BenchRow(
            name=f"{sites:,} sites: {name}",
            value=value,
            floor=floor,
            unit=unit,
            runs=1,
            floor_is=floor_is,
        )


def _one_day(chance: random.Random, people: int) -> list[Slice]:
    site = _Site(_passages(chance, people))
    phases = [chance.uniform(0, POLL_S) for _ in range(GATES)]
    order = sorted(range(GATES), key=phases.__getitem__)
    day = [Slice() for _ in range(_SLICES)]
    site.poll(0, -1.0, Slice())  # the night before
    for turn in range(DAY_S // POLL_S):
        for gate in order:
            at = turn * POLL_S + phases[gate]
            site.poll(gate, at, day[int(at) // SLICE_S])
    return day


def _passages(chance: random.Random, people: int) -> list[float]:
    """Return when somebody passes: half of a day's in two peaks, the others while it is open."""
    count = people * PASSAGES
    peak = [start + chance.uniform(0, SLICE_S) for start in PEAKS_S for _ in range(count // 4)]
    return sorted([*peak, *(chance.uniform(*OPEN_S) for _ in range(count - len(peak)))])
