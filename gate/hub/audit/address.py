"""From where a request came: past the proxies that the hub's file says stand before it.

Each proxy adds the address that it was asked from at the end of X-Forwarded-For; what stands before
those of the trusted ones, whoever asked may have made up.
"""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """Return the address of whoever asked."""
    direct = str(request.META.get("REMOTE_ADDR", ""))
    count: int = settings.HUB.proxy_count  # type: ignore[misc]  # gate.hub.settings puts it there
    names = request.headers.get("X-Forwarded-For", "").split(",")
    if not count or len(names) < count:
        return direct
    try:
        return str(ip_address(names[-count].strip()))
    except ValueError:
        return direct
