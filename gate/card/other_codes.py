"""What a code is that is no card: its kind, by how its text begins. Pure.

No address is opened, nothing is looked up and nothing is kept; a text says only how its bearer is
answered. What has no kind of its own, such as plain text, is malformed.
"""

from typing import Final

from gate.errors import Reason

_KINDS: Final = (
    (Reason.WEB_CODE, ("http://", "https://", "www.", "urlto:", "mebkm:")),
    (Reason.WIFI_CODE, ("wifi:",)),
    (
        Reason.CONTACT_CODE,
        ("begin:vcard", "mecard:", "bizcard:", "tel:", "mailto:", "sms:", "smsto:"),
    ),
    (Reason.HEALTH_CODE, ("hc1:", "shc:/")),
)
"""Beginnings in lower case. Wi-Fi, contacts and bookmarks as ZXing's wiki names them ("Barcode
Contents"); HC1: of the EU's health certificates (eHealth Network, vol. 3), shc:/ of SMART Health
Cards."""

_MAX_CHARS: Final = 16
"""More than the longest beginning; codes hold thousands."""


def kind_of(text: str) -> Reason:
    """Return how to answer somebody who shows `text`, which is neither card nor set-up code."""
    begins = text[:_MAX_CHARS].lstrip().lower()
    found = (reason for reason, beginnings in _KINDS if begins.startswith(beginnings))
    return next(found, Reason.MALFORMED)
