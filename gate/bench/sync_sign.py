"""What a hub signs for a site: a manifest and a presence of so many people, and their sizes."""

import random
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from time import thread_time
from typing import Final

from gate.bench.rows import BenchRow, time_beside
from gate.sim.issuer import seeded_key
from gate.trust.manifest import SiteManifest, sign_manifest
from gate.trust.site_presence import LastPassage, SitePresence, sign_presence

SITE: Final = "bench"
PEOPLE: Final = (500, 2_000)
RECENT: Final = 20
"""Who moved since the gate last asked, in a busy quarter of a minute at three gates."""

RULES_BYTES: Final = 1_300
BLOCKED: Final = 20
GOOD_FOR: Final = timedelta(days=7)

_GIVEN: Final = ("Jordan", "Aleksandra", "Sam", "Chris", "Wei", "Fatima", "Owen", "Priya")
_FAMILY: Final = ("Blackwood-Smith", "Wójcik", "Okafor", "Lee", "Zhang", "Khan", "Hughes", "Patel")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """What signing costs in seconds of one core, and how long the messages are."""

    manifest_s: float
    presence_s: float
    bare_s: float
    manifest_bytes: int
    presence_bytes: int


def sign_cost(now: datetime, people: int, runs: int) -> Signed:
    """Measure both messages of a site with so many people, beside a bare Ed25519 signature."""
    key = seeded_key("gate bench hub")
    manifest, presence = manifest_of(now, people), presence_of(now, people)
    message = sign_manifest(manifest, key)
    manifest_s, bare_s = time_beside(
        partial(sign_manifest, manifest, key), partial(key.sign, message), runs, clock_s=thread_time
    )
    presence_s, _ = time_beside(
        partial(sign_presence, presence, key), partial(key.sign, message), runs, clock_s=thread_time
    )
    return Signed(
        manifest_s=manifest_s,
        presence_s=presence_s,
        bare_s=bare_s,
        manifest_bytes=len(message),
        presence_bytes=len(sign_presence(presence, key)),
    )


def sign_rows(signed: Signed, people: int, runs: int) -> Iterator[BenchRow]:
    """Yield what one signature costs."""
    for name, value_s in (("manifest", signed.manifest_s), ("presence", signed.presence_s)):
        yield BenchRow(
            name=f"hub: sign a {name} of {people} people",
            value=value_s * 1e6,
            floor=signed.bare_s * 1e6,
            unit="CPU us",
            runs=runs,
            floor_is="one Ed25519 signature over as many bytes as the manifest has",
        )


def presence_rows(now: datetime) -> Iterator[BenchRow]:
    """Yield how long a presence is, and how long one of those who just moved would be."""
    key = seeded_key("gate bench hub")
    for people in PEOPLE:
        message = sign_presence(presence_of(now, people), key)
        yield BenchRow(
            name=f"presence of {people} people, each 15 s",
            value=len(message),
            floor=len(zlib.compress(message, 9)),
            unit="bytes",
            runs=1,
            floor_is="of presence: the same, compressed by zlib",
        )
    recent = sign_presence(presence_of(now, RECENT), key)
    yield BenchRow(
        name=f"presence of the {RECENT} who just moved",
        value=len(recent),
        floor=len(zlib.compress(recent, 9)),
        unit="bytes",
        runs=1,
        floor_is="of presence: the same, compressed by zlib",
    )


def manifest_of(now: datetime, people: int) -> SiteManifest:
    """Return a manifest that has inducted so many people."""
    chance = random.Random(people)  # noqa: S311 - no secret
    return SiteManifest(
        site=SITE,
        version=1,
        issued_at=now,
        expires_at=now + GOOD_FOR,
        policy="# rules\n".ljust(RULES_BYTES, "#"),
        inducted=frozenset(chance.randbytes(16) for _ in range(people)),
        blocked=frozenset(chance.randbytes(16) for _ in range(BLOCKED)),
    )


def presence_of(now: datetime, people: int) -> SitePresence:
    """Return a presence of so many people, as a hub makes it: no areas, no companies."""
    chance = random.Random(people)  # noqa: S311 - no secret
    rows = tuple(
        LastPassage(
            person=chance.randbytes(16),
            direction=chance.choice(("in", "out")),
            at=now - timedelta(seconds=chance.randrange(36_000)),
            access_point=chance.choice(("Gate A in", "Gate A out", "Gate B in", "Gate C in")),
            area="",
            name=f"{chance.choice(_GIVEN)} {chance.choice(_FAMILY)}",
            company="",
        )
        for _ in range(people)
    )
    return SitePresence(site=SITE, issued_at=now, rows=rows)
