"""Who is answered what: the addresses of the page, who may open them, and what signs in and out.

A request passes four gates: its host is this unit by a name that can't be another's (a page from
elsewhere whose name was turned to this address is refused), what changes something comes from this
page itself, somebody is signed in, and the page is theirs.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from gate.status import named_pages, pages
from gate.status.day import asked_day, read_day
from gate.status.faults import faults_of
from gate.status.layout import (
    FAULTS,
    HOME,
    LISTS,
    PAGES,
    RECORD,
    ROLL_CALL,
    SHEET,
    SHEET_PATH,
    SIGN_IN,
    SIGN_OUT,
    Frame,
)
from gate.status.reply import Reply, go_to
from gate.status.request import BadRequestError, Request
from gate.status.roll import Roll, roll_of
from gate.status.sessions import Sessions, SignedIn, cookie
from gate.status.unit_watch import Seen, UnitWatch
from gate.trust.local_login import LocalLogin

_HOST: Final = re.compile(r"(?P<name>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]{1,253})(?::[0-9]{1,5})?")
_ROLES: Final = {path: roles for path, _, roles in PAGES}
_WRONG: Final = "This name and password don't go together, or the login was withdrawn."


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """The unit that the page is of.

    Attributes:
        name: what people call it.
        names: by which hosts it may be asked for, beside addresses.
        uid: by which its hub knows it; None before it ever had a hub.
    """

    name: str
    journal: Path
    names: frozenset[str] = field(default_factory=frozenset)
    uid: bytes | None = None


class StatusSite:
    """Answers requests; keeps who is signed in."""

    def __init__(self, unit: Unit, watch: UnitWatch, monotonic: Callable[[], float]) -> None:
        self._unit = unit
        self._watch = watch
        self._monotonic = monotonic
        self._sessions = Sessions()

    def answer(self, request: Request, peer: str) -> Reply:
        """Return what is answered to a request of `peer`.

        1. It asks for this unit.  2. The sheet is everybody's.  3. What changes something.
        4. Pages.

        Raises:
            BadRequestError: it asks for another host, or comes from another page.
        """
        # 1.
        self._check_host(request)
        # 2.
        if request.path == SHEET_PATH and request.method != "POST":
            kept = {"Cache-Control": "public, max-age=31536000, immutable"}
            return Reply(body=SHEET, kind="text/css; charset=utf-8", headers=kept)
        # 3.
        if request.method == "POST":
            return self._change(request, peer)
        # 4.
        return self._page(request)

    def refuse(self, error: BadRequestError) -> Reply:
        """Return what is answered to what is no request of this page."""
        return pages.message_page(self._unit.name, error.status, error.words)

    def _check_host(self, request: Request) -> None:
        match = _HOST.fullmatch(request.headers["host"])
        name = "" if match is None else match["name"].lower().rstrip(".")
        if name not in self._unit.names and not _is_address(name):
            raise BadRequestError(
                HTTPStatus.MISDIRECTED_REQUEST,
                "this gate has another name; ask for it by its address, or write the name into"
                " [status] names in the unit's file",
            )

    def _change(self, request: Request, peer: str) -> Reply:
        if request.path not in {SIGN_IN, SIGN_OUT}:
            raise BadRequestError(HTTPStatus.METHOD_NOT_ALLOWED, "nothing is changed here")
        origin = request.headers.get("origin", "")
        scheme, _, host = origin.partition("://")
        if scheme not in {"http", "https"} or host != request.headers["host"]:
            raise BadRequestError(
                HTTPStatus.FORBIDDEN, "this form is not of this page; open the page and try again"
            )
        if request.path == SIGN_OUT:
            self._sessions.sign_out(request.headers)
            return go_to(HOME, {"Set-Cookie": cookie("", is_https=scheme == "https")})
        return self._sign_in(request, peer, is_https=scheme == "https")

    def _sign_in(self, request: Request, peer: str, *, is_https: bool) -> Reply:
        seen = self._watch.look()
        name, typed = request.form.get("name", ""), request.form.get("password", "")
        done = self._sessions.sign_in(seen.logins, name, typed, peer=peer, at_s=self._monotonic())
        if isinstance(done, SignedIn):
            return go_to(HOME, {"Set-Cookie": cookie(done.token, is_https=is_https)})
        fault = _WRONG
        if done.wait_s:
            fault = f"Too many attempts failed. Try again in {done.wait_s:.0f} seconds."
        return self._sign_in_page(seen, fault=fault, wait=done.wait_s > 0)

    def _page(self, request: Request) -> Reply:
        if request.path not in _ROLES:
            raise BadRequestError(HTTPStatus.NOT_FOUND, "there is no such page here")
        seen = self._watch.look()
        who = self._sessions.who(request.headers, seen.logins, self._monotonic())
        if who is None:
            return self._sign_in_page(seen) if request.path == HOME else go_to(HOME)
        if who.role not in _ROLES[request.path]:
            raise BadRequestError(HTTPStatus.FORBIDDEN, f"a {who.role}'s login doesn't open this")
        return self._theirs(request, seen, who)

    def _theirs(self, request: Request, seen: Seen, who: LocalLogin) -> Reply:
        faults = faults_of(seen)
        frame = Frame(unit=self._unit.name, who=who, here=request.path, faults=len(faults))
        match request.path:
            case path if path == ROLL_CALL:
                return named_pages.roll_call_page(frame, seen, self._roll(seen))
            case path if path == RECORD:
                return self._record(frame, seen, request)
            case path if path == LISTS:
                return pages.lists_page(frame, seen)
            case path if path == FAULTS:
                return pages.faults_page(frame, faults)
            case _:
                return pages.now_page(frame, seen, self._roll(seen), faults)

    def _record(self, frame: Frame, seen: Seen, request: Request) -> Reply:
        now = seen.moment.at
        asked = asked_day(request.query, now.astimezone(seen.zone).date())
        if asked is None:
            raise BadRequestError(HTTPStatus.BAD_REQUEST, "there is no such day; write 2026-11-22")
        day = read_day(self._unit.journal, *asked, now=now, zone=seen.zone)
        return named_pages.record_page(frame, seen, day)

    def _roll(self, seen: Seen) -> Roll:
        return roll_of(seen, self._unit.uid)

    def _sign_in_page(self, seen: Seen, *, fault: str = "", wait: bool = False) -> Reply:
        works = not any(found.is_bad for found in faults_of(seen))
        frame = Frame(unit=self._unit.name)
        return pages.sign_in_page(frame, seen, works=works, fault=fault, wait=wait)


def _is_address(name: str) -> bool:
    """Tell whether a host is an address: no page from elsewhere can call itself by one of ours."""
    try:
        ip_address(name.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return True
