"""A list of 2.1 million cards at 1 % revoked: what it takes to load, to look up, to change.

The cards are drawn by a seed, so that every run has the same list. Times are of the thread's own
processor, so that a busy machine disturbs them less.
"""

import random
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from statistics import median
from time import thread_time
from typing import Final

import cbor2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from gate.bench.rows import BenchRow, Limit, time_beside
from gate.signing.cose import Sign1
from gate.sim.issuer import SimIssuer
from gate.trust.status_list import Status, StatusList, pack
from gate.trust.status_token import CLAIM_LIST, issue_status_token, verify_status_token

CARDS: Final = 2_100_000
"""More than all cards in force of CSCS and its partner schemes together are said to be."""

REVOKED_IN: Final = 100
CHANGED: Final = 200
BITS: Final = 2
LOOKUPS: Final = 10_000

LIST_FLOOR_BYTES: Final = 831
"""A change of 200 revocations as places of 4 bytes each, with a head: the delta to compare with."""

MOST_LOAD: Final = Limit(most=3.0, of_ratio=True)
MOST_LOOKUP_US: Final = Limit(most=1.0)


@dataclass(frozen=True)
class BigList:
    """The list before and after a change, as its issuer signs it."""

    issuer: SimIssuer
    now: datetime
    cards: int = CARDS

    @cached_property
    def values(self) -> bytearray:
        """A status for each card."""
        chance = random.Random(20261120)  # noqa: S311 - the same list each time, and no secret
        values = bytearray(self.cards)
        for index in chance.sample(range(self.cards), self.cards // REVOKED_IN):
            values[index] = Status.INVALID
        return values

    @cached_property
    def changed_values(self) -> bytearray:
        """The same after another 200 cards were revoked."""
        chance = random.Random(20261121)  # noqa: S311 - as above
        values = bytearray(self.values)
        valid = [
            index
            for index in chance.sample(range(self.cards), self.cards // 10)
            if not values[index]
        ]
        for index in valid[:CHANGED]:
            values[index] = Status.INVALID
        return values

    @cached_property
    def packed(self) -> bytes:
        """The raw list: 525,000 bytes."""
        return pack(self.values, BITS)

    @cached_property
    def token(self) -> bytes:
        """The list as it travels."""
        return issue_status_token(self.list_of(self.packed), self.issuer.key)

    @cached_property
    def changed_token(self) -> bytes:
        """The changed list as it travels."""
        changed = self.list_of(pack(self.changed_values, BITS))
        return issue_status_token(replace(changed, issued_at=self.now), self.issuer.key)

    def list_of(self, packed: bytes) -> StatusList:
        """Return a list of this issuer's, signed an hour ago."""
        return StatusList(
            uri=self.issuer.uri,
            issued_at=self.now - timedelta(hours=1),
            expires_at=self.now + timedelta(days=7),
            ttl_s=900,
            bits=BITS,
            packed=packed,
        )


def list_rows(big: BigList, directory: Path, runs: int) -> Iterator[BenchRow]:
    """Yield what loading and looking up cost; the token lies in a file, as on a unit."""
    path = directory / "list.cwt"
    path.write_bytes(big.token)
    issuers = (big.issuer.issuer(),)
    value_s, floor_s = time_beside(
        lambda: verify_status_token(path.read_bytes(), issuers),
        bare_load(big.token, big.issuer),
        runs,
        clock_s=thread_time,
    )
    yield BenchRow(
        name="list: load and verify",
        value=value_s * 1e3,
        floor=floor_s * 1e3,
        unit="CPU ms",
        runs=runs,
        floor_is="zlib.decompress of the list and one Ed25519 verification, alone",
        limit=MOST_LOAD,
    )
    yield _lookup_row(verify_status_token(big.token, issuers), runs)


def change_rows(big: BigList) -> Iterator[BenchRow]:
    """Yield what a change of 200 revocations takes on the wire."""
    yield BenchRow(
        name=f"list: {CHANGED} revocations, the whole list again",
        value=len(big.changed_token),
        floor=LIST_FLOOR_BYTES,
        unit="bytes",
        runs=1,
        floor_is=f"a delta of {CHANGED} places of 4 bytes; it would not be what was signed",
    )
    after = pack(big.changed_values, BITS)
    yield BenchRow(
        name=f"list: {CHANGED} revocations, what differs, by zlib",
        value=len(zlib.compress(xor(big.packed, after), 9)),
        floor=LIST_FLOOR_BYTES,
        unit="bytes",
        runs=1,
        floor_is=f"a delta of {CHANGED} places of 4 bytes; it would not be what was signed",
    )


def bare_load(token: bytes, issuer: SimIssuer) -> Callable[[], object]:
    """Return the least that loading `token` could be: unpack it and check one signature."""
    protected, _, payload, signature = cbor2.loads(token).value
    compressed = cbor2.loads(payload)[CLAIM_LIST]["lst"]
    signed = Sign1(protected, payload, signature).signed
    key = Ed25519PublicKey.from_public_bytes(issuer.key.verifying_key.public)

    def load() -> bytes:
        key.verify(signature, signed)
        return zlib.decompress(compressed)

    return load


def xor(one: bytes, other: bytes) -> bytes:
    """Return what differs between two texts of one length."""
    whole = int.from_bytes(one, "little") ^ int.from_bytes(other, "little")
    return whole.to_bytes(len(one), "little")


def _lookup_row(held: StatusList, runs: int) -> BenchRow:
    """Time look-ups in a loop, less the same loop with nothing in it."""
    chance = random.Random(7)  # noqa: S311 - no secret
    places = [chance.randrange(len(held)) for _ in range(LOOKUPS)]
    packed = held.packed

    def of_list() -> None:
        for index in places:
            held.status(index)

    def bare() -> None:
        for index in places:
            packed[index >> 2] >> (index & 3) * 2 & 3

    value_s, floor_s = (_less_loop(call, places, runs) / LOOKUPS for call in (of_list, bare))
    return BenchRow(
        name="list: one look-up",
        value=value_s * 1e6,
        floor=floor_s * 1e6,
        unit="CPU us",
        runs=runs,
        floor_is="the bits taken from the bytes in the same loop, whose own time is left out",
        limit=MOST_LOOKUP_US,
    )


def _less_loop(call: Callable[[], None], places: Sequence[int], runs: int) -> float:
    def nothing() -> None:
        for _ in places:
            pass

    taken_s = [
        value_s - loop_s
        for value_s, loop_s in (
            time_beside(call, nothing, 1, clock_s=thread_time) for _ in range(runs)
        )
    ]
    return median(taken_s)
