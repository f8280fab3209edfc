"""`gate bench read`: the unit's decoder chain beside zxing-cpp and pyzbar on the same frames.

One run of a scene is `FRAMES` frames, one after the other as a camera gives them, because the chain
remembers what it saw; the time is that of one frame of them. The floor is bare zxing-cpp, which
looks at every frame whatever happens.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path
from time import thread_time
from typing import Final

from gate.bench.bare import FRAMES_PER_S, Look, bare_pyzbar, bare_zxing, look_of
from gate.bench.photos import count_photos
from gate.bench.rows import BenchRow, time_beside
from gate.bench.scenes import empty_scene, pasted, qr_picture
from gate.devices.decoder_chain import open_decoder
from gate.devices.ports import Luma

SIZES_PX: Final = ((640, 480), (1280, 720), (1456, 1088))
FRAMES: Final = 8
"""A quarter of a second: in a changing scene our own looks have one turn."""

LONG_S: Final = 8
"""So long that every look of our own reader has its turn more than once."""

# 408 characters of Base45, as long as a printed card's text (CARD, "Printed card").
CARD_TEXT: Final = "CC1:" + ("6BF+70790T9WJWG.FKY*4GO0.O1CV2 ETQBOB39/7-L:XWE$" * 9)[:404]


def measure_read(photos: Path | None, runs: int) -> list[BenchRow]:
    """Return the time of a frame by size and scene, and with `photos` what is read in them.

    Raises:
        DeviceError: libzbar is missing; or see `count_photos`.
    """
    rows = [row for size_px in SIZES_PX for row in measure_size(size_px, runs)]
    return rows if photos is None else rows + count_photos(photos)


def measure_size(size_px: tuple[int, int], runs: int) -> Iterator[BenchRow]:
    """Yield the chain's and pyzbar's time for a frame of (width, height), for each scene."""
    still = empty_scene(size_px, seed=0)
    scenes = {
        "empty still": [still],
        "empty changing": [empty_scene(size_px, seed) for seed in range(FRAMES + 1)],
        "hit": [pasted(still, qr_picture(CARD_TEXT))],
    }
    for scene, lumas in scenes.items():
        for name, look in (("chain", look_of(open_decoder())), ("pyzbar", bare_pyzbar)):
            value_s, floor_s = time_beside(
                _over(look, lumas), _over(bare_zxing, lumas), runs, clock_s=thread_time
            )
            yield BenchRow(
                name=f"{size_px[0]}x{size_px[1]}, {scene}, {name}",
                value=value_s / FRAMES * 1e3,
                floor=floor_s / FRAMES * 1e3,
                unit="CPU ms a frame",
                runs=runs,
                floor_is="bare zxing-cpp, same frames",
            )

    yield from _for_long(size_px, [empty_scene(size_px, seed) for seed in range(FRAMES + 1)])


def _for_long(size_px: tuple[int, int], lumas: Sequence[Luma]) -> Iterator[BenchRow]:
    """Yield the chain's time for a frame of `LONG_S` in which every frame is another.

    And that of the second, whichever it begins with, that costs most beside the floor.
    """
    chain = look_of(open_decoder(thread_time))
    spent_s: dict[Look, list[float]] = {chain: [], bare_zxing: []}
    for luma in islice(cycle(lumas), LONG_S * FRAMES_PER_S):
        for look, spent in spent_s.items():
            begun_s = thread_time()
            look(luma)
            spent.append(thread_time() - begun_s)
    seconds = [
        (sum(spent_s[chain][at : at + FRAMES_PER_S]), sum(spent_s[bare_zxing][at:][:FRAMES_PER_S]))
        for at in range((LONG_S - 1) * FRAMES_PER_S + 1)
    ]
    dearest = max(seconds, key=lambda both: both[0] / both[1])
    whole = (sum(spent_s[chain]) / LONG_S, sum(spent_s[bare_zxing]) / LONG_S)
    for name, (value_s, floor_s) in (("", whole), (", dearest second", dearest)):
        yield BenchRow(
            name=f"{size_px[0]}x{size_px[1]}, empty changing for {LONG_S} s{name}, chain",
            value=value_s / FRAMES_PER_S * 1e3,
            floor=floor_s / FRAMES_PER_S * 1e3,
            unit="CPU ms a frame",
            runs=LONG_S * FRAMES_PER_S,
            floor_is="bare zxing-cpp, same frames",
        )


def _over(look: Look, lumas: Sequence[Luma]) -> Callable[[], object]:
    frames = cycle(lumas)
    return lambda: [look(luma) for luma in islice(frames, FRAMES)]
