"""What is answered: a page, a sheet of style, or where to go; with what a browser must be told.

No script runs on these pages and none is needed; nothing is loaded from elsewhere, framed, kept in
a cache or handed on as a referrer to another place. Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Final
from zlib import DEFLATED, compressobj

HTML: Final = "text/html; charset=utf-8"

_ALWAYS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self';"
        " base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # not no-referrer: a browser would then send `Origin: null` with our own forms
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Connection": "close",
}
_NOT_KEPT: Final = "no-store"

_LONG_BYTES: Final = 8192
"""Shorter, and it goes in a handful of packets."""

_LEVEL: Final = 3
"""The roll call of 2,000 comes to a tenth in 4 ms; level 9 takes three times that for a little."""

_MAX_ACCEPTED: Final = 256

_GZIP: Final = 16 + 12
"""zlib's words for gzip's form and a window of 4 KB, which takes 50 KB to pack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer; `headers` go with those that all have."""

    body: bytes = b""
    status: HTTPStatus = HTTPStatus.OK
    kind: str = HTML
    headers: Mapping[str, str] = field(default_factory=dict)

    def packed(self, accepted: str) -> "Reply":
        """Return it compressed, if it is long and whoever asks takes that.

        Nothing on these pages is both secret and chosen by somebody else (BREACH).
        """
        if len(self.body) < _LONG_BYTES or not _takes_gzip(accepted):
            return self
        packer = compressobj(_LEVEL, DEFLATED, _GZIP)
        headers = {**self.headers, "Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        return replace(self, body=packer.compress(self.body) + packer.flush(), headers=headers)

    def encode(self, *, with_body: bool = True) -> bytes:
        """Return what goes over the wire; the answer to HEAD is without its body."""
        fields = {
            **_ALWAYS,
            "Cache-Control": _NOT_KEPT,
            "Content-Type": self.kind,
            "Content-Length": str(len(self.body)),
            **self.headers,
        }
        lines = [f"HTTP/1.1 {self.status.value} {self.status.phrase}"]
        lines += [f"{name}: {value}" for name, value in fields.items()]
        head = "\r\n".join((*lines, "", "")).encode("ascii")
        return head + self.body if with_body else head


def go_to(path: str, headers: Mapping[str, str] | None = None) -> Reply:
    """Return the answer that sends a browser elsewhere on this page, by GET."""
    return Reply(status=HTTPStatus.SEE_OTHER, headers={"Location": path, **(headers or {})})


def _takes_gzip(accepted: str) -> bool:
    return any(
        one.strip().lower() in {"gzip", "x-gzip"} for one in accepted[:_MAX_ACCEPTED].split(",")
    )
