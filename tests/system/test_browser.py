"""The hub's pages in a real browser: a morning, a drill without the hub, and no barrier."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, expect

from gate.devices.clock import SystemClock
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
from tests.system.planned_gate import NOTHING
from tests.system.watched_gate import WatchedGate

pytestmark = pytest.mark.system

AGAIN_MS: Final = 60_000
"""A phone asks every three seconds; a busy machine is slower to answer."""

LONGER_MS: Final = 11_000
"""Than gate/hub/static/roll-call-worker.js waits for a page."""

ADDRESSES: Final = {
    "light": ("", "people/", "roll-call/", "units/", "visitors/"),
    "dark": ("log/", "rules/", "gatehouse/", "passes/", "report/"),
}
"""A sample; scripts/pages-audit looks at every page of everybody in both themes."""


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> WatchedGate:
    return WatchedGate(tmp_path_factory.mktemp("site") / "gate")


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory, gate: WatchedGate) -> Iterator[ServedHub]:
    served = ServedHub(tmp_path_factory.mktemp("hub"), gate.fill)
    served.serve()
    yield served
    served.stop()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as there:
        yield there


def test_a_manager_s_morning(hub: ServedHub, chromium: Browser) -> None:
    with visitor(chromium, hub) as sam:
        page = sign_in(sam)
        on_site = int(page.locator(".most").inner_text())
        assert on_site > 400
        page.get_by_role("link", name="Entry log").first.click()
        page.get_by_role("searchbox").first.press("/")
        page.keyboard.press("Escape")
        page.goto(f"{SITE}/log/?q=person+12&show=admit")
        expect(page.locator("main")).to_contain_text("Person 12")
        page.locator("main details:has(a[href*='/log/']) summary").first.click()
        page.locator("main details[open] a[href*='/log/']").first.click()
        expect(page.locator("main")).to_contain_text("Receipt")
        page.keyboard.press("r")
        page.wait_for_url("**/roll-call/")
        expect(page.get_by_role("heading", level=1)).to_contain_text(str(on_site))


def test_a_drill_goes_on_while_the_hub_is_gone(hub: ServedHub, chromium: Browser) -> None:
    with visitor(chromium, hub, size=PHONE) as sam:
        page = sign_in(sam)
        page.goto(f"{SITE}/roll-call/")
        page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
        page.get_by_role("button", name="Start a drill").click()
        page.wait_for_url(re.compile(r"/roll-call/[0-9]+/$"))
        page.reload()
        hub.stop()
        try:
            _safe(page, 0)
            _safe(page, 1)
            expect(page.locator("[data-waiting]")).to_contain_text("2 not sent yet")
            page.reload()
            expect(page.locator("#gone")).to_contain_text("2 of your marks wait here")
            expect(page.locator("[data-safe-number]")).to_have_text("2")
        finally:
            hub.serve()
        expect(page.locator("#gone")).to_be_hidden(timeout=AGAIN_MS)
        expect(page.locator("[data-waiting]")).to_have_text("")
        with visitor(chromium, hub, storage_state=sam.storage_state()) as other:
            elsewhere = other.new_page()
            elsewhere.goto(page.url)
            expect(elsewhere.locator("[data-safe-number]")).to_have_text("2")
            elsewhere.get_by_role("button", name="Close this roll call").click()


def test_what_is_sent_may_take_longer_than_a_page_is_waited_for(
    hub: ServedHub, chromium: Browser
) -> None:
    with visitor(chromium, hub) as sam:
        page = sign_in(sam)
        page.goto(f"{SITE}/roll-call/")
        page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
        page.reload()
        page.goto(f"{SITE}/rules/")
        with hub.slow():
            page.get_by_role("button", name="Try").click(no_wait_after=True)
            page.wait_for_timeout(LONGER_MS)
        page.wait_for_url("**/rules/try/")
        expect(page.get_by_role("heading", level=1)).to_have_text("Rules")


def test_a_guard_who_watches_sees_a_scan_and_the_face_though_the_uplink_is_not_due(
    hub: ServedHub, chromium: Browser, gate: WatchedGate
) -> None:
    with ExitStack() as opened, visitor(chromium, hub) as guard:
        gate.join(hub.url, hub.key, opened)
        page = sign_in(guard, "guard")
        page.goto(f"{SITE}/gatehouse/")
        expect(page.locator(".scan.first h2")).to_contain_text("Person")

        gate.sees(SystemClock().now(), iter([(0.1, NOTHING), (0.2, gate.card(7)), (1, NOTHING)]))

        expect(page.locator(".scan.first h2")).to_have_text("Anna Roe", timeout=AGAIN_MS)
        face = page.get_by_alt_text("Photograph of Anna Roe, from the induction").first
        expect(face).to_have_js_property("complete", value=True)
        expect(face).not_to_have_js_property("naturalWidth", value=0)
        expect(page.locator(".scan.first")).to_contain_text("Scaffold Ltd")


def _safe(page: Page, number: int) -> None:
    page.locator("[data-named] button").nth(number).click()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_has_a_barrier_or_scrolls_sideways(
    hub: ServedHub, chromium: Browser, theme: str
) -> None:
    found = []
    with visitor(chromium, hub, bypass_csp=True, color_scheme=theme, size=NARROW) as sam:
        page = sign_in(sam)
        for address in ADDRESSES[theme]:
            page.goto(f"{SITE}/{address}")
            found += [f"{address}: {one}" for one in violations(page)]
            if sideways_px(page) > 0:
                found.append(f"{address}: scrolls sideways by {sideways_px(page)} px")
    assert found == []


def test_a_page_is_walked_by_keyboard_alone(hub: ServedHub, chromium: Browser) -> None:
    with visitor(chromium, hub) as sam:
        page = sign_in(sam)
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("#main")).to_be_focused()
        page.goto(f"{SITE}/log/")
        page.keyboard.press("/")
        expect(page.locator("input[type=search]").first).to_be_focused()
