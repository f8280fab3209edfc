"""How much a process grows by a list: eight are loaded in a fresh one, and the growth divided.

What the loader takes for a moment and gives back stays with the allocator once, however many lists
there are; by eight it weighs as an eighth. Resident means what the kernel says in
/proc/self/smaps_rollup, which counts pages rather than guessing (proc(5)). Before the first look a
small list is loaded, so that code and caches are there.
"""

import gc
import json
import subprocess
import sys
from pathlib import Path
from typing import Final

from gate.bench.rows import BenchRow, Limit
from gate.bench.sync_list import BigList
from gate.errors import UplinkError
from gate.sim.issuer import SimIssuer
from gate.trust.status_token import issue_status_token, verify_status_token

LISTS: Final = 8
MOST_GROWTH: Final = Limit(most=1.3, of_ratio=True)

_ROLLUP: Final = Path("/proc/self/smaps_rollup")


def memory_row(big: BigList, directory: Path) -> BenchRow:
    """Return what one loaded list keeps, beside its raw bytes.

    Raises:
        UplinkError: the fresh process failed.
    """
    path = directory / "grow.cwt"
    path.write_bytes(big.token)
    command = [sys.executable, "-m", "gate.bench.sync_memory", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - ourselves
    if done.returncode:
        raise UplinkError(f"the process whose memory is measured failed: {done.stderr.strip()}")
    return BenchRow(
        name="list: resident memory, each of 8",
        value=json.loads(done.stdout) / LISTS,
        floor=len(big.packed),
        unit="bytes",
        runs=1,
        floor_is="the raw list, two bits a card",
        limit=MOST_GROWTH,
    )


def grown_by(token: Path, issuer: SimIssuer) -> int:
    """Return by how many bytes this process grows while it loads and keeps eight lists."""
    issuers = (issuer.issuer(),)
    verify_status_token(issue_status_token(issuer.status_list(), issuer.key), issuers)
    gc.collect()
    before = resident_bytes()
    kept = [verify_status_token(token.read_bytes(), issuers) for _ in range(LISTS)]
    gc.collect()
    grown = resident_bytes() - before
    del kept
    return grown


def resident_bytes() -> int:
    """Return what of this process is in memory now."""
    for line in _ROLLUP.read_text("ascii").splitlines():
        if line.startswith("Rss:"):
            return int(line.split()[1]) << 10
    raise UplinkError(f"{_ROLLUP}: says nothing of resident memory")


if __name__ == "__main__":
    print(grown_by(Path(sys.argv[1]), SimIssuer()))
