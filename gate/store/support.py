"""Where a unit's network process asks for a support bundle, and where it finds it.

Both lie in memory (/run): the unit whose card is full is the one to look into, and nothing of it
outlives a restart. `asked` starts gate-support.service (systemd/gate-support.path), which takes it
away, runs `gate doctor --bundle` and leaves `bundle.zip`; `ended` says that it did what it could.
"""

from contextlib import suppress
from pathlib import Path
from typing import Final

from gate.store.files import write_file

SUPPORT: Final = Path("/run/gate/support")
ASKED: Final = "asked"
BUNDLE: Final = "bundle.zip"
ENDED: Final = "ended"


def ask(place: Path) -> None:
    """Have a bundle made anew; raises OSError."""
    clear(place)
    write_file(place / ASKED, b"")


def take(place: Path, max_bytes: int) -> bytes | None:
    """Return what was made, of a longer one `max_bytes` and one; None while nothing has ended.

    Raises:
        OSError: it ended without a bundle, or that can't be read.
    """
    if not (place / ENDED).exists():
        return None
    with (place / BUNDLE).open("rb") as file:
        return file.read(max_bytes + 1)


def clear(place: Path) -> None:
    """Take away whatever is left of a bundle; raises OSError."""
    for name in (ASKED, ENDED, BUNDLE):
        with suppress(FileNotFoundError):
            (place / name).unlink()
