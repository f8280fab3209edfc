"""What holds for every test: how hypothesis searches, what may be skipped, and --hardware.

With CI=true a test that is skipped or expected to fail is a failure, unless its reason starts with
`no device: ` and so names the thing that is not on this machine.
"""

import os
from collections.abc import Generator, Iterator
from typing import Final, TypeVar

import pytest
from hypothesis import HealthCheck, settings

from tests.attack_table import Refusal, attack_of

# As `gate` starts: several threads for small matrices take up to ten times as long.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

_Report = TypeVar("_Report", pytest.TestReport, pytest.CollectReport)
ALLOWED_REASON: Final = "no device: "

# No test depends on the speed of the machine; in CI the same examples are tried each time.
settings.register_profile(
    "gate",
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("gate")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let an installer ask for the tests that move real hardware."""
    parser.addoption("--hardware", action="store_true", help="move the real relays and lights")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin the longest first: what comes last should be short, or one processor waits for it."""
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    if item.get_closest_marker("long"):
        return 0
    return 1 if item.get_closest_marker("system") else 2


@pytest.fixture
def refusal(request: pytest.FixtureRequest) -> Iterator[Refusal]:
    """The words of the attack that the test tries; it must hold what is said against them."""
    words = Refusal(attack_of(request))
    yield words
    assert words.was_heard, "nothing was held against the words of the attack"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skip or an expected failure without its device into a failure."""
    return _judged((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Turn a skipped module into an error, likewise."""
    return _judged((yield))


def _judged(report: _Report) -> _Report:
    if os.environ.get("CI") != "true" or not report.skipped:
        return report
    reason = _reason(report)
    if not reason.startswith(ALLOWED_REASON):
        report.outcome = "failed"
        vars(report).pop("wasxfail", None)  # or pytest shows the failure and still ends with 0
        report.longrepr = f"skipped or expected to fail without naming a missing device: {reason}"
    return report


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    expected: str | None = getattr(report, "wasxfail", None)
    if expected is not None:
        return expected.removeprefix("reason: ")
    if isinstance(report.longrepr, tuple):
        return report.longrepr[2].removeprefix("Skipped: ")
    return str(report.longrepr)
