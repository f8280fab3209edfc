"""Time each page beside the very questions it asks, run bare on the same connection, in turn.

Run by `gate bench pages` as a process of its own: `python -m gate.hub.pages.measure CONFIG ENTRIES
RUNS`. It prints one JSON line a page: name, milliseconds, milliseconds of the floor, questions.
"""

import gc
import json
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, Final

from gate.errors import ConfigError
from gate.hub.config import load_config
from gate.hub.wsgi import start_django

_WARM_UP_RUNS: Final = 2
_HOST: Final = "localhost"


def measure(file: Path, entries: int, runs: int) -> None:
    """Fill an empty hub and time its pages."""
    start_django(load_config(file))
    from django.contrib.auth.models import User  # noqa: PLC0415 - needs Django set up
    from django.core.management import call_command  # noqa: PLC0415 - as above
    from django.test import Client  # noqa: PLC0415 - as above
    from django.utils import timezone  # noqa: PLC0415 - as above

    from gate.hub.pages.filled import fill  # noqa: PLC0415 - as above
    from gate.hub.rollcall.calls import begin  # noqa: PLC0415 - as above
    from gate.hub.rollcall.models import Kind  # noqa: PLC0415 - as above

    call_command("collectstatic", interactive=False, verbosity=0)
    site = fill(entries, timezone.now())
    user = User.objects.get(username="bench")
    client = Client(headers={"host": _HOST})
    client.force_login(user)
    before = "/sites/bench"
    pages = {
        "today": f"{before}/",
        "live fragment": f"{before}/live/",
        "log search": f"{before}/log/?q=person+12",
        "roll call, not opened": f"{before}/roll-call/",
    }
    for name, address in pages.items():
        _tell(name, client, address, runs)
    call = begin(site, user, Kind.DRILL, timezone.now())
    _tell("roll call", client, f"{before}/roll-call/{call.pk}/", runs)
    _tell("roll call PDF", client, f"{before}/roll-call/{call.pk}/roll-call.pdf", runs)


def _tell(name: str, client: Any, address: str, runs: int) -> None:  # noqa: ANN401 - Django is not set up yet here
    asked: list[tuple[str, Any]] = []
    value = _getter(client, address)
    value()
    _watch(value, asked)

    def floor() -> None:
        from django.db import connection  # noqa: PLC0415 - needs Django set up

        for statement, values in asked:
            with connection.cursor() as cursor:
                cursor.execute(statement, values)
                cursor.fetchall()

    value_s, floor_s = _time(value, floor, runs)
    told = {"name": name, "ms": value_s * 1e3, "floor_ms": floor_s * 1e3, "questions": len(asked)}
    print(json.dumps(told), flush=True)  # noqa: T201 - the bench reads it


def _getter(client: Any, address: str) -> Callable[[], None]:  # noqa: ANN401 - as above
    def get() -> None:
        answer = client.get(address)
        if answer.status_code != 200:
            raise ConfigError(f"{address} answered {answer.status_code}", ())
        _ = answer.content

    return get


def _watch(get: Callable[[], None], asked: list[tuple[str, Any]]) -> None:
    """Keep every question of one request."""
    from django.db import connection  # noqa: PLC0415 - needs Django set up

    def keep(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: ANN401, FBT001 - Django's signature
        if not many and sql.lstrip().upper().startswith(("SELECT", "WITH")):
            asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(keep):
        get()


def _time(value: Callable[[], None], floor: Callable[[], None], runs: int) -> tuple[float, float]:
    for _ in range(_WARM_UP_RUNS):
        value()
        floor()
    taken: tuple[list[float], list[float]] = ([], [])
    gc.collect()
    for _ in range(runs):
        for call, taken_s in zip((value, floor), taken, strict=True):
            begun_s = perf_counter()
            call()
            taken_s.append(perf_counter() - begun_s)
    return median(taken[0]), median(taken[1])


if __name__ == "__main__":
    measure(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
