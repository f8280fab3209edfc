"""The simulated morning's manager, who sits before the hub's own pages and reads what they say.

Over HTTP, signed in, as a browser is. What is read is what a person would read: a page that doesn't
say it in these words is a fault.
"""

import html
import re
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Final

import requests

from gate.access.roll_call import Standing
from gate.errors import UplinkError
from gate.sim.morning.hub import MANAGER, ToldHub

_PAGE_S: Final = 60.0
_TOKEN: Final = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_LINE: Final = re.compile(
    r'<li data-named.*?<span class="card-number">(.*?)</span></span>'
    r'<span class="seen">(.*?)</span>'
)
_HEADING: Final = re.compile(r"(\d+) (?:person|people) known inside")
_STRANGERS: Final = re.compile(r"(\d+) came in and (\d+) went out of whom nobody knows")
_UNHEARD: Final = re.compile(r"([^;>]+?) unheard since ")
_FROZEN: Final = re.compile(r"A fire alarm stands: the list is as it was at (\d\d:\d\d:\d\d)")

_EVIDENCE: Final = {
    "turned": Standing.INSIDE,
    "let through, turn not seen": Standing.INSIDE,
    "let through, turn not known: may be inside": Standing.NOT_KNOWN,
    "inside at the last alarm, not seen since": Standing.AWAITED,
    "left by a manager's word": Standing.FORGIVEN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The hub's page of who is inside: by number of card, and what it says that it can't know.

    Attributes:
        heading: how many it says are known inside.
        unheard: the gates that it names.
        frozen_at: the time of day it is of, if a fire alarm froze it.
        turned_in, turned_out: how many passed of whom nobody knows who they are.
    """

    heading: int
    standings: Mapping[str, Standing] = field(repr=False)
    unheard: tuple[str, ...]
    frozen_at: str
    turned_in: int
    turned_out: int


class Manager(AbstractContextManager["Manager"]):
    """Somebody signed in at `hub` who may manage `site`."""

    def __init__(self, hub: ToldHub, site: str) -> None:
        """Sign in.

        Raises:
            UplinkError: the hub doesn't let them.
        """
        self._url = hub.url
        self._site = site
        self._browser = requests.Session()
        self._browser.trust_env = False
        given = {"username": MANAGER, "password": hub.password}
        if "Sign out" not in self._send("/sign-in/", given):
            raise UplinkError("the hub's pages: the manager can't sign in")

    def __exit__(self, *_: object) -> None:
        """Leave."""
        self._browser.close()

    def forgive(self, number: str, issuer: str, reason: str) -> bool:
        """Take it for true that the holder of a card has left; False if the hub refuses to."""
        given = {"number": number, "issuer": issuer, "reason": reason}
        return "aria-invalid" not in self._send(f"/sites/{self._site}/forgive/", given)

    def roll_call(self) -> Page:
        """Read who is inside."""
        return page_of(self._read(f"/sites/{self._site}/roll-call/"))

    def _send(self, path: str, fields: Mapping[str, str]) -> str:
        found = _TOKEN.search(self._read(path))
        if found is None:
            raise UplinkError(f"the hub's page {path}: it has no form")
        form = {"csrfmiddlewaretoken": found[1], **fields}
        return self._answer("POST", path, form)

    def _read(self, path: str) -> str:
        return self._answer("GET", path, None)

    def _answer(self, method: str, path: str, form: Mapping[str, str] | None) -> str:
        try:
            answer = self._browser.request(method, self._url + path, data=form, timeout=_PAGE_S)
        except requests.RequestException as error:
            raise UplinkError(f"the hub's page {path}: {error}") from error
        if answer.status_code not in {requests.codes.ok, requests.codes.bad_request}:
            raise UplinkError(f"the hub's page {path}: answered {answer.status_code}")
        return answer.text


def page_of(text: str) -> Page:
    """Return what the page of who is inside says.

    Raises:
        UplinkError: it isn't that page, or says something in words that nobody has told us.
    """
    heading = _HEADING.search(text)
    if heading is None:
        raise UplinkError("the hub's page of who is inside: it doesn't say how many are")
    standings: dict[str, Standing] = {}
    for number, seen in _LINE.findall(text):
        evidence = html.unescape(seen).rsplit(" · ", 1)[-1]
        if evidence not in _EVIDENCE:
            raise UplinkError(f"the hub's page of who is inside: what is {evidence!r}?")
        standings[html.unescape(number)] = _EVIDENCE[evidence]
    strangers, frozen = _STRANGERS.search(text), _FROZEN.search(text)
    return Page(
        heading=int(heading[1]),
        standings=standings,
        unheard=tuple(name.strip() for name in _UNHEARD.findall(html.unescape(text))),
        frozen_at=frozen[1] if frozen else "",
        turned_in=int(strangers[1]) if strangers else 0,
        turned_out=int(strangers[2]) if strangers else 0,
    )
