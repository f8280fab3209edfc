"""A unit whose clock is wrong asks once more by the hub's, and believes nothing else of it."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from gate.errors import UplinkError
from gate.events.batch import unit_uid
from gate.sim.issuer import NOW, seeded_key
from gate.trust.unit_token import open_request
from gate.uplink.fetch import Fetched
from gate.uplink.hub_files import HubFiles

UNIT = seeded_key("unit")
UID = unit_uid(UNIT.verifying_key)
PATH = f"/api/units/{UID}/manifest"
CLOCK = b'{"code":"clock","now_s":%d}' % int(NOW.timestamp())


class Answers:
    """Answers in turn, and remembers the tokens."""

    def __init__(self, *answers: Fetched) -> None:
        self.tokens: list[str] = []
        self._answers = list(answers)

    def get(self, url: str, **asked: Any) -> Fetched:  # noqa: ANN401 - what a fetcher takes
        assert url == PATH
        self.tokens.append(asked["headers"]["Authorization"])
        return self._answers.pop(0)


def files(answers: Answers, at: datetime) -> HubFiles:
    return HubFiles(answers, url="", uid=UID, key=UNIT, now=lambda: at)


def test_it_asks_once_more_by_the_hub_s_time() -> None:
    answers = Answers(Fetched(status=401, body=CLOCK), Fetched(status=200, body=b"it"))
    in_2020 = NOW - timedelta(days=2000)

    assert files(answers, in_2020).of_unit("manifest", 100, 1.0) == b"it"
    assert open_request(answers.tokens[1], UNIT.verifying_key, PATH, NOW) == UID


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        pytest.param([Fetched(status=401, body=CLOCK)] * 2, "told us itself", id="twice"),
        pytest.param([Fetched(status=401, body=b"{}")], "401", id="no time"),
        pytest.param([Fetched(status=401, body=b'{"code":"clock","now_s":-1}')], "401", id="1969"),
        pytest.param([Fetched(status=401, body=b"[" * 9999)], "401", id="nested"),
        pytest.param([Fetched(status=429, body=b"")], "429", id="too many"),
    ],
)
def test_whatever_else_it_says_is_no_file(answers: list[Fetched], why: str) -> None:
    with pytest.raises(UplinkError, match=why):
        files(Answers(*answers), NOW).of_unit("manifest", 100, 1.0)


def test_where_nobody_wants_to_know_who_asks_there_is_no_token() -> None:
    class Plain(Answers):
        def get(self, url: str, **asked: Any) -> Fetched:  # noqa: ANN401 - as above
            assert url == "/api/units//manifest"
            assert asked["headers"] == {}
            return Fetched(status=200, body=b"it")

    asked = HubFiles(Plain(), url="", uid="", key=None, now=lambda: NOW)
    assert asked.of_unit("manifest", 100, 1.0) == b"it"


def test_a_hub_that_has_none_is_no_error() -> None:
    assert files(Answers(Fetched(status=404, body=b"")), NOW).of_unit("manifest", 100, 1.0) is None
