"""How long to wait before asking a hub again that did not answer, or asked for patience. Pure.

Full jitter: each wait is drawn evenly from zero to a ceiling that doubles with every failure, so
that a thousand units which lost their hub in the same second do not come back in the same second.
Chance is an argument: `draw` returns a number from 0 up to, not including, 1.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

FIRST_CEILING_S: Final = 1.0
"""A hub that was restarted is back within seconds."""

LAST_CEILING_S: Final = 300.0
"""Half of it on average: how much later than the network the record is back."""

MAX_RETRY_AFTER_S: Final = 3600.0
"""A hub, or a stranger before it, that asks for more is not let down for longer than an hour."""

_MAX_DOUBLINGS: Final = 16
_MAX_HEADER_CHARS: Final = 64

Draw = Callable[[], float]


def wait_s(failures: int, retry_after_s: float | None, draw: Draw) -> float:
    """Return how long to wait after `failures` (1 or more) in a row.

    What the hub asked for comes first, and the jitter on top of it: it asked everybody.
    """
    ceiling_s = min(LAST_CEILING_S, FIRST_CEILING_S * 2.0 ** min(failures - 1, _MAX_DOUBLINGS))
    return (retry_after_s or 0.0) + draw() * ceiling_s


def jittered_s(interval_s: float, draw: Draw) -> float:
    """Return an interval of half to one and a half times `interval_s`, the same on average."""
    return interval_s * (0.5 + draw())


def retry_after_s(header: str | None, now: datetime) -> float | None:
    """Return what a Retry-After header asks for, bounded; None if it says nothing usable.

    Seconds, or a date (RFC 9110, section 10.2.3), which stands as far off as `now` can be trusted.
    """
    if header is None or len(header) > _MAX_HEADER_CHARS:
        return None
    text = header.strip()
    if text.isascii() and text.isdigit():
        return min(float(text), MAX_RETRY_AFTER_S)
    try:
        at = parsedate_to_datetime(text)
        seconds = (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds()
    except (ValueError, OverflowError):
        return None
    return min(max(seconds, 0.0), MAX_RETRY_AFTER_S)
