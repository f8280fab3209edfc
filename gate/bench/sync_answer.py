"""What one question without news costs a hub: seconds of its processors, read from the kernel.

The hub is a real one with one worker; its questions come one after the other over a connection
that is kept, as a unit's do. Client and relay are other processes, and cost it nothing.
"""

import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from gate.bench.rows import BenchRow
from gate.bench.sync_hub import SyncHub
from gate.bench.sync_wire import Exchange, read_answer, read_head
from gate.errors import UplinkError
from gate.trust.unit_token import sign_request

QUESTIONS: Final = 100
"""A turn; a hub lets a unit ask 1,000 times in 10 s, and these are three turns of each."""

TURNS: Final = 3

_USER_TICKS, _SYSTEM_TICKS, _SESSION = 11, 12, 3
"""Places in /proc/<pid>/stat after the command's name (proc(5))."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What one answer without news takes: the hub's processor, and bytes on the wire."""

    manifest_s: float
    presence_s: float
    static_s: float
    wire_bytes: int


def answer_cost(hub: SyncHub, now: datetime) -> Answered:
    """Measure what a hub spends on an answer 304, each kind in turn.

    Raises:
        UplinkError: it answers something else.
    """
    kinds = {
        "manifest": f"/api/units/{hub.uid}/manifest",
        "presence": f"/api/units/{hub.uid}/presence",
        "static": "/fleet/metadata/timestamp.json",
    }
    spent = dict.fromkeys(kinds, 0.0)
    wire_bytes = 0
    with socket.create_connection(("127.0.0.1", hub.port)) as line, line.makefile("rb") as answers:

        def ask(question: bytes) -> tuple[Exchange, bytes]:
            line.sendall(question)
            head = read_head(answers)
            return read_answer(question, head, answers)[0], head

        for _ in range(TURNS):
            for kind, path in kinds.items():
                token = sign_request(hub.uid, path, now, hub.unit_key)
                first = _question(path, token, "")
                question = _question(path, token, _etag(ask(first)[1]))
                before_s = hub_seconds(hub.process.pid)
                statuses = set()
                for _ in range(QUESTIONS):
                    exchange, _ = ask(question)
                    statuses.add(exchange.status)
                spent[kind] += hub_seconds(hub.process.pid) - before_s
                if statuses - {304} and kind != "presence":  # which is signed anew meanwhile
                    raise UplinkError(f"{path}: answered {statuses}, where 304 was due")
                wire_bytes = max(wire_bytes, exchange.sent_bytes + exchange.head_bytes)
    each = {kind: seconds / (TURNS * QUESTIONS) for kind, seconds in spent.items()}
    return Answered(
        manifest_s=each["manifest"],
        presence_s=each["presence"],
        static_s=each["static"],
        wire_bytes=wire_bytes,
    )


def answer_rows(answered: Answered) -> Iterator[BenchRow]:
    """Yield what an answer costs beside one that asks nobody who it is for."""
    for name, value_s in (("manifest", answered.manifest_s), ("presence", answered.presence_s)):
        yield BenchRow(
            name=f"hub: a {name} that is unchanged",
            value=value_s * 1e3,
            floor=answered.static_s * 1e3,
            unit="CPU ms",
            runs=TURNS * QUESTIONS,
            floor_is="the same hub's 304 for the signed timestamp, which it gives to anybody",
        )


def hub_seconds(session: int) -> float:
    """Return the processor's seconds that a session's processes have taken, threads included."""
    ticks = 0
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text("ascii", "replace").rpartition(")")[2].split()
        except OSError:
            continue  # it has just ended
        if int(fields[_SESSION]) == session:
            ticks += int(fields[_USER_TICKS]) + int(fields[_SYSTEM_TICKS])
    return ticks / os.sysconf("SC_CLK_TCK")


def _question(path: str, token: str, etag: str) -> bytes:
    had = f"If-None-Match: {etag}\r\n" if etag else ""
    head = (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: identity\r\n"
        f"Authorization: {token}\r\n{had}\r\n"
    )
    return head.encode("ascii")


def _etag(head: bytes) -> str:
    for line in head.decode("latin-1").split("\r\n"):
        name, _, value = line.partition(":")
        if name.lower() == "etag":
            return value.strip()
    raise UplinkError("an answer without an ETag, where one was due")
