"""`gate policy explain` names every one of the twenty rules that a site asks for."""

from pathlib import Path

import pytest

from gate.cli.main import gate, run
from tests.access.rule_table import BASE

MONDAY_7AM = "2026-11-23T07:00:00Z"
ALL = """
[[work]]
name = "electrical"
occupations = ["electrician"]
[[area]]
name = "site"
scheme = "ecs-jib"
types = "any"
[[endorsement]]
area = "site"
any_of = ["high"]
[[barred]]
area = "site"
scheme = "ecs-jib"
types = ["labourer"]
[[limit]]
area = "site"
limits = ["provisional"]
[supervision]
mode = "note"
[young]
mode = "note"
[health_safety]
mode = "note"
[induction]
mode = "note"
version = 2
[rams]
mode = "note"
[site_supervisor]
mode = "note"
[first_aid]
mode = "note"
[[occupancy]]
most = 10
[rest]
mode = "note"
[working_week]
mode = "note"
[passback]
mode = "note"
[search]
percent = 5
[visitors]
mode = "note"
"""
NAMES = {
    2: ("expiring soon",),
    3: ("list freshness", "blocked persons"),
    4: ("accepted cards", "site pass"),
    5: ("withdrawn card types",),
    6: ("declared work",),
    7: ("area endorsement",),
    8: ("barred from the area", "card limits"),
    9: ("supervised cards",),
    10: ("under 18",),
    11: ("health and safety evidence",),
    12: ("induction", "induction period"),
    13: ("method statement",),
    14: ("site supervisor",),
    15: ("first aiders",),
    16: ("occupancy",),
    17: ("rest between shifts", "weekly hours"),
    18: ("anti-passback",),
    19: ("random search",),
    20: ("escort",),
}
"""By their numbers in the list of twenty; the first is the card check, which comes before rules."""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("explained")
    (path / "policy.toml").write_text(BASE + ALL)
    out = path / "card.txt"
    desk = str(path / "desk")
    card = ("--number", "10000001", "--name", "Anna Smith", "--type", "installation-electrician")
    issued = ("--issued-at", "2026-11-20T09:00:00Z", "--out", str(out))
    assert run(gate, ["trust", "new", desk, "--scheme", "ecs-jib"]) == 0
    assert run(gate, ["card", "issue", "--trust", desk, *card, *issued]) == 0
    return str(path)


@pytest.mark.parametrize("number", sorted(NAMES))
def test_each_rule_is_explained_by_its_name(
    told: str, number: int, capfd: pytest.CaptureFixture[str]
) -> None:
    path = Path(told)
    text = (path / "card.txt").read_text().strip()
    by = ("--policy", str(path / "policy.toml"), "--trust", str(path / "desk"))
    run(gate, ["policy", "explain", *by, "--at", MONDAY_7AM, text])
    out = capfd.readouterr().out
    assert all(name in out for name in NAMES[number]), out
