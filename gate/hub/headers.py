"""What every answer tells a browser that Django's own settings don't."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase

_NOT_ALLOWED: Final = (
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "display-capture",
    "encrypted-media",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "publickey-credentials-get",
    "usb",
    "xr-spatial-tracking",
)

PERMISSIONS: Final = ", ".join(("camera=(self)", *(f"{name}=()" for name in _NOT_ALLOWED)))
"""The camera reads cards, on this hub's own pages; nothing else of a device is asked for
(W3C Permissions Policy)."""


class PermissionsMiddleware:
    """Says what of a device the pages may ask for."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer with the header."""
        answer = self._answer(request)
        answer["Permissions-Policy"] = PERMISSIONS
        return answer
