"""Time each page beside the very questions it asks, run bare on the same connection, in turn.

Run by `gate bench pages` as a process of its own: `python -m gate.hub.pages.measure CONFIG ENTRIES
RUNS UNIT-KEY...`. It prints one JSON line a row, then one with what a visit over HTTP needs.

What is timed is processor time, this process's and its database's: the two wait for nobody, and a
busy machine disturbs it less.
"""

import gc
import gzip
import json
import os
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any, Final

from gate.errors import ConfigError
from gate.hub.config import load_config
from gate.hub.wsgi import start_django

_WARM_UP_RUNS: Final = 2
_HOST: Final = "localhost"
_SEEN: Final = re.compile(rb"seen=([0-9a-f]+)")
_OF_ITS_QUESTIONS: Final = "its {} questions, bare; processor time"

_Do = Callable[[], None]


def measure(file: Path, entries: int, runs: int, units: list[bytes]) -> None:
    """Fill an empty hub and time its pages."""
    start_django(load_config(file))
    from django.conf import settings  # noqa: PLC0415 - needs Django set up
    from django.contrib.auth.models import User  # noqa: PLC0415 - as above
    from django.core.management import call_command  # noqa: PLC0415 - as above
    from django.test import Client  # noqa: PLC0415 - as above
    from django.utils import timezone  # noqa: PLC0415 - as above

    from gate.hub.pages.filled import fill  # noqa: PLC0415 - as above
    from gate.hub.pages.weighed import weigh_export, weigh_first_visit  # noqa: PLC0415 - as above
    from gate.hub.rollcall.calls import begin  # noqa: PLC0415 - as above
    from gate.hub.rollcall.models import Kind  # noqa: PLC0415 - as above

    call_command("collectstatic", interactive=False, verbosity=0)
    filled = fill(entries, timezone.now(), units)
    user = User.objects.get(username="bench")
    client = Client(headers={"host": _HOST, "accept-encoding": "gzip"})
    client.force_login(user)
    before = "/sites/bench"
    today, live = f"{before}/", f"{before}/live/"

    def forget() -> None:
        _forget_days()
        filled.pass_one()

    _tell("today", client, today, runs, filled.pass_one)
    _tell("today, first in a process", client, today, runs, forget)
    _tell("live fragment", client, live, runs, filled.pass_one)
    _tell("live fragment, nothing new", client, live, runs, None)
    _tell("log search", client, f"{before}/log/?q=person+12", runs, None)
    _tell("roll call, not opened", client, f"{before}/roll-call/", runs, None)
    call = begin(filled.site, user, Kind.DRILL, timezone.now())
    _tell("roll call", client, f"{before}/roll-call/{call.pk}/", runs, None)
    _tell("roll call PDF", client, f"{before}/roll-call/{call.pk}/roll-call.pdf", runs, None)
    for row in (*weigh_export(client, filled), weigh_first_visit(client, today)):
        print(json.dumps(row), flush=True)  # noqa: T201 - the bench reads it
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    print(json.dumps({"cookie": f"{settings.SESSION_COOKIE_NAME}={session}"}))  # noqa: T201 - as above


def _forget_days() -> None:
    """Make this process one that has folded nothing yet."""
    from django.apps import apps  # noqa: PLC0415 - needs Django set up

    vars(apps.get_app_config("today")).pop("days", None)


def _tell(name: str, client: Any, address: str, runs: int, ready: _Do | None) -> None:  # noqa: ANN401 - Django is not set up yet here
    """Print what a page takes; `ready` is done before each time and is not timed."""
    asked: list[tuple[str, Any]] = []
    ready = ready or _do_nothing
    value = _getter(client, address, name.endswith("nothing new"))
    value()
    ready()
    _watch(value, asked)

    def floor() -> None:
        from django.db import connection  # noqa: PLC0415 - needs Django set up

        for statement, values in asked:
            with connection.cursor() as cursor:
                cursor.execute(statement, values)
                cursor.fetchall()

    value_s, floor_s = _time(value, floor, runs, ready)
    told = {"name": name, "value": value_s * 1e3, "floor": floor_s * 1e3, "unit": "ms"}
    floor_is = _OF_ITS_QUESTIONS.format(len(asked))
    print(json.dumps(told | {"floor_is": floor_is}), flush=True)  # noqa: T201 - the bench reads it


def _do_nothing() -> None:
    """Leave the hub as it is."""


def _getter(client: Any, address: str, is_known: bool) -> _Do:  # noqa: ANN401, FBT001 - as above
    """Return what fetches a page, or finds that it `is_known` already; a minute makes it new."""
    seen = ""

    def get() -> None:
        nonlocal seen
        answer = client.get(address, {"seen": seen} if is_known else {})
        if answer.status_code not in ({200, 204} if is_known else {200}):
            raise ConfigError(f"{address} answered {answer.status_code}", ())
        if is_known and answer.status_code == 200:
            found = _SEEN.search(gzip.decompress(answer.content))
            seen = found[1].decode() if found else ""
        _ = answer.content

    return get


def _watch(get: _Do, asked: list[tuple[str, Any]]) -> None:
    """Keep every question of one request."""
    from django.db import connection  # noqa: PLC0415 - needs Django set up

    def keep(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: ANN401, FBT001 - Django's signature
        if not many and sql.lstrip().upper().startswith(("SELECT", "WITH")):
            asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(keep):
        get()


def _time(value: _Do, floor: _Do, runs: int, ready: _Do) -> tuple[float, float]:
    clock_s = _processor_clock()
    for _ in range(_WARM_UP_RUNS):
        ready()
        value()
        floor()
    taken: tuple[list[float], list[float]] = ([], [])
    gc.collect()
    gc.freeze()  # as a process of `gate hub serve` begins: what is loaded is in no collection
    for _ in range(runs):
        ready()
        for call, taken_s in zip((value, floor), taken, strict=True):
            begun_s = clock_s()
            call()
            taken_s.append(clock_s() - begun_s)
    return median(taken[0]), median(taken[1])


def _processor_clock() -> Callable[[], float]:
    """Return what tells the processor time of this thread, and of the server that answers it."""
    from django.db import connection  # noqa: PLC0415 - needs Django set up

    if connection.vendor == "sqlite":
        return time.thread_time
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        ((server,),) = cursor.fetchall()
    ran = os.open(f"/proc/{server}/schedstat", os.O_RDONLY)
    return lambda: time.thread_time() + int(os.pread(ran, 99, 0).split()[0]) / 1e9


if __name__ == "__main__":
    measure(
        Path(sys.argv[1]),
        int(sys.argv[2]),
        int(sys.argv[3]),
        [bytes.fromhex(key) for key in sys.argv[4:]],
    )
