"""A phone checks cards by its camera: with the hub, without it, and what becomes of the checks."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
import segno
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from gate.errors import Reason
from gate.events.plain_words import explanation, headline
from tests.system.browsed import (
    NARROW,
    PHONE,
    SITE,
    ServedHub,
    browser,
    sideways_px,
    sign_in,
    violations,
    visitor,
)

pytestmark = pytest.mark.system

AGAIN_MS: Final = 60_000
FRAME: Final = (640, 480)
FILL: Final = """
from datetime import date, timedelta
from gate.hub.manifest.authors import Author
from gate.hub.people.facts import Facts
from gate.hub.people.frames import key_of
from gate.hub.people.giving import give_passes, replace_lost
from gate.hub.people.inducting import Session, induct
from gate.hub.people.models import Checked
from gate.hub.people.photos import portrait
from gate.hub.people.register import Newcomer, add_people
from gate.hub.sites.models import Site
bench, folder, now = Site.objects.get(slug="bench"), Path({folder!r}), timezone.now()
by, key = Author(name="Sam"), key_of(bench)
newcomers = [
    Newcomer(facts=Facts(name=name, company="Scaffold Ltd", scheme="cscs", number=number,
                         card_type="labourer", last_day=date(2099, 1, 1)),
             issuer="cscs", photo=portrait((folder / "face.jpg").read_bytes()))
    for name, number in (("Anna Roe", "7"), ("Ben Poe", "8"))
]
anna, ben = add_people(bench, key, newcomers, now)
session = Session(edition=1, last_day=now.date() + timedelta(days=300), checked=Checked.EYE,
                  checked_by="Sam")
induct(bench, [anna, ben], session, by=by, now=now)
good, lost = give_passes(bench, key, [anna, ben], by=by, now=now)
(folder / "good.txt").write_text(good.one.text)
(folder / "lost.txt").write_text(lost.one.text)
replace_lost(ben, key, reason="Lost on the tram", by=by, now=now)
"""


@dataclass(frozen=True, slots=True)
class Checking:
    """A served hub, two passes as pictures, and a browser whose camera sees the good one."""

    hub: ServedHub
    chromium: Browser
    folder: Path

    def picture(self, name: str) -> Path:
        path = self.folder / f"{name}.png"
        _seen((self.folder / f"{name}.txt").read_text()).save(path)
        return path


@pytest.fixture(scope="module")
def checking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checking]:
    folder = tmp_path_factory.mktemp("hub")
    Image.effect_noise((420, 540), 60).convert("RGB").save(folder / "face.jpg")
    hub = ServedHub(folder, FILL.format(folder=str(folder)))
    seen = folder / "camera.y4m"
    seen.write_bytes(_y4m(_seen((folder / "good.txt").read_text())))
    camera = (
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={seen}",
    )
    hub.serve()
    with browser(*camera) as chromium:
        yield Checking(hub, chromium, folder)
    hub.stop()


def _seen(text: str) -> Image.Image:
    """Return what a camera sees of a code that is held to it."""
    code = Image.new("L", FRAME, 120)
    png = BytesIO()
    segno.make_qr(text, error="m").save(png, kind="png", scale=4, border=4)
    drawn = Image.open(png).convert("L")
    code.paste(drawn, ((FRAME[0] - drawn.width) // 2, (FRAME[1] - drawn.height) // 2))
    return code


def _y4m(frame: Image.Image) -> bytes:
    """Return a film of this one frame (YUV4MPEG2, 4:2:0), which a browser plays again and again."""
    width, height = frame.size
    grey = np.full(width * height // 2, 128, np.uint8).tobytes()
    luma = (16 + np.asarray(frame, np.float32) * 219 / 255).astype(np.uint8).tobytes()
    head = f"YUV4MPEG2 W{width} H{height} F10:1 Ip A1:1 C420mpeg2\n".encode()
    return head + (b"FRAME\n" + luma + grey) * 4


def _open(context: BrowserContext, name: str = "guard") -> Page:
    page = sign_in(context, name)
    page.goto(f"{SITE}/check/")
    page.locator("#check[data-ready]").wait_for()
    return page


def _verdict(page: Page) -> str:
    page.locator("#verdict[open]").wait_for(timeout=AGAIN_MS)
    return page.locator("#verdict h2").inner_text()


def test_a_guard_checks_a_pass_by_the_camera_and_the_hub_says_the_same(checking: Checking) -> None:
    with visitor(checking.chromium, checking.hub, size=PHONE) as phone:
        page = _open(phone)
        page.get_by_role("button", name="Start the camera").click()
        assert _verdict(page) == "Good card"
        verdict = page.locator("#verdict")
        expect(verdict).to_contain_text("Anna Roe")
        expect(verdict).to_contain_text("Scaffold Ltd")
        expect(verdict).to_contain_text("Inducted here until")
        expect(verdict).to_contain_text("by the hub alike", timeout=AGAIN_MS)
        face = verdict.get_by_role("img", name="Photograph of Anna Roe")
        expect(face).to_be_visible()
        assert face.evaluate("one => one.complete && one.naturalWidth") == 420
        page.get_by_role("button", name="Close").click()
        page.reload()
        expect(page.locator("main")).to_contain_text("Anna Roe")


def test_a_lost_pass_is_refused_from_a_picture_of_it(checking: Checking) -> None:
    with visitor(checking.chromium, checking.hub) as desk:
        page = _open(desk, "sam")
        page.locator("#picture").set_input_files(checking.picture("lost"))
        assert _verdict(page) == "Pass cancelled"
        expect(page.locator("#verdict")).to_contain_text("Ben Poe")
        expect(page.locator("#verdict")).to_contain_text("by the hub alike", timeout=AGAIN_MS)


def test_a_picture_without_a_code_and_a_file_that_is_none_are_told(checking: Checking) -> None:
    empty = checking.folder / "empty.png"
    Image.new("L", FRAME, 120).save(empty)
    words = checking.folder / "good.txt"
    with visitor(checking.chromium, checking.hub) as desk:
        page = _open(desk, "sam")
        page.locator("#picture").set_input_files(empty)
        expect(page.get_by_role("alert")).to_contain_text("empty.png: no code was found")
        page.locator("#picture").set_input_files(words)
        expect(page.get_by_role("alert")).to_contain_text("good.txt: no picture")


def test_with_the_hub_gone_a_phone_goes_on_and_sends_what_it_checked(checking: Checking) -> None:
    with visitor(checking.chromium, checking.hub, size=PHONE) as phone:
        page = _open(phone)
        page.locator("#check[data-kept]").wait_for(timeout=AGAIN_MS)
        checking.hub.stop()
        try:
            page.reload()
            page.locator("#check[data-ready]").wait_for(timeout=AGAIN_MS)
            page.locator("#picture").set_input_files(checking.picture("lost"))
            assert _verdict(page) == "Pass cancelled"
            page.get_by_role("button", name="Close").click()
            page.get_by_role("button", name="Start the camera").click()
            assert _verdict(page) == "Good card"
            verdict = page.locator("#verdict")
            expect(verdict).to_contain_text("The hub does not answer", timeout=AGAIN_MS)
            expect(verdict.get_by_role("img", name="Photograph of Anna Roe")).to_be_visible()
            page.get_by_role("button", name="Close").click()
            expect(page.locator("#waiting")).to_contain_text("2 checks wait here")
        finally:
            checking.hub.serve()
        page.reload()
        expect(page.locator("#waiting")).to_be_empty(timeout=AGAIN_MS)
        page.locator("#check[data-ready]").wait_for(timeout=AGAIN_MS)
        page.reload()
        assert page.get_by_text("Ben Poe").count() >= 1


def test_two_cards_in_one_picture_are_neither(checking: Checking) -> None:
    both = checking.folder / "both.png"
    pictures = [Image.open(checking.picture(name)) for name in ("good", "lost")]
    Image.fromarray(np.hstack([np.asarray(one) for one in pictures])).save(both)
    with visitor(checking.chromium, checking.hub) as desk:
        page = _open(desk, "sam")
        page.locator("#picture").set_input_files(both)
        assert _verdict(page) == "One card at a time"
        expect(page.locator("#verdict")).to_contain_text("Nothing was kept of it")


GOOD: Final[dict[str, Any]] = {"reasons": [], "card": {"issuer": "cscs"}, "blocked": False}
INDUCTED: Final[dict[str, Any]] = {"tone": "admit", "words": "Inducted here until 1 Jan 2030"}
PASS: Final = {"issuer": "site:bench"}
VERDICTS: Final[list[tuple[dict[str, Any], str, str]]] = [
    ({"person": INDUCTED}, "admit", "Good card"),
    ({"person": None}, "note", "Good card, not known here"),
    ({"person": INDUCTED | {"tone": "note"}}, "note", "Good card"),
    ({"person": INDUCTED | {"tone": "refuse"}}, "refuse", "Blocked at this site"),
    ({"person": None, "blocked": True}, "refuse", "Blocked at this site"),
    ({"person": INDUCTED, "reasons": ["status_unknown"]}, "note", "Genuine, but perhaps cancelled"),
    (
        {"person": INDUCTED, "reasons": ["status_unknown"], "blocked": True},
        "refuse",
        "Blocked at this site",
    ),
    ({"person": INDUCTED, "reasons": ["expired", "revoked"]}, "refuse", "Card expired"),
    ({"person": INDUCTED, "reasons": ["status_unknown", "expired"]}, "refuse", "Card expired"),
    ({"person": INDUCTED, "reasons": ["revoked"], "card": PASS}, "refuse", "Pass cancelled"),
    ({"person": None, "card": None, "reasons": ["web_code"]}, "refuse", "Web code, not a card"),
]


def test_what_stands_against_a_card_outweighs_what_is_good_of_it(checking: Checking) -> None:
    words = {one.value: [headline(one), explanation(one)] for one in Reason}
    with visitor(checking.chromium, checking.hub) as desk:
        said = _open(desk, "sam").evaluate(
            """async ([cases, words]) => {
              const { verdictOf } = await import("/static/check/shown.js");
              return cases.map((one) => verdictOf(one, words));
            }""",
            [[GOOD | case for case, _, _ in VERDICTS], words],
        )
    assert [(one["tone"], one["headline"]) for one in said] == [row[1:] for row in VERDICTS]


def test_checking_has_no_barrier_and_the_narrowest_screen_holds_it(checking: Checking) -> None:
    with visitor(checking.chromium, checking.hub, size=NARROW, color_scheme="dark") as phone:
        page = _open(phone)
        assert violations(page) == []
        page.locator("#picture").set_input_files(checking.picture("good"))
        assert _verdict(page) == "Good card"
        expect(page.locator("#verdict")).to_contain_text("by the hub alike", timeout=AGAIN_MS)
        assert violations(page) == []
        assert sideways_px(page) == 0
        page.keyboard.press("Escape")
        expect(page.locator("#verdict")).to_be_hidden()
