"""A file that a hub signs for one site: whose key, for which site, from when.

Manifest and presence have this in common. A hub's key is believed for what it signed within its
dates, by the file's own word on when that was; a compromised key for nothing at all.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from gate.errors import TrustError
from gate.signing.keys import VerifyingKey
from gate.signing.message import open_message
from gate.trust.bundle import KeyUse, TrustedKey
from gate.trust.status_token import CLOCK_SLACK, MAX_TIME_S, MIN_TIME_S

MAX_SITE_CHARS: Final = 32
"""As long as a hub's name for a site may be; rules and passes allow fewer."""

_SITE: Final = re.compile(rf"[!-~]{{1,{MAX_SITE_CHARS}}}")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileKind:
    """What tells one kind of file from another, and how long it may be."""

    name: str
    typ: str
    max_bytes: int

    def unseal(self, data: bytes, keys: Sequence[TrustedKey]) -> tuple[VerifyingKey, bytes]:
        """Return the key of a site's hub that signed `data`, and the payload.

        Raises:
            TrustError: too long, of another kind, or by no key that is trusted for sites.
        """
        if len(data) > self.max_bytes:
            raise TrustError(f"{self.name}: {len(data)} bytes, at most {self.max_bytes}")
        candidates = (trusted.key for trusted in keys if KeyUse.SITE in trusted.uses)
        try:
            return open_message(data, self.typ, candidates)
        except TrustError as error:
            raise TrustError(
                f"{self.name}: {error}; only this site's hub may sign it: by [hub] key in"
                " unit.toml, or as the fleet's hubs.json names it"
            ) from error

    def check_signer(
        self, signer: VerifyingKey, keys: Iterable[TrustedKey], issued_at: datetime
    ) -> None:
        """Refuse what `signer` was not trusted to sign at `issued_at`.

        Raises:
            TrustError: the key is compromised, or was not in force then.
        """
        entries = [trusted for trusted in keys if trusted.key == signer]
        kid = signer.kid.hex()
        if any(trusted.compromised for trusted in entries):
            raise TrustError(
                f"{self.name}: the key {kid} is compromised; nothing by it is true; bring one by"
                " the hub's next key"
            )
        if not any(trusted.may_sign(KeyUse.SITE, issued_at) for trusted in entries):
            raise TrustError(
                f"{self.name}: the key {kid} was not in force on {issued_at:%Y-%m-%d %H:%M} UTC"
            )

    def check_site(self, said: str, site: str) -> None:
        """Refuse a file of another site.

        Raises:
            TrustError: it is.
        """
        if said != site:
            raise TrustError(
                f"{self.name}: of the site {said!r}, this is {site!r}; compare [unit] site in"
                " unit.toml with the unit's site on the hub"
            )

    def check_issued(self, issued_at: datetime, now: datetime, *, clock_trusted: bool) -> None:
        """Refuse a file from the future, if the present is known.

        Raises:
            TrustError: it was issued after `now`, beyond the slack.
        """
        if clock_trusted and issued_at > now + CLOCK_SLACK:
            raise TrustError(
                f"{self.name}: issued at {issued_at:%Y-%m-%d %H:%M:%S}, "
                f"and now it is {now:%Y-%m-%d %H:%M:%S} UTC"
            )

    def time(self, value: object, claim: str) -> datetime:
        """Return the time that a claim gives in seconds.

        Raises:
            TrustError: no integer, or outside 2020 to 2100.
        """
        if type(value) is not int or not MIN_TIME_S <= value < MAX_TIME_S:
            raise TrustError(f"{self.name}: {claim} is not a time from 2020 to 2100")
        return datetime.fromtimestamp(value, UTC)


def check_site_name(site: str) -> None:
    """Refuse what is no site's name.

    Raises:
        TrustError: empty, too long, or with a blank or a character beyond ASCII.
    """
    if not _SITE.fullmatch(site):
        raise TrustError(f"site {site[:40]!r}: not a word of 1 to {MAX_SITE_CHARS} characters")


def check_moment(name: str, at: datetime) -> None:
    """Refuse what could not travel as whole seconds.

    Raises:
        TrustError: not aware, not UTC, with a fraction, or outside 2020 to 2100.
    """
    if at.utcoffset() != timedelta(0) or at.microsecond or not 2020 <= at.year <= 2100:
        raise TrustError(f"{name} {at!r}: not a whole second, aware, UTC, from 2020 to 2100")
