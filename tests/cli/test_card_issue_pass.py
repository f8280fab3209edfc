"""`gate card issue` for a site's pass: what it asks for, before any hub is looked at."""

from typing import Final

import pytest
from click.testing import CliRunner, Result

from gate.cli.main import gate

TYPED: Final = (
    *("--hub", "nowhere/hub.toml", "--site", "riverside"),
    *("--stands-on", "cscs:12345678:2028-05-31", "--checked-by", "Ann"),
)
CODE: Final = (*TYPED[:5], "CC1:ABC", *TYPED[6:])
HOLDER: Final = ("--name", "Jane Example", "--type", "labourer")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(gate, ("card", "issue", *arguments))


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (TYPED[:2], "Missing option '--site'"),
        (TYPED[:4], "Missing option '--stands-on'"),
        (TYPED[:6], "Missing option '--checked-by'"),
        (TYPED, "Missing option '--name'"),
        ((*TYPED, "--name", "Jane"), "Missing option '--type'"),
        ((*TYPED, *HOLDER, "--number", "1"), "--number: the hub says that of a pass"),
        ((*TYPED, *HOLDER, "--trust", "desk"), "--trust: the hub says that of a pass"),
        ((*TYPED, *HOLDER, "--scheme", "cscs"), "--scheme: the hub says that of a pass"),
        ((*TYPED, *HOLDER, "--expires", "2028-01-01"), "--expires: the hub says that of a pass"),
        ((*CODE, "--name", "Jane"), "--name: that is taken from the card's code"),
        ((*CODE, "--type", "labourer"), "--type: that is taken from the card's code"),
        ((*CODE, "--limit", "supervised"), "--limit: that is taken from the card's code"),
        (("--trust", "desk", "--site", "riverside"), "--site is for a site's pass"),
        (("--trust", "desk", "--stands-on", "x"), "--stands-on is for a site's pass"),
        (("--trust", "desk", "--checked-by", "x"), "--checked-by is for a site's pass"),
        (("--trust", "desk", "--company", "x"), "--company is for a site's pass"),
        (("--trust", "desk", "--until", "2028-01-01"), "--until is for a site's pass"),
        ((), "Missing option '--trust'"),
        (("--trust", "desk"), "Missing option '--number'"),
        (("--trust", "desk", "--number", "1"), "Missing option '--name'"),
        (("--trust", "desk", "--number", "1", "--name", "J"), "Missing option '--type'"),
    ],
)
def test_what_is_missing_or_does_not_belong_is_named(arguments: tuple[str, ...], told: str) -> None:
    done = run(*arguments)

    assert done.exit_code == 2
    assert told in done.output


@pytest.mark.parametrize(
    "arguments",
    [(*TYPED, *HOLDER), (*TYPED, *HOLDER, "--language", "pl"), (*CODE, "--language", "pl")],
    ids=["written", "with a language", "a code, and another language than it says"],
)
def test_a_hub_that_is_not_there_is_named(arguments: tuple[str, ...]) -> None:
    done = run(*arguments)

    assert "nowhere/hub.toml: can't be read" in str(done.exception)
