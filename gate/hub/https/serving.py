"""The certificate that the hub serves by: made anew by itself, without a restart.

It lies beside the authority, and is asked for at each connection: looked at once a minute, and at
once when somebody comes by an address that it doesn't name. It is made anew thirty days before its
end, and when the machine's addresses or its name have changed. All processes of a hub share the
file; whoever makes it anew holds a lock.
"""

import fcntl
import logging
import os
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from threading import Lock
from typing import Final

from cryptography import x509

from gate.errors import ConfigError
from gate.hub.fleet.files import PRIVATE, create, sync_directory
from gate.hub.https.certificates import Authority, is_for
from gate.hub.https.names import Address, Name

SERVING_NAME: Final = "serving.pem"

RENEWED_BEFORE: Final = timedelta(days=30)
"""Of the 397 that it is good for; a hub that stood still longer makes it anew as it starts."""

LOOKED_AT_EVERY: Final = timedelta(minutes=1)

log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What a serving certificate depends on, asked each time.

    Attributes:
        names: those that the hub is reached by at the moment.
        now: the machine's clock, by which visitors judge certificates.
        told: is told which names the certificate has, whenever they change.
    """

    names: Callable[[], frozenset[Name]]
    now: Callable[[], datetime]
    told: Callable[[frozenset[Name]], None]


class Serving:
    """What a server's connections are wrapped in."""

    def __init__(self, folder: Path, authority: Authority, around: Around) -> None:
        """Look at the certificate, and make it if there is none that fits.

        Raises:
            ConfigError: it can't be written or read.
        """
        self._file = folder / SERVING_NAME
        self._authority = authority
        self._around = around
        self._lock = Lock()
        self._tried: set[Address] = set()
        self._names: frozenset[Name] = frozenset()
        try:
            self._context = self._look()
        except OSError as error:
            fault = f"can't be written or read: {error.strerror}; next: let the hub's user own it"
            raise ConfigError(str(self._file), [fault]) from error
        self._looked_at = around.now()

    def context(self, reached_by: str) -> ssl.SSLContext:
        """Return what to wrap a connection in that came to this address of ours."""
        address = ip_address(reached_by.partition("%")[0])
        with self._lock:
            is_new = address not in self._names and address not in self._tried
            now = self._around.now()
            if is_new or abs(now - self._looked_at) >= LOOKED_AT_EVERY:  # a clock is set either way
                self._tried = (self._tried if is_new else set()) | {address}
                self._looked_at = now
                self._look_again()
            return self._context

    def _look_again(self) -> None:
        """Look; what can't be written on a full disk is tried again, and the old one is served."""
        try:
            self._context = self._look()
        except OSError as error:
            told = {"file": str(self._file), "error": error.strerror}
            log.error("certificate not made anew", extra=told)  # noqa: TRY400 - one line per fact

    def _look(self) -> ssl.SSLContext:
        asked = self._around.names()
        wanted = frozenset(name for name in asked if self._authority.vouches_for(name))
        if not self._fits(wanted):
            with self._alone():
                if not self._fits(wanted):  # another process was first
                    self._renew(wanted)
                    if asked - wanted:
                        names = ", ".join(sorted(map(str, asked - wanted)))
                        log.warning("no certificate for %s: the authority may not vouch", names)
        if wanted != self._names:
            self._names = wanted
            self._around.told(wanted)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self._file)
        return context

    def _fits(self, wanted: frozenset[Name]) -> bool:
        """Tell whether the certificate that is there names all that is wanted, and lasts."""
        try:
            certificate = x509.load_pem_x509_certificate(self._file.read_bytes())
        except (FileNotFoundError, ValueError):  # none, or one that a backup or a person damaged
            return False
        now = self._around.now()
        is_ours = certificate.issuer == self._authority.certificate.subject
        is_in_time = certificate.not_valid_before_utc <= now < certificate.not_valid_after_utc
        lasts = certificate.not_valid_after_utc - RENEWED_BEFORE > now or self._is_last(certificate)
        return is_ours and is_in_time and lasts and is_for(certificate, wanted)

    def _is_last(self, certificate: x509.Certificate) -> bool:
        """Tell whether another one would end no later: the authority itself ends."""
        end = self._authority.end_of_one_made(self._around.now())
        return certificate.not_valid_after_utc >= end

    def _renew(self, wanted: frozenset[Name]) -> None:
        part = self._file.with_name(f".{self._file.name}.part")
        part.unlink(missing_ok=True)
        create(part, self._authority.issue(wanted, self._around.now()), mode=PRIVATE)
        part.replace(self._file)
        sync_directory(self._file.parent)
        names = ", ".join(sorted(map(str, wanted)))
        log.info("certificate made for %s", names)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        descriptor = os.open(self._file.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)
