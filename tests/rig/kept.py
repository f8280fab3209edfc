"""A machine that has started, kept in a file: each time it is taken up it is that moment again.

QEMU's own migration, by the socket on which it takes orders; its screen is looked at there, too.
The disks are not in the file: the root's changes stay in its own file, and whoever takes a machine
up attaches what disks there are.
"""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TextIO

from tests.rig.machine import RigError

KEEP_S: Final = 300.0


def ordered_by(control: Path) -> list[str]:
    """Return QEMU's arguments for a machine that takes orders at `control`."""
    control.unlink(missing_ok=True)
    return ["-qmp", f"unix:{control},server=on,wait=off"]


def taken_up_from(file: Path) -> list[str]:
    """Return QEMU's arguments for a machine that goes on from what was kept."""
    return ["-incoming", f"exec:cat {file}"]


def keep(control: Path, file: Path) -> None:
    """Keep the machine that takes orders at `control`; it stands still from then on.

    Raises:
        RigError: QEMU does not do it.
    """
    with _line(control) as stream:
        _order(stream, "migrate", uri=f"exec:cat > {file}")
        until_s = time.monotonic() + KEEP_S
        while (state := _order(stream, "query-migrate").get("status")) != "completed":
            if state == "failed" or time.monotonic() > until_s:
                raise RigError(f"the machine was not kept: {state}")
            time.sleep(0.2)


def look(control: Path, picture: Path) -> None:
    """Save what the screen of the machine that takes orders at `control` shows, as a PNG.

    Raises:
        RigError: QEMU does not do it.
    """
    with _line(control) as stream:
        _order(stream, "screendump", filename=str(picture), format="png")


@contextmanager
def _line(control: Path) -> Iterator[TextIO]:
    """Speak with QEMU."""
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(str(control))
        with line.makefile("rw", encoding="utf-8") as stream:
            stream.readline()  # who it is
            _order(stream, "qmp_capabilities")
            yield stream


def _order(stream: TextIO, order: str, **arguments: str) -> dict[str, Any]:
    stream.write(json.dumps({"execute": order, "arguments": arguments}) + "\n")
    stream.flush()
    while True:
        said: dict[str, Any] = json.loads(stream.readline())
        if "error" in said:
            raise RigError(f"QEMU: {order}: {said['error']}")
        if "return" in said:
            answer: dict[str, Any] = said["return"]
            return answer
