"""`gate bench read --burst`: bursts of frames that others read in none, and what the chain reads.

A burst counts as hard if zxing-cpp, pyzbar and the filter chain read it in no frame. The unit's
chain sees its frames as a camera gives them, each once; any text that is not the truth is wrong.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import thread_time
from typing import Final

from gate.bench.bare import Look, bare_pyzbar, bare_zxing, look_of
from gate.bench.filters import filter_chain
from gate.bench.optics import Condition
from gate.bench.read_bursts import CONDITIONS, bursts
from gate.bench.read_degraded import TEXT_CHARS
from gate.bench.rows import BenchRow
from gate.devices.decoder_chain import open_decoder
from gate.devices.ports import Luma

_ALL: Final = "all"
_RIVALS: Final[Mapping[str, Look]] = {
    "zxing-cpp": bare_zxing,
    "pyzbar": bare_pyzbar,
    "filter chain": filter_chain,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BurstCount:
    """Bursts of one kind: read by whom, hard for all others, and read though hard.

    Attributes:
        bursts: all.
        rivals: read in any frame, by each rival.
        chain: read by the chain.
        hard: read by no rival.
        hard_read: of these by the chain.
        wrong: frames of which any reader gave a text that is not the truth.
        seconds: CPU time of the chain.
        worst_s: CPU time of its slowest frame.
        frames: all frames.
    """

    bursts: int = 0
    rivals: Mapping[str, int]
    chain: int = 0
    hard: int = 0
    hard_read: int = 0
    wrong: int = 0
    seconds: float = 0.0
    worst_s: float = 0.0
    frames: int = 0

    def plus(self, other: "BurstCount") -> "BurstCount":
        """Return both counts as one."""
        return BurstCount(
            bursts=self.bursts + other.bursts,
            rivals={name: count + other.rivals[name] for name, count in self.rivals.items()},
            chain=self.chain + other.chain,
            hard=self.hard + other.hard,
            hard_read=self.hard_read + other.hard_read,
            wrong=self.wrong + other.wrong,
            seconds=self.seconds + other.seconds,
            worst_s=max(self.worst_s, other.worst_s),
            frames=self.frames + other.frames,
        )


def count_bursts(
    seed: int,
    each: int,
    text_chars: int = TEXT_CHARS,
    conditions: Mapping[str, Condition] = CONDITIONS,
) -> list[BenchRow]:
    """Return what is read of `each` bursts of every condition, and of all together."""
    nothing = BurstCount(rivals=dict.fromkeys(_RIVALS, 0))
    counts: dict[str, BurstCount] = {}
    for burst in bursts(seed, each, text_chars, conditions):
        one = count_burst(burst.lumas, burst.truth)
        for kind in (burst.condition, _ALL):
            counts[kind] = counts.get(kind, nothing).plus(one)
    rows = [_row(kind, "hard, read by the chain", count) for kind, count in counts.items()]
    return rows + _totals(counts.get(_ALL, nothing))


def count_burst(lumas: Sequence[Luma], truth: str) -> BurstCount:
    """Show a burst to every reader."""
    rivals: dict[str, int] = {}
    wrong = 0
    for name, look in _RIVALS.items():
        texts = [text for luma in lumas for text in look(luma)]
        rivals[name] = int(truth in texts)
        wrong += any(text != truth for text in texts)
    chain = look_of(open_decoder(thread_time))
    read, seconds, worst_s = False, 0.0, 0.0
    for luma in lumas:
        begun_s = thread_time()
        texts = chain(luma)
        spent_s = thread_time() - begun_s
        seconds, worst_s = seconds + spent_s, max(worst_s, spent_s)
        read |= truth in texts
        wrong += any(text != truth for text in texts)
    hard = not any(rivals.values())
    return BurstCount(
        bursts=1,
        rivals=rivals,
        chain=int(read),
        hard=int(hard),
        hard_read=int(hard and read),
        wrong=wrong,
        seconds=seconds,
        worst_s=worst_s,
        frames=len(lumas),
    )


def _totals(count: BurstCount) -> list[BenchRow]:
    rows = [_plain(f"{count.bursts} bursts, read by {name}", read) for name, read in _read(count)]
    rows.append(_plain("wrong texts, all readers", count.wrong, unit="frames"))
    frames = max(count.frames, 1)
    rows.append(_plain("chain, mean of a frame", count.seconds / frames * 1e3, unit="CPU ms"))
    rows.append(_plain("chain, slowest frame", count.worst_s * 1e3, unit="CPU ms"))
    return rows


def _read(count: BurstCount) -> list[tuple[str, int]]:
    return [*count.rivals.items(), ("the chain", count.chain)]


def _row(kind: str, what: str, count: BurstCount) -> BenchRow:
    return BenchRow(
        name=f"{kind}, {count.bursts}, {what}",
        value=count.hard_read,
        floor=count.hard,
        unit="bursts",
        runs=count.bursts,
        floor_is="bursts that no other reads in any frame",
    )


def _plain(name: str, value: float, unit: str = "bursts") -> BenchRow:
    return BenchRow(name=name, value=value, floor=0.0, unit=unit, runs=1, floor_is="nothing")
