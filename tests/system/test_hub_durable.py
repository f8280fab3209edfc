"""Nothing is answered before it is on the disk, as the kernel saw it."""

import re
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest

from gate.bench.ingest_http import drive, post
from gate.bench.ingest_load import LoadUnit
from tests.system.hub_process import hub_process

pytestmark = pytest.mark.system

BATCHES: Final = 6
EVENT: Final = re.compile(
    r"(?P<written>pwrite64\(\d+<[^>]*hub\.db-wal>)|(?P<synced>fdatasync\(\d+<[^>]*hub\.db-wal>)"
    r"|(?P<answered>(?:send(?:to|msg)|writev?)\(\d+<socket.*HTTP/1\.1 200)"
)


def test_a_receipt_is_sent_after_what_it_says_is_stored_is_on_the_disk(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    calls = "trace=pwrite64,fdatasync,write,writev,sendto,sendmsg"
    with hub_process(tmp_path, 1, "strace", "-D", "-f", "-y", "-e", calls, "-o", str(trace)) as hub:
        unit = LoadUnit("unit", hub.unit())
        at = urlsplit(hub.url)
        assert at.hostname is not None
        assert at.port is not None
        target = f"/api/units/{unit.uid}/batches"
        bodies = unit.bodies(1, BATCHES)
        again = [post(target, body) for body in (*bodies, bodies[-1])]
        drive((at.hostname, at.port), [again])
    answered = 0
    written = synced = False
    for line in trace.read_text("utf-8", "replace").splitlines():
        match = EVENT.search(line)
        if match is None:
            continue
        if match["written"]:
            written, synced = True, False
        elif match["synced"]:
            synced = True
        elif match["answered"]:
            assert synced, f"answer {answered + 1} came before its log was on the disk"
            answered += 1
            synced = False
    assert written
    assert answered == BATCHES + 1
