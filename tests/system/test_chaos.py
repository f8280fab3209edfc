"""A short campaign on each database: what `scripts/chaos` does with fifty seeds and a million."""

import json

import pytest

from gate.bench.chaos.__main__ import chaos

pytestmark = pytest.mark.system

ENTRIES = 1500


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_nothing_is_lost_doubled_or_changed(
    database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--seeds", "1", "--entries", str(ENTRIES), "--database", database, "--json"]

    code = chaos.main(arguments, standalone_mode=False)

    told = json.loads(capsys.readouterr().out)
    assert code == 0, told
    (row,) = told["rows"]
    assert row["faults"] == []
    assert (row["lost"], row["doubled"], row["changed"]) == (0, 0, 0)
    assert row["entries"] > ENTRIES
    assert row["wire"] > 0
