"""How long after a scan the face is on the gatehouse's page, beside the page's own half second.

Run by hand (`scripts/gatehouse`), for the machine must do nothing else. The scan's time is the
gate's own, of the frame that showed the card; the face's is the browser's, when the photograph has
been decoded. Both are of one machine's clock.
"""

import math
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import cycle
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Event
from typing import Final

from gate.bench.rows import BenchRow, Limit
from gate.cli.bench import show_rows
from gate.devices.clock import SystemClock
from gate.devices.ports import Luma
from gate.events.codec import to_ms
from gate.events.model import EventKind
from gate.store.journal_reader import JournalReader
from tests.system.browsed import SITE, ServedHub, browser, sign_in, visitor
from tests.system.planned_gate import NOTHING
from tests.system.watched_gate import PEOPLE, WatchedGate

SCANS: Final = 20
APART_S: Final = 7.3
"""Longer than a gate waits for a turn; never at the same place of the page's half second."""

PAGE_MS: Final = 500.0
"""Between two questions of the page (gate/hub/templates/gatehouse/live.html)."""

OF_PAGE: Final = 2
"""A second."""

_HEARD_S: Final = 5
_WATCH: Final = """() => {
  document.__shown = [];
  const seen = () => {
    const first = document.querySelector('.scan.first');
    const face = first?.querySelector('img');
    if (!face || face.dataset.seen) return;
    face.dataset.seen = 'yes';
    const who = first.querySelector('h2').innerText;
    face.decode().then(() => document.__shown.push([who, face.src, Date.now()]));
  };
  new MutationObserver(seen).observe(document.body, {childList: true, subtree: true});
}"""


def measure(scans: int) -> list[float]:
    """Return the milliseconds from each scan to its face."""
    with TemporaryDirectory() as directory, ExitStack() as opened:
        gate = WatchedGate(Path(directory) / "gate")
        hub = ServedHub(Path(directory), gate.fill)
        hub.serve()
        opened.callback(hub.stop)
        gate.join(hub.url, hub.key, opened)
        guard = opened.enter_context(visitor(opened.enter_context(browser()), hub))
        page = sign_in(guard, "guard")
        page.goto(f"{SITE}/gatehouse/")
        page.evaluate(_WATCH)
        Event().wait(_HEARD_S)
        with JournalReader.open(gate.journal) as reader:
            before = reader.head().seq
        begun = SystemClock().now()
        gate.sees(begun, _scans([gate.card(index) for index in PEOPLE], scans))
        page.wait_for_timeout(3 * PAGE_MS)
        shown = page.evaluate("() => document.__shown")
        with JournalReader.open(gate.journal) as reader:
            entries = [one for one in reader.entries(before) if one.event.kind is EventKind.ACCESS]
    # Newest first: the page is drawn again when the next record arrives, and the first time counts.
    times = {_seq(address): at_ms for _, address, at_ms in reversed(shown)}
    return [times.get(one.seq, math.inf) - to_ms(one.event.at) for one in entries]


def _seq(address: str) -> int:
    """Return the number of the entry whose photograph is at an address: `.../7/photo.jpg`."""
    return int(address.split("/")[-2])


def _scans(cards: list[Luma], scans: int) -> Iterator[tuple[float, Luma]]:
    """Yield each card as long after the one before as people come, by the real clock."""
    clock, pause = SystemClock(), Event()
    begun_s = clock.monotonic()
    yield 0.0, NOTHING
    for number, card in zip(range(1, scans + 1), cycle(cards), strict=False):
        for at_s, seen in ((number * APART_S, card), (number * APART_S + 1, NOTHING)):
            pause.wait(max(0.0, begun_s + at_s - clock.monotonic()))
            yield clock.monotonic() - begun_s, seen


def _row(name: str, value: float, runs: int) -> BenchRow:
    return BenchRow(
        name=f"scan to face, {name}",
        value=value,
        floor=PAGE_MS,
        unit="ms",
        runs=runs,
        floor_is="between two questions of the page",
        limit=Limit(most=OF_PAGE, of_ratio=True),
    )


if __name__ == "__main__":
    taken_ms = measure(int(sys.argv[1]) if len(sys.argv) > 1 else SCANS)
    number = len(taken_ms)
    rows = [_row("half of them", median(taken_ms), number), _row("the last", max(taken_ms), number)]
    show_rows("gatehouse", rows, as_json=False)
