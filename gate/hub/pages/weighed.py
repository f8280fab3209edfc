"""What an export keeps in memory while it is sent, and what a first visit to a site fetches."""

import gzip
import re
import tracemalloc
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.test import Client
from django.utils import timezone

from gate.hub.log.day import day_of
from gate.hub.log.days import days_of
from gate.hub.log.entries import fitting
from gate.hub.log.filters import Filter
from gate.hub.pages.filled import FilledHub

EXPORTED: Final = 50_000
_FEW_DAYS: Final = 1
_MAX_DAYS: Final = 20
_ADDRESS: Final = re.compile(rb'(?:href|src)="(/static/[^"#]+)')
_WITHIN: Final = re.compile(rb"url\(\"?([^)\"]+)\"?\)")

_Row = dict[str, str | float]


def weigh_export(client: Client, filled: FilledHub) -> Iterator[_Row]:
    """Yield what each form holds in memory at most of 50,000 entries, beside that of one day."""
    zone = ZoneInfo(filled.site.time_zone)
    last = day_of(timezone.now(), zone).on
    for form in ("csv", "xlsx"):
        sizes: list[tuple[int, int]] = []
        for days in (_FEW_DAYS, _days_of_many(filled, zone)):
            first = last - timedelta(days=days - 1)
            chosen = Filter(day=first, to=None if first == last else last)
            count = fitting(filled.site, days_of(first, last, zone), Filter()).count()
            address = f"/sites/{filled.site.slug}/log/entries.{form}{chosen.address()}"
            sizes.append((count, _peak(client, address)))
        (few, floor), (many, value) = sizes
        yield {
            "name": f"export {form.upper()}, {many} entries",
            "value": value / 1e6,
            "floor": floor / 1e6,
            "unit": "MB",
            "floor_is": f"{few} entries' peak of memory",
        }


def _days_of_many(filled: FilledHub, zone: ZoneInfo) -> int:
    """Return how many days have 50,000 entries, or all there are."""
    last = day_of(timezone.now(), zone).on
    for days in range(1, _MAX_DAYS):
        day = days_of(last - timedelta(days=days - 1), last, zone)
        if fitting(filled.site, day, Filter()).count() >= min(EXPORTED, filled.entries):
            return days
    return _MAX_DAYS


def _peak(client: Client, address: str) -> int:
    tracemalloc.start()
    try:
        answer = client.get(address)
        if answer.status_code != 200:
            raise ValueError(f"{address} answered {answer.status_code}")
        for _ in answer.streaming_content:  # type: ignore[attr-defined]  # an export streams
            pass
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def weigh_first_visit(client: Client, address: str) -> _Row:
    """Return the bytes of a page and of every file that it or its styles name, as they travel."""
    answer: Any = client.get(address)
    page = gzip.decompress(answer.content)
    named = {name.decode() for name in _ADDRESS.findall(page)}
    for sheet in [name for name in named if name.endswith(".css")]:
        folder = sheet.rpartition("/")[0]
        found = _WITHIN.findall(_file(sheet).read_bytes())
        named |= {_joined(folder, name.decode()) for name in found}
    sizes = {name: _sent(_file(name)) for name in named}
    vendored = sum(size for name, size in sizes.items() if "/vendored/" in name)
    return {
        "name": "first visit",
        "value": len(answer.content) + sum(sizes.values()),
        "floor": vendored,
        "unit": "bytes",
        "floor_is": "fonts and htmx alone",
    }


def _joined(folder: str, name: str) -> str:
    return name if name.startswith("/") else f"{folder}/{name}"


def _file(address: str) -> Path:
    return Path(staticfiles_storage.path(address.removeprefix(settings.STATIC_URL or "")))


def _sent(file: Path) -> int:
    """Return its size as whitenoise sends it: packed, where that makes it smaller."""
    packed = file.with_name(f"{file.name}.gz")
    return (packed if packed.exists() else file).stat().st_size
