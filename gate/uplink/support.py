"""A support bundle for the hub that asks for one: had made, and sent; each ask is answered once.

1. The ask is the hub's, and for this unit.  2. Have the bundle made, by another service: this
process may read no log.  3. Wait for its end.  4. Send what was made, or why there is none.
What did not reach the hub is sent again at the next turn, for as long as the hub asks; then it is
thrown away, and so it is after a restart: the hub asks on, and it is made anew.
"""

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from gate.errors import EventError, TrustError, UplinkError
from gate.events.model import MAX_DETAIL_CHARS
from gate.events.support import MAX_ZIP_BYTES, Support, sign_support
from gate.store.support import ask, clear, take
from gate.trust.bundle import TrustedKey
from gate.trust.support_ask import open_ask
from gate.uplink.answer import Gap, Heard, Later, Receipted, Refused, read_answer
from gate.uplink.client import REQUEST_S
from gate.uplink.sync import Link

MADE_WITHIN_S: Final = 1200.0
"""Longer than the service may take (systemd/gate-support.service)."""

_log = logging.getLogger(__name__)


class Supporting:
    """One unit's answers; used by one thread."""

    def __init__(
        self,
        link: Link,
        keys: Callable[[], Sequence[TrustedKey]],
        asked: Callable[[], str],
        place: Path,
    ) -> None:
        """Take a line.

        Args:
            link: to the hub.
            keys: who may sign for a hub; raises TrustError where nobody is known.
            asked: what the hub last said of it; empty for nothing.
            place: where it is asked for and made (gate.store.support).
        """
        self._link = link
        self._keys = keys
        self._asked = asked
        self._place = place
        self._refused = ""
        self._number = b""
        self._since_s = 0.0
        self._message: bytes | None = None
        self._not_before_s = 0.0

    def turn(self) -> None:
        """Do what is next; what goes wrong is logged, and told to the hub if it can be."""
        number = self._opened()  # 1.
        if not number:
            self._drop(b"")
            return
        if number != self._number:
            self._begin(number)  # 2.
            return
        if self._message is None and self._since_s >= 0:
            self._message = self._made()  # 3.
        if self._message is not None:
            self._send(self._message)  # 4.

    def _opened(self) -> bytes:
        """Return the number that is asked for; empty for none."""
        text = self._asked()
        if not text:
            return b""
        try:
            return open_ask(text, self._keys(), self._link.uid)
        except TrustError as error:
            if self._refused != str(error):
                _log.error("refused", extra={"part": "support ask", "error": str(error)})
            self._refused = str(error)
            return b""

    def _begin(self, number: bytes) -> None:
        self._number, self._message, self._not_before_s = number, None, 0.0
        self._since_s = self._link.clock.monotonic()
        _log.info("support bundle asked for", extra={"number": number.hex()})
        try:
            ask(self._place)
        except OSError as error:
            self._message = self._fault(
                f"{self._place} can't be written: {error.strerror};"
                " next: run scripts/install on the gate again"
            )

    def _made(self) -> bytes | None:
        """Return what is to be sent; None while nothing is there."""
        try:
            made = take(self._place, MAX_ZIP_BYTES)
            if made is not None:
                return sign_support(Support(number=self._number, zip=made), self._link.key)
        except FileNotFoundError:
            return self._fault(
                "its check ended without a bundle; next: journalctl -u gate-support at the gate"
            )
        except OSError as error:
            return self._fault(f"the bundle can't be read: {error.strerror}; next: ask again")
        except EventError as error:
            return self._fault(f"{error}; next: sudo gate doctor --bundle FILE at the gate")
        if self._link.clock.monotonic() - self._since_s < MADE_WITHIN_S:
            return None
        return self._fault(
            f"nothing made it within {MADE_WITHIN_S / 60:.0f} minutes;"
            " next: systemctl status gate-support.path at the gate"
        )

    def _fault(self, words: str) -> bytes:
        _log.error("no support bundle", extra={"error": words})
        line = "".join(char if char.isprintable() else "?" for char in words)
        support = Support(number=self._number, fault=line[:MAX_DETAIL_CHARS])
        return sign_support(support, self._link.key)

    def _send(self, message: bytes) -> None:
        link, now_s = self._link, self._link.clock.monotonic()
        if now_s < self._not_before_s:
            return
        try:
            path = f"/api/units/{link.uid}/support"
            reply = link.client.post(path, message, deadline_s=now_s + REQUEST_S)
        except UplinkError as error:
            _log.warning("support bundle not sent", extra={"error": str(error)})
            return
        match read_answer(reply):
            case Heard():
                _log.info("support bundle sent", extra={"bytes": len(message)})
                self._drop(self._number)
            case Refused(status=status, code=code, detail=detail):
                why = f"the hub refuses: {status} {code} {detail}".rstrip()
                _log.error("support bundle not taken", extra={"error": why})
                self._drop(self._number)
            case Later(why=why, retry_after_s=retry_after_s):
                _log.warning("support bundle not sent", extra={"error": why})
                self._not_before_s = now_s + (retry_after_s or 0.0)
            case Receipted() | Gap():
                why = "captive portal? its answer to a support bundle is none"
                _log.warning("support bundle not sent", extra={"error": why})

    def _drop(self, answered: bytes) -> None:
        """Leave nothing behind; the ask of the number `answered` is done with."""
        self._number, self._message, self._since_s = answered, None, -1.0
        try:
            clear(self._place)
        except OSError as error:
            _log.warning("support bundle left", extra={"error": str(error)})
