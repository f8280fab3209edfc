"""A unit, and a manager in front of its page."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.status.status_unit import Browser, StatusUnit


@pytest.fixture
def unit(tmp_path: Path) -> Iterator[StatusUnit]:
    made = StatusUnit(tmp_path)
    yield made
    made.journal.close()


@pytest.fixture
def manager(unit: StatusUnit) -> Browser:
    """Somebody signed in who may see everything."""
    unit.told()
    browser = unit.browser()
    browser.signs_in("manager")
    return browser
