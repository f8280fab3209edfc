"""Cards judged twice: by Python as a gate does, and in chromium by the hub's own modules."""

import base64
import json
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain
from pathlib import Path
from threading import Thread
from typing import Any, Final

from playwright.sync_api import Browser, Page

from gate.card.model import Card, StandsOn
from gate.card.verify import authenticate, lists_of, standing
from gate.errors import CardError
from gate.sim.issuer import NOW
from gate.trust.bundle import TrustBundle
from gate.trust.issuers import describe_issuer
from gate.trust.status_list import StatusList

STATIC: Final = Path(__file__).parents[2] / "gate" / "hub" / "static"
NOW_S: Final = int(NOW.timestamp())
_EXACT: Final = 1 << 53
"""From here on a number of the browser's is not exact."""
_JUDGE: Final = """
async (address) => {
  const { openBook, judge } = await import("/card/verify.js");
  const { book, rows } = await (await fetch(address)).json();
  const opened = await openBook(book);
  const answers = [];
  for (const [text, nowS] of rows) answers.push(await judge(text, opened, nowS));
  return JSON.stringify(answers, (_, value) => (typeof value === "bigint" ? `${value}n` : value));
}
"""
_OPEN: Final = """
async (book) => {
  const { openBook } = await import("/card/verify.js");
  return openBook(book).then(() => "opened", (error) => error.message);
}
"""


@dataclass(frozen=True, slots=True)
class Row:
    """A text that is judged at a time."""

    text: str
    at_s: int = NOW_S


class _Files(SimpleHTTPRequestHandler):
    asked: dict[str, bytes]

    def do_GET(self) -> None:
        body = self.asked.get(self.path)
        if body is None:
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Say nothing."""


class Browsed:
    """A page that has the modules; texts come to it as JSON, with every lone surrogate in them."""

    def __init__(self, page: Page, asked: dict[str, bytes]) -> None:
        self.page = page
        self._asked = asked

    def judge(self, trust: TrustBundle, rows: Iterable[Row]) -> list[dict[str, Any]]:
        """Return what the browser says of each row."""
        said = [(row.text, row.at_s) for row in rows]
        self._asked["/rows"] = json.dumps({"book": book_of(trust), "rows": said}).encode()
        found: list[dict[str, Any]] = json.loads(self.page.evaluate(_JUDGE, "/rows"))
        return found

    def open(self, book: object) -> str:
        """Return "opened", or what is wrong with a book."""
        said: str = self.page.evaluate(_OPEN, book)
        return said


@contextmanager
def browsed(chromium: Browser, *, host: str = "localhost", before: str = "") -> Iterator[Browsed]:
    """Yield a page at `host`; `before` is a script that it runs first."""
    asked: dict[str, bytes] = {}
    handler = partial(type("_Asked", (_Files,), {"asked": asked}), directory=str(STATIC))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    context = chromium.new_context()
    try:
        page = context.new_page()
        page.add_init_script(before)
        page.goto(f"http://{host}:{server.server_port}/card/")
        yield Browsed(page, asked)
    finally:
        context.close()
        server.shutdown()
        server.server_close()
        thread.join()


def judged_alike(page: Browsed, trust: TrustBundle, rows: Iterable[Row]) -> set[str]:
    """Hold both answers against each other; return which reasons there were, "" for none."""
    kept = list(rows)
    expected = [by_python(trust, row) for row in kept]
    found = page.judge(trust, kept)
    differing = [
        (row, gate, there)
        for row, gate, there in zip(kept, expected, found, strict=True)
        if gate != there
    ]
    assert differing[:3] == []
    return set(chain.from_iterable(answer["reasons"] or [""] for answer in expected))


def by_python(trust: TrustBundle, row: Row) -> dict[str, Any]:
    """Return what a gate says of a row, in the browser's words."""
    try:
        card = authenticate(row.text, trust)
    except CardError as error:
        return {"reasons": [str(error.reason)], "card": None, "listAgeS": None}
    against = standing(card, trust, datetime.fromtimestamp(row.at_s, UTC))
    issued = [_seconds(held.issued_at) for held in lists_of(card, trust)]
    return {
        "reasons": [str(reason) for reason in against],
        "card": _shown(card),
        "listAgeS": row.at_s - min(issued) if issued else None,
    }


def book_of(trust: TrustBundle) -> dict[str, Any]:
    """Return a bundle as a hub hands it to a browser."""
    return {
        "made_s": NOW_S,
        "issuers": [describe_issuer(issuer) for issuer in trust.issuers],
        "lists": [_list(held) for held in trust.status_lists.values()],
    }


def _list(held: StatusList) -> dict[str, Any]:
    return {
        "uri": held.uri,
        "issued_s": _seconds(held.issued_at),
        "expires_s": None if held.expires_at is None else _seconds(held.expires_at),
        "bits": held.bits,
        "lst": base64.b64encode(zlib.compress(held.packed)).decode(),
    }


def _shown(card: Card) -> dict[str, Any]:
    proofs = card.competence
    return {
        "issuer": card.issuer,
        "number": card.number,
        "holderId": card.holder_id,
        "name": card.name,
        "issuedS": _seconds(card.issued_at),
        "notBeforeS": _seconds(card.not_before),
        "expiresS": _seconds(card.expires_at),
        "scheme": _code(proofs.scheme),
        "cardType": _code(proofs.card_type),
        "limits": [_code(limit) for limit in proofs.limits],
        "language": proofs.language,
        "photoDigest": proofs.photo_digest.hex() if proofs.photo_digest else None,
        "standsOn": _beneath(proofs.stands_on) if proofs.stands_on else None,
    }


def _beneath(card: StandsOn) -> dict[str, Any]:
    return {
        "issuer": card.issuer,
        "number": card.number,
        "expiresS": _seconds(card.expires_at),
    }


def _code(code: str | int) -> str | int:
    return f"{code}n" if isinstance(code, int) and code >= _EXACT else code


def _seconds(at: datetime) -> int:
    return int(at.timestamp())
