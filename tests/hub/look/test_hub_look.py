"""What every page of the hub has: how much a browser fetches at first, and whose files they are."""

import gzip
import hashlib
import re
import shutil
from pathlib import Path
from typing import Final

import pytest
from django.contrib.staticfiles import finders
from django.core.files.storage import FileSystemStorage
from django.test import Client

from gate.hub import settings as hub_settings
from gate.hub.alarms.pages import Page, Pages
from gate.hub.static_files import NamedByContent

FIRST_LOAD_BYTES: Final = 180_000
"""What a first visit may fetch, compressed and with its fonts: a second on a weak 4G link."""

STATIC: Final = Path(hub_settings.__file__).parent / "static"
_ADDRESS: Final = re.compile(rb'(?:href|src)="/static/([^"#]+)')
_WITHIN: Final = re.compile(rb"url\(([^)]+)\)")


def _file(name: str) -> Path:
    found = finders.find(name)
    assert isinstance(found, str), name
    return Path(found)


def _weight(path: Path) -> int:
    data = path.read_bytes()
    return len(data) if path.suffix == ".woff2" else len(gzip.compress(data, 9))


def _fetched(page: bytes) -> set[Path]:
    """Return each file a page names, and each that a style sheet of those names."""
    named = {_file(name.decode()) for name in _ADDRESS.findall(page)}
    for sheet in [path for path in named if path.suffix == ".css"]:
        named |= {sheet.parent / url.decode() for url in _WITHIN.findall(sheet.read_bytes())}
    return named


def weight_of(client: Client, address: str) -> int:
    """Return the bytes of a first visit: the page, and every file it or its styles may ask for."""
    page = client.get(address)
    assert page.status_code == 200
    return len(gzip.compress(page.content)) + sum(map(_weight, _fetched(page.content)))


@pytest.mark.parametrize("name", ["", "log/", "report/", "gates/", "alarms/", "rules/", "people/"])
def test_a_first_visit_is_light(manager: Client, name: str) -> None:
    assert 100_000 < weight_of(manager, f"/sites/kings-wharf/{name}") <= FIRST_LOAD_BYTES


def test_htmx_is_the_file_that_was_published() -> None:
    written = (STATIC / "vendored/README.md").read_text()
    file = hashlib.sha256((STATIC / "vendored/htmx/htmx.min.js").read_bytes()).hexdigest()
    assert f"of the file `{file}`" in written


@pytest.mark.parametrize("name", ["reader.js", "zxing_reader.wasm"])
def test_the_decoder_is_the_one_that_was_published(name: str) -> None:
    written = (STATIC / "vendored/README.md").read_text()
    file = hashlib.sha256((STATIC / "vendored/zxing" / name).read_bytes()).hexdigest()
    assert f"`{name}` `{file}`" in written


def test_each_vendored_part_has_its_licence() -> None:
    parts = [path for path in (STATIC / "vendored").iterdir() if path.is_dir()]
    licences = {part.name: {"LICENSE", "OFL.txt"} & set(_names(part)) for part in parts}
    assert licences == {"htmx": {"LICENSE"}, "inter": {"OFL.txt"}, "zxing": {"LICENSE"}}


def _names(part: Path) -> list[str]:
    return [path.name for path in part.iterdir()]


def test_htmx_is_told_to_evaluate_nothing(manager: Client) -> None:
    page = manager.get("/sites/kings-wharf/log/").content.decode()
    assert '"allowEval": false' in page
    assert '"includeIndicatorStyles": false' in page


def test_nothing_of_ours_comes_from_elsewhere() -> None:
    ours = [path for path in STATIC.rglob("*") if path.suffix in {".css", ".js"}]
    for path in ours:
        if "vendored" not in path.parts:
            assert not re.search(r"""https?://\w|["'(]//""", path.read_text()), path.name


def test_a_page_is_under_more_or_beside_it() -> None:
    first = Page(words="Today", address="/a", is_here=True, icon="today")
    other = Page(words="Rules", address="/b", is_here=False, is_first=False)
    pages = Pages(every=(first, other), may_call_roll=True)
    assert list(pages) == [first, other]
    assert (pages.rest, pages.tabs, pages.beside_tabs) == ((other,), (first,), (other,))


def test_a_module_imports_others_by_their_content(tmp_path: Path) -> None:
    storage = NamedByContent(location=str(tmp_path))
    modules = [path for folder in ("card", "check") for path in (STATIC / folder).glob("*.js")]
    names = [path.relative_to(STATIC).as_posix() for path in modules]
    for name, path in zip(names, modules, strict=True):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(path, tmp_path / name)
    own = FileSystemStorage(str(STATIC))
    list(storage.post_process({name: (own, name) for name in names}))
    text = (tmp_path / storage.stored_name("check/check.js")).read_text()
    imported = re.findall(r'from "([^"]+)"', text)
    assert len(imported) == 4
    assert all(re.search(r"\.[0-9a-f]{12}\.js$", one) for one in imported), imported
