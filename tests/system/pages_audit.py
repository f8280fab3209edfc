"""Every page of a hub, for everybody who has a part in it, looked at for barriers.

Run by hand (`scripts/pages-audit`), for it takes minutes; the suite looks at a few pages. Pages are
found by following links, so that a new one is looked at too. Each is held to axe-core's rules of
WCAG 2.2 AA in both themes, on a desk and on a phone, with every detail open; to 320 px without
scrolling sideways; and is walked by the Tab key alone. With a directory, pictures are left there.
"""

import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page

from tests.system.browsed import (
    NARROW,
    PASSWORD,
    PHONE,
    WIDE,
    ServedHub,
    browser,
    sideways_px,
    violations,
    visitor,
)

WHO: Final = ("", "sam", "new", "guard", "con", "clerk", "root")
"""Nobody, the site's manager, one of a site where nothing was done yet but a drill opened, a guard,
a contractor, somebody at a desk, whoever runs it."""

ADD: Final = f"""
from gate.hub.desk.making import create_desk
from gate.hub.desk.models import Clerk
add_user(name="con", password="{PASSWORD}", roles={{"bench": Role.CONTRACTOR}})
add_user(name="root", password="{PASSWORD}", roles={{}}, is_admin=True)
clerk = add_user(name="clerk", password="{PASSWORD}", roles={{}})
desk = create_desk(slug="ecs", iss="ecs", schemes=frozenset({{"ecs-jib"}}), capacity=1000,
                   now=timezone.now())
Clerk.objects.create(desk=desk, user=clerk)
from django.contrib.auth.models import User
from gate.hub.rollcall.calls import begin, say
from gate.hub.rollcall.models import Kind, Said
from gate.hub.sites.models import Site
from gate.hub.sites.services import add_site
add_site(slug="yard", name="Yard", time_zone="Europe/London", organisation="Bench")
new = add_user(name="new", password="{PASSWORD}", roles={{"yard": Role.MANAGER}})
begin(Site.objects.get(slug="yard"), new, Kind.DRILL, timezone.now())
sam = User.objects.get(username="sam")
over = begin(Site.objects.get(slug="bench"), sam, Kind.DRILL, timezone.now())
say(over, sam, Said.ALL_CLEAR, "Sam Roe", timezone.now())
say(over, sam, Said.CLOSED, "", timezone.now())
"""
OPEN: Final = ("/sign-in/", "/password/forgotten/", "/trust/", "/nowhere/")
"""Where nobody has to sign in."""

MOST_PAGES: Final = 80
"""Of one person; links go on for ever only by a fault."""

MOST_TABS: Final = 400
MOST_PARTS: Final = 5
"""A date is one field with a day, a month, a year and a calendar; what keeps the key is a trap."""

_WAIT_MS: Final = 120_000
_FILE: Final = re.compile(r"\.(?:csv|xlsx|pdf|png|jpg|svg|crt|zip)$")
_NUMBER: Final = re.compile(r"(?<=/)(?:[0-9]+|[0-9a-f]{16,})(?=/)")
_LINKS: Final = (
    "() => [...document.querySelectorAll('main a[href], header a[href]')].map(a => a.href)"
)
_OPENED: Final = "() => document.querySelectorAll('main details').forEach(d => { d.open = true; })"
_STOPS: Final = """() => {
  const found = [...document.querySelectorAll('a[href], button, input, select, textarea, summary')];
  const groups = new Set();
  return found.filter((one) => {
    if (one.disabled || one.tabIndex < 0 || one.type === 'hidden') return false;
    if (!one.checkVisibility({visibilityProperty: true})) return false;
    if (one.type !== 'radio') return true;
    const isFirst = !groups.has(one.name);
    groups.add(one.name);
    return isFirst;
  }).length;
}"""
_HERE: Final = """() => {
  const here = document.activeElement;
  if (here === null || here === document.body) return null;
  document.__seen = document.__seen ?? new Set();
  const isNew = !document.__seen.has(here);
  const isStill = document.__last === here;
  document.__last = here;
  document.__seen.add(here);
  const box = here.getBoundingClientRect();
  const style = getComputedStyle(here);
  const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  const covered = top !== null && !here.contains(top) && !top.contains(here);
  const ring = style.outlineStyle !== 'none';
  return { isNew, isStill, covered, ring, what: here.outerHTML.slice(0, 90) };
}"""


def audit(pictures: Path | None, who: Sequence[str]) -> Iterator[str]:
    """Yield every barrier as it is found, and say meanwhile what is looked at."""
    with TemporaryDirectory() as directory, browser() as chromium:
        hub = ServedHub(Path(directory), ADD)
        hub.serve()
        try:
            for name in who:
                pages = _pages(chromium, hub, name)
                sys.stderr.write(f"{name or 'nobody'}: {len(pages)} pages\n")
                yield from _looked_at(chromium, hub, name, pages, pictures)
                yield from _walked(chromium, hub, name, pages)
        finally:
            hub.stop()


def _pages(chromium: Browser, hub: ServedHub, name: str) -> list[str]:
    """Follow every link from the first page on; of pages that differ by a number, one counts."""
    if not name:
        return list(OPEN)
    there: dict[str, str] = {}
    waiting = ["/", "/second-factor/"]
    with visitor(chromium, hub) as context:
        page = _entered(context, name)
        while waiting and len(there) < MOST_PAGES:
            address = waiting.pop(0)
            kind = _NUMBER.sub("N", address)
            if kind in there:
                continue
            page.goto(address)
            there[kind] = address
            for link in page.evaluate(_LINKS):
                parts = urlsplit(link)
                if link.startswith(hub.url) and not _FILE.search(parts.path):
                    waiting.append(parts.path)
    return list(there.values())


def _looked_at(
    chromium: Browser, hub: ServedHub, name: str, pages: list[str], pictures: Path | None
) -> Iterator[str]:
    for theme in ("light", "dark"):
        for size in (WIDE, PHONE, NARROW):
            with visitor(chromium, hub, size=size, bypass_csp=True, color_scheme=theme) as context:
                page = _entered(context, name)
                for address in pages:
                    page.goto(address)
                    where = f"{name or 'nobody'} {theme} {size['width']} {address}"
                    if sideways_px(page) > 0:
                        yield f"{where}: scrolls sideways by {sideways_px(page)} px"
                    if size is NARROW:
                        continue
                    if pictures is not None:
                        _picture(page, pictures, where)
                    page.evaluate(_OPENED)
                    yield from (f"{where}: {one}" for one in violations(page))


def _walked(chromium: Browser, hub: ServedHub, name: str, pages: list[str]) -> Iterator[str]:
    """Go through each page by Tab; all that can be used must be come to, seen, and not covered."""
    with visitor(chromium, hub) as context:
        page = _entered(context, name)
        for address in pages:
            page.goto(address)
            stops, come_to, still = page.evaluate(_STOPS), 0, 0
            while come_to < min(stops, MOST_TABS):
                page.keyboard.press("Tab")
                here = page.evaluate(_HERE)
                still = still + 1 if here is not None and here["isStill"] else 0
                if 0 < still < MOST_PARTS:
                    continue
                if here is None or not here["isNew"]:
                    break
                come_to += 1
                if not here["ring"] or here["covered"]:
                    fault = "no ring" if not here["ring"] else "covered"
                    yield f"{name or 'nobody'} {address}: {fault} at {here['what']}"
            if come_to < min(stops, MOST_TABS):
                yield f"{name or 'nobody'} {address}: Tab came to {come_to} of {stops}"


def _entered(context: BrowserContext, name: str) -> Page:
    context.set_default_timeout(_WAIT_MS)
    page = context.new_page()
    if name:
        page.goto("/sign-in/")
        page.get_by_label("Name").fill(name)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.locator("form[action$='/sign-out/']").first.wait_for(state="attached")
    return page


def _picture(page: Page, pictures: Path, where: str) -> None:
    pictures.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"[^a-z0-9]+", "-", where.lower()).strip("-")
    page.screenshot(path=pictures / f"{name}.png", full_page=True)


if __name__ == "__main__":
    number = 0
    for told in audit(Path(sys.argv[1]) if len(sys.argv) > 1 else None, sys.argv[2:] or WHO):
        sys.stdout.write(f"{told}\n")
        sys.stdout.flush()
        number += 1
    sys.stderr.write(f"{number} barriers\n")
    sys.exit(bool(number))
