"""One address of the hub, and what each who might come is answered there."""

from dataclasses import dataclass
from typing import Final

VISITORS: Final = (
    "owner",
    "colleague",
    "stranger",
    "admin",
    "nobody",
    "contractor",
    "scheme",
)
"""A manager of the site, a guard of it, a manager of another one, an admin, one not signed in; and
the site's contractor, and somebody at an issuer's desk."""

SIGN_IN: Final = 302


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """An address and what each of VISITORS is answered there.

    `answers` are those of the first five. Left out, a contractor is refused on every page of a
    site, and to somebody at a desk no site exists; where no site is named, they are as a colleague.
    """

    address: str
    answers: tuple[int, int, int, int, int]
    method: str = "GET"
    body: bytes = b""
    contractor: int | None = None
    scheme: int | None = None

    def answer(self, visitor: str) -> int:
        """Return what one of VISITORS is answered."""
        told = {"contractor": self.contractor, "scheme": self.scheme}.get(visitor)
        if told is not None:
            return told
        if visitor in {"contractor", "scheme"} and self.address.startswith("/sites/"):
            return 403 if visitor == "contractor" else 404
        if visitor == "scheme" and self.address.startswith("/desk/"):
            return self.answers[VISITORS.index("admin")]
        as_whom = "colleague" if visitor in {"contractor", "scheme"} else visitor
        return self.answers[VISITORS.index(as_whom)]
