"""What every page has: its head, the band with who and where, the way to the others. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import Final

from gate.status.markup import Content, Html, join, parts, tag
from gate.status.reply import Reply
from gate.trust.local_login import LocalLogin, LocalRole

HOME: Final = "/"
ROLL_CALL: Final = "/roll-call"
RECORD: Final = "/record"
LISTS: Final = "/lists"
FAULTS: Final = "/faults"
SIGN_IN: Final = "/sign-in"
SIGN_OUT: Final = "/sign-out"

SHEET: Final = Path(__file__).with_name("status.css").read_bytes()
SHEET_PATH: Final = f"/status-{sha256(SHEET).hexdigest()[:16]}.css"
"""Named by what it holds, so that a browser may keep it for ever."""

_EVERYBODY: Final = frozenset(LocalRole)
_NAMES: Final = frozenset({LocalRole.MANAGER, LocalRole.GUARD})

PAGES: Final = (
    (HOME, "Now", _EVERYBODY),
    (ROLL_CALL, "Roll call", _NAMES),
    (RECORD, "Record", frozenset({LocalRole.MANAGER})),
    (LISTS, "Lists", _EVERYBODY),
    (FAULTS, "Faults", _EVERYBODY),
)
"""Where, what it is called, and whose it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What is around a page: the unit's name, who looks, which page, what counts there."""

    unit: str
    who: LocalLogin | None = None
    here: str = HOME
    faults: int = 0


def page(
    frame: Frame,
    title: str,
    *content: Content,
    refresh_s: int = 0,
    status: HTTPStatus = HTTPStatus.OK,
) -> Reply:
    """Return a page; with `refresh_s` the browser asks for it again by itself."""
    head = join(
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", http_equiv="refresh", content=str(refresh_s)) if refresh_s else "",
        tag("title", f"{title}, {frame.unit}"),
        tag("link", rel="stylesheet", href=SHEET_PATH),
    )
    before = join(
        tag("a", "Skip to content", class_="skip", href="#main"),
        tag("header", _band(frame), class_="band"),
    )
    # a roll call of 2,000 is half a megabyte, and to be copied once
    return Reply(
        body=b"".join(
            (
                f'<!doctype html>\n<html lang="en-GB">{tag("head", head)}<body>{before}'.encode(),
                b'<main id="main" tabindex="-1">',
                *(part.encode() for part in parts(content)),
                b"</main></body></html>\n",
            )
        ),
        status=status,
    )


def card(*content: Content, tone: str = "") -> Html:
    """Return a white card; `tone` gives it a coloured edge."""
    return tag("section", *content, class_=f"card {tone}".strip())


def table(heads: Iterable[str], rows: Iterable[Iterable[Content]], kind: str = "") -> Html:
    """Return a table with a head that is repeated on each printed sheet."""
    names = list(heads)
    return tag(
        "table",
        tag("thead", tag("tr", [tag("th", name, scope="col") for name in names])),
        tag("tbody", (tag("tr", _cells(names, row)) for row in rows)),
        class_=kind or None,
    )


def pill(words: str, tone: str, mark: str = "") -> Html:
    """Return a word with its colour and its mark, which never stand alone."""
    sign = join(tag("span", mark, aria_hidden="true"), " ") if mark else ""
    return tag("span", sign, words, class_=f"pill {tone}".strip())


def _cells(names: list[str], row: Iterable[Content]) -> list[Html]:
    return [tag("td", cell, data_label=name or None) for name, cell in zip(names, row, strict=True)]


def _band(frame: Frame) -> Html:
    place = tag("a", frame.unit, class_="place", href=HOME)
    if frame.who is None:
        return place
    role = frame.who.role
    links = [
        tag(
            "a",
            words,
            tag("b", str(frame.faults), class_="count") if path == FAULTS and frame.faults else "",
            href=path,
            aria_current="page" if path == frame.here else None,
        )
        for path, words, roles in PAGES
        if role in roles
    ]
    leave = tag(
        "form",
        tag("span", frame.who.name),
        tag("button", "Sign out"),
        method="post",
        action=SIGN_OUT,
        class_="account",
    )
    return join(place, tag("nav", links, class_="pages", aria_label="Pages"), leave)
