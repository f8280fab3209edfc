"""A support bundle by one press: asked for at the hub, made by the unit's own services."""

import json
import re
import time
from io import BytesIO
from typing import Final
from zipfile import ZipFile

from tests.rig.hub import RigHub
from tests.rig.machine import Machine, RigError
from tests.rig.site import HOLDER
from tests.rig.visits import open_page, press

MADE_S: Final = 1500.0
"""For a check and its way home, under emulation; the unit itself gives up after 1,200 s."""

PAGE: Final = "gates/{unit}/support"
FILES: Final = ["about.json", "answers.json", "log.txt", "record.json", "services.txt"]
LOGGED: Final = ("gate-unit", "gate-uplink", "support bundle asked for")
"""Each must stand in the log: two services', and what began it."""


def comes_by_one_press(machine: Machine, hub: RigHub) -> str:
    """One press by a contractor brings the unit's bundle: its services' log, and nobody's name."""
    assert press(hub, "contractor", f"{PAGE}/") == 302
    since_s = time.monotonic()
    while not (found := open_page(hub, "contractor", f"{PAGE}.zip")):
        if time.monotonic() - since_s > MADE_S:
            said = machine.run("journalctl -u gate-support -u gate-uplink -o cat --no-pager | tail")
            raise RigError(f"no bundle came\n{said}")
        machine.run("sleep 10")
    texts = _texts(found)
    _nobody_is_in(machine, texts)
    missing = [words for words in LOGGED if words not in texts["log.txt"]]
    assert not missing, f"{missing} not in the log\n{texts['log.txt'][-600:]}"
    answers = len(json.loads(texts["answers.json"]))
    took_s, lines = time.monotonic() - since_s, len(texts["log.txt"].splitlines())
    return (
        f"{len(found) / 1000:.0f} kB {took_s:.0f} s after it: {answers} answers, {lines} lines of"
        f" log, nobody's name; {_went_well(machine)}"
    )


def _texts(found: bytes) -> dict[str, str]:
    with ZipFile(BytesIO(found)) as packed:
        assert sorted(packed.namelist()) == FILES, packed.namelist()
        return {name: packed.read(name).decode() for name in FILES}


def _nobody_is_in(machine: Machine, texts: dict[str, str]) -> None:
    """The worker who came in is on the unit's record, and not in what leaves it."""
    there = machine.run("sqlite3 /var/lib/gate/journal.db 'SELECT holder FROM entries'")
    assert HOLDER in there, there
    for name, text in texts.items():
        for word in HOLDER.split():
            assert not re.search(rf"\b{word}\b", text, re.IGNORECASE), f"{word} in {name}"


def _went_well(machine: Machine) -> str:
    """The gate worked on, and nothing is left behind; return the most memory that it took."""
    asked = "systemctl show -p Result,MemoryPeak gate-support; ls -A /run/gate/support"
    told = machine.run(f"{asked}; systemctl show -p NRestarts,ActiveState gate-unit gate-uplink")
    assert "Result=success" in told, told
    assert told.count("NRestarts=0") == told.count("ActiveState=active") == 2, told
    assert not re.search(r"^(asked|bundle\.zip|ended)$", told, re.MULTILINE), told
    peak = re.search(r"MemoryPeak=(\d+)", told)
    assert peak, told
    return f"{int(peak[1]) >> 20} MB at most of 192"
