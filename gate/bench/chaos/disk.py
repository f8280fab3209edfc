"""A small disk of a campaign's own, that can be full.

Run as root it is a file system in memory, mounted for the campaign; else a mere directory, which
can't be filled. Memory keeps what a killed process has written, as a disk would; what a power cut
leaves behind can't be tried with it.
"""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_BALLAST: Final = ".ballast"
_PIECES_BYTES: Final = (1 << 20, 1 << 12)


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallDisk:
    """A directory; if `is_mounted`, with a file system of its own."""

    path: Path
    is_mounted: bool

    @contextmanager
    def filled(self) -> Iterator[None]:
        """Leave no room on it while the block runs."""
        if not self.is_mounted:
            yield
            return
        ballast = self.path / _BALLAST
        try:
            _write_until_full(ballast)
            yield
        finally:
            ballast.unlink()


def _write_until_full(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as file:
        for piece in _PIECES_BYTES:
            with suppress(OSError):  # no room for another one, which is what is wanted
                while file.write(bytes(piece)) == piece:
                    pass


@contextmanager
def small_disk(path: Path, max_bytes: int) -> Iterator[SmallDisk]:
    """Make a disk at `path`, and take it away at the end with all that is on it."""
    path.mkdir()
    if os.geteuid() != 0:
        yield SmallDisk(path=path, is_mounted=False)
        return
    options = f"size={max_bytes},mode=0755"
    _run("mount", "-t", "tmpfs", "-o", options, "gate-chaos", str(path))
    try:
        yield SmallDisk(path=path, is_mounted=True)
    finally:
        _run("umount", "--lazy", str(path))


def _run(*command: str) -> None:
    subprocess.run(command, check=True)  # noqa: S603 - spelt out above
