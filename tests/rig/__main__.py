"""Runs the rig and prints its table; `scripts/rig` starts it."""

import argparse
import os
import sys
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from tests.rig.machine import RigError
from tests.rig.parts import CHECKED, PARTS, STOCK, install
from tests.rig.prepare import Bench, prepare
from tests.rig.rows import NOT_SO, Row, broken


def main(words: Sequence[str]) -> int:
    """Run the parts that are asked for; return 0 if every row held, 1 if not, 2 for no rig."""
    wanted = _parser().parse_args(words)
    folder = Path(os.environ.get("RIG_DIR", Path.home() / ".cache" / "site-gate-rig"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        rows = _run_all(wanted.part or PARTS, prepare(folder, wanted.cuts), wanted.jobs)
    except RigError as error:
        print(f"rig: {error}", file=sys.stderr)
        return 2
    _print_table(rows)
    return 0 if all(row.passed for row in rows) else 1


def _run_all(parts: Sequence[str], bench: Bench, jobs: int) -> list[Row]:
    """Run the parts, `jobs` of them at a time; return their rows in the order of the parts.

    Those that need a unit wait for the one that makes it. What needs none begins beside it.
    """
    with ThreadPoolExecutor(jobs) as pool:
        needs_unit = any(part not in STOCK for part in parts)
        is_there = "install" not in parts and (bench.installed.exists() or not needs_unit)
        made = None if is_there else pool.submit(install, bench)
        others = sorted(
            (part for part in parts if part in CHECKED), key=lambda one: one not in STOCK
        )
        runs = {part: pool.submit(_run, part, bench, made) for part in others}
        try:
            return [
                row
                for part in parts
                for row in (runs[part].result() if part in runs else made.result() if made else [])
            ]
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _run(part: str, bench: Bench, made: Future[list[Row]] | None) -> list[Row]:
    if made is not None and part not in STOCK:
        made.result()
    try:
        return CHECKED[part](bench)
    except NOT_SO as error:
        print(f"FAIL  {part}: {error}", flush=True)
        return [broken(part, error)]


def _print_table(rows: Sequence[Row]) -> None:
    width = max((len(row.name) for row in rows), default=0)
    print()
    for row in rows:
        verdict = "pass" if row.passed else "FAIL"
        print(f"{row.name:<{width}}  {verdict}  {row.figure.splitlines()[0] if row.figure else ''}")
    failed = sum(not row.passed for row in rows)
    print(f"\n{len(rows)} rows, {failed} failed; under emulation, so times are the upper end")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scripts/rig", description=__doc__)
    parser.add_argument("--part", choices=PARTS, action="append", help="may be given again")
    parser.add_argument("--cuts", type=int, default=20, help="power cuts (default: 20)")
    parser.add_argument("--jobs", type=int, default=1, help="parts at a time (default: 1)")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
