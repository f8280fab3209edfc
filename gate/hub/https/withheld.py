"""Whether a page came in a way for which browsers withhold part of what it can do.

A service worker, and so the last roll call without the hub, needs a secure context: HTTPS, or the
browser's own machine (W3C Secure Contexts, 3.1).
"""

import re
from typing import Final

from django.http import HttpRequest

_OWN_MACHINE: Final = re.compile(
    r"(?:(?:[a-z0-9-]+\.)*localhost|127(?:\.[0-9]{1,3}){3}|\[::1\])(?::[0-9]+)?"
)


def withheld(request: HttpRequest) -> dict[str, bool]:
    """Tell each page's template whether to say what is withheld."""
    host = str(request.META.get("HTTP_HOST", "")).lower()
    return {"is_withheld": not request.is_secure() and not _OWN_MACHINE.fullmatch(host)}
