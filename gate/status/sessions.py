"""Who is signed in at this unit: sessions in memory, each bound to the login that opened it.

A session counts while the manifest in force still has that very login, with that very password;
so a login that was withdrawn or changed is out as soon as the unit knows. Attempts are counted by
where they come from, and altogether; those who are signed in already are not held up by others'.
"""

import secrets
from collections import OrderedDict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from gate.trust.local_login import (
    HASH_BYTES,
    SALT_BYTES,
    LocalLogin,
    LocalRole,
    opens,
)

COOKIE: Final = "gate_session"

SESSION_S: Final = 12 * 3600.0
"""A shift (11 h of rest in 24): who takes over the gatehouse signs in anew."""

MAX_SESSIONS: Final = 64
MAX_ATTEMPTS: Final = 5
"""That fail, from one place in `ATTEMPTS_S`; a password of 60 bits needs no fewer."""

ATTEMPTS_S: Final = 60.0
MAX_ATTEMPTS_OF_ALL: Final = 60
"""That fail, from anywhere in `ATTEMPTS_S`: some 30 ms each on a Pi Zero 2 W."""

_MAX_PLACES: Final = 256
_MAX_COOKIE_CHARS: Final = 128
_NOBODY: Final = LocalLogin(
    name="nobody", role=LocalRole.CONTRACTOR, salt=bytes(SALT_BYTES), hash=bytes(HASH_BYTES)
)
"""Tried where there is no such login, so that the time it takes tells nobody which there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Somebody signed in."""

    login: LocalLogin
    until_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """The attempt succeeded: `token` is for the cookie alone."""

    token: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotSignedIn:
    """It did not; or too many failed before, and it was not looked at for `wait_s` more."""

    wait_s: float = 0.0


class Sessions:
    """Everybody who is signed in; lost when the process ends."""

    def __init__(self) -> None:
        self._sessions: OrderedDict[bytes, Session] = OrderedDict()
        self._failed: OrderedDict[str, deque[float]] = OrderedDict()
        self._failed_of_all: deque[float] = deque()

    def sign_in(
        self, logins: Sequence[LocalLogin], name: str, typed: str, *, peer: str, at_s: float
    ) -> SignedIn | NotSignedIn:
        """Open a session if `typed` is the password of the login `name`."""
        wait_s = self._wait_s(peer, at_s)
        if wait_s:
            return NotSignedIn(wait_s=wait_s)
        login = next((one for one in logins if one.name == name.strip().lower()), None)
        if not opens(login or _NOBODY, typed) or login is None:
            self._fail(peer, at_s)
            return NotSignedIn()
        token = secrets.token_urlsafe(32)
        self._sessions[_digest(token)] = Session(login=login, until_s=at_s + SESSION_S)
        while len(self._sessions) > MAX_SESSIONS:
            self._sessions.popitem(last=False)
        return SignedIn(token=token)

    def who(
        self, headers: Mapping[str, str], logins: Sequence[LocalLogin], at_s: float
    ) -> LocalLogin | None:
        """Return who asks; None if nobody who is signed in now."""
        token = token_of(headers)
        session = self._sessions.get(_digest(token)) if token else None
        if session is None:
            return None
        if at_s >= session.until_s or session.login not in logins:
            self.sign_out(headers)
            return None
        return session.login

    def sign_out(self, headers: Mapping[str, str]) -> None:
        """End a session."""
        self._sessions.pop(_digest(token_of(headers)), None)

    def _wait_s(self, peer: str, at_s: float) -> float:
        waits = (
            _until_free(self._failed.get(peer, deque()), MAX_ATTEMPTS, at_s),
            _until_free(self._failed_of_all, MAX_ATTEMPTS_OF_ALL, at_s),
        )
        return max(waits)

    def _fail(self, peer: str, at_s: float) -> None:
        self._failed_of_all.append(at_s)
        self._failed.setdefault(peer, deque()).append(at_s)
        self._failed.move_to_end(peer)
        while len(self._failed) > _MAX_PLACES:
            self._failed.popitem(last=False)


def token_of(headers: Mapping[str, str]) -> str:
    """Return what the session's cookie holds; nothing if there is none, or two."""
    found = [
        value
        for name, _, value in (
            one.strip().partition("=") for one in headers.get("cookie", "").split(";")
        )
        if name == COOKIE
    ]
    return found[0] if len(found) == 1 and len(found[0]) <= _MAX_COOKIE_CHARS else ""


def cookie(token: str, *, is_https: bool) -> str:
    """Return the header that gives a browser its session's cookie, or takes it away."""
    age_s = int(SESSION_S) if token else 0
    secure = "; Secure" if is_https else ""
    return f"{COOKIE}={token}; Path=/; Max-Age={age_s}; HttpOnly; SameSite=Strict{secure}"


def _until_free(failed: deque[float], most: int, at_s: float) -> float:
    while failed and failed[0] <= at_s - ATTEMPTS_S:
        failed.popleft()
    return 0.0 if len(failed) < most else failed[0] + ATTEMPTS_S - at_s


def _digest(token: str) -> bytes:
    return sha256(token.encode("utf-8", "replace")).digest()
