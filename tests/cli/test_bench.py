import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from gate.bench.rows import BenchRow, Limit
from gate.cli.bench import bench, show_rows

ROWS = [
    BenchRow(name="a hit", value=2.5, floor=2.0, unit="ms", runs=9, floor_is="bare"),
    BenchRow(name="wrong", value=0, floor=0, unit="pictures", runs=179, floor_is="bare"),
]


def test_in_json_a_measurement_is_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    show_rows("read", ROWS, as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert told == {"bench": "read", "rows": [row.as_json() for row in ROWS]}


def test_for_people_it_is_a_table_of_80_columns(capsys: pytest.CaptureFixture[str]) -> None:
    show_rows("read", ROWS, as_json=False)
    title, heading, hit, wrong, floor = capsys.readouterr().out.splitlines()
    assert title.strip() == "gate bench read"
    assert heading.split() == ["what", "median", "floor", "ratio", "unit", "runs"]
    assert hit.split() == ["a", "hit", "2.5", "2", "1.25", "ms", "9"]
    assert wrong.split() == ["wrong", "0", "0", "-", "pictures", "179"]
    assert floor == "floor: bare"
    assert max(map(len, (title, heading, hit, wrong))) <= 80


@pytest.mark.parametrize("as_json", [True, False])
@pytest.mark.parametrize(
    ("unit", "value", "fails"),
    [
        ("bytes", 1001, True),
        ("requests", 1001, True),
        ("bytes", 1000, False),
        ("CPU ms", 1001, False),
        ("us a card", 1001, False),
    ],
)
def test_only_what_is_counted_and_passes_its_limit_ends_a_bench_with_1(
    capsys: pytest.CaptureFixture[str], unit: str, value: int, *, fails: bool, as_json: bool
) -> None:
    row = BenchRow(
        name="a poll", value=value, floor=1, unit=unit, runs=1, floor_is="", limit=Limit(most=1000)
    )
    if fails:
        with pytest.raises(click.exceptions.Exit) as ended:
            show_rows("sync", [row], as_json=as_json)
        assert ended.value.exit_code == 1
    else:
        show_rows("sync", [row], as_json=as_json)
    assert "a poll" in capsys.readouterr().out


def test_the_help_says_what_ends_a_bench_with_1() -> None:
    said = " ".join(CliRunner().invoke(bench, ["--help"]).stdout.split())
    assert "Exit code 1 if a row counted in bytes or requests FAILS its limit." in said


@pytest.mark.parametrize("name", ["read", "verify", "scan", "rules"])
def test_every_bench_has_help_with_an_example(name: str) -> None:
    ended = CliRunner().invoke(bench, [name, "--help"])
    assert ended.exit_code == 0
    assert f"Example: gate bench {name} " in ended.stdout


def test_a_folder_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    ended = CliRunner().invoke(bench, ["read", "--photos", str(tmp_path / "gone")])
    assert ended.exit_code == 2
    assert "gone" in ended.stderr
