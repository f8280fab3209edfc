"""Whether somebody looks at pages just now: told by the process that answers, asked by all of them.

It is when somebody signed in last asked for one, in memory that gunicorn's processes have in
common: it is there before they part. A process that was not made so knows of its own visits alone.
"""

import mmap
import struct
from collections.abc import Callable
from datetime import datetime
from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from gate.hub.accounts.signed_in import is_signed_in
from gate.hub.clock import hub_now

LOOKING_S: Final = 10
"""A page that is open asks for what is new every five seconds (templates/today)."""

_TIME: Final = struct.Struct("@d")
_last_s: Final = mmap.mmap(-1, _TIME.size)
_TIME.pack_into(_last_s, 0, float("-inf"))


def somebody_looks(now: datetime) -> bool:
    """Ask whether a page was asked for within the last seconds; not if the clock was set back."""
    last_s: float = _TIME.unpack_from(_last_s)[0]
    return 0 <= now.timestamp() - last_s < LOOKING_S


def note_look(now: datetime) -> None:
    """Tell that a page is asked for."""
    _TIME.pack_into(_last_s, 0, now.timestamp())


class LookingMiddleware:
    """Stands after authentication: strangers and units are nobody who looks."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Note before the answer is begun: it is what is not to wait."""
        if is_signed_in(request):
            note_look(hub_now())
        return self._answer(request)
