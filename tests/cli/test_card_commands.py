"""`gate card` and `gate trust` as a person or a program types them."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from gate.cli.main import gate

NAME = "\u0141ucja Przyk\u0142adowa"


def run(*arguments: str, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(gate, arguments, input=stdin)


@pytest.fixture
def desk(tmp_path: Path) -> str:
    directory = str(tmp_path / "desk")
    assert run("trust", "new", directory, "--scheme", "ecs-jib").exit_code == 0
    return directory


def issue(desk: str, number: str = "1", *more: str) -> dict[str, Any]:
    done = run(
        *("card", "issue", "--trust", desk, "--number", number, "--name", NAME),
        *("--type", "installation-electrician", "--json", *more),
    )
    assert done.exit_code == 0, done.output
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def check(desk: str, *more: str, stdin: bytes | None = None) -> tuple[int, list[dict[str, Any]]]:
    done = run("card", "check", "--trust", desk, "--json", *more, stdin=stdin)
    return done.exit_code, [json.loads(line) for line in done.stdout.splitlines()]


def test_a_card_issued_is_checked_and_valid(desk: str) -> None:
    issued = issue(desk, "1", "--health-safety", "ecs-hse:2028-05-01", "--occupation", "12")

    code, answers = check(desk, issued["text"])

    assert code == 0
    assert answers == [{"verdict": "valid", "reason": None, "card": issued["card"]}]
    assert issued["card"]["competence"]["health_safety"]["until"] == "2028-05-01"


def test_many_texts_are_answered_one_line_each_in_order(desk: str) -> None:
    good = issue(desk)["text"].encode()
    lines = [
        good,
        b"",
        b"https://cards.example/1",
        b"\xff\xfe",
        good + b"\r",
        b"CC1:" + b"0" * 200_000,
    ]

    code, answers = check(desk, "-", stdin=b"\n".join(lines))

    assert code == 1
    assert [answer["verdict"] for answer in answers] == [
        "valid",
        *["refused"] * 3,
        "valid",
        "refused",
    ]
    assert {answer["reason"] for answer in answers} == {None, "malformed", "web_code"}


@pytest.mark.parametrize(
    ("at", "reason"),
    [
        ("2026-11-19T23:59:59Z", "not_yet_valid"),
        ("2026-11-20", None),
        ("2026-11-20T00:00:00+00:00", None),
        ("1796000000", None),
        ("2027-01-01T00:00:00+01:00", None),
        ("2027-01-01T00:00:00Z", "expired"),
    ],
)
def test_a_card_is_judged_at_the_time_given(desk: str, at: str, reason: str | None) -> None:
    text = issue(desk, "1", "--issued-at", "2026-11-20", "--expires", "2027-01-01")["text"]

    code, (answer,) = check(desk, "--at", at, text)

    assert (code, answer["reason"]) == (1 if reason else 0, reason)


def test_a_time_that_is_none_says_how_to_write_it(desk: str) -> None:
    done = run("card", "check", "--trust", desk, "--at", "seven", "x")

    assert done.exit_code == 2
    assert "'seven' is no time; write 2026-11-22T07:00:00Z" in done.stderr


def test_a_revoked_card_is_refused_with_its_holder_named(desk: str) -> None:
    issued = issue(desk)
    assert run("trust", "revoke", desk, "1").exit_code == 0

    _, (answer,) = check(desk, issued["text"])

    assert (answer["reason"], answer["card"]["name"]) == ("revoked", NAME)


def test_a_suspended_card_is_reinstated(desk: str) -> None:
    text = issue(desk)["text"]
    reasons = []
    for state in ("suspended", "reinstated"):
        assert run("trust", "revoke", desk, "1", "--as", state).exit_code == 0
        reasons.append(check(desk, text)[1][0]["reason"])

    assert reasons == ["suspended", None]


def test_an_export_judges_like_the_desk_and_holds_no_key(desk: str, tmp_path: Path) -> None:
    text = issue(desk)["text"]
    unit = tmp_path / "unit"

    assert run("trust", "export", desk, str(unit)).exit_code == 0

    assert check(str(unit), text)[0] == 0
    assert not list(unit.rglob("*.pem"))


def test_a_desk_is_not_exported_onto_itself(desk: str) -> None:
    done = run("trust", "export", desk, desk)

    assert "the desk itself" in str(done.exception)


def test_trust_is_shown_as_json(desk: str) -> None:
    shown = json.loads(run("trust", "show", desk, "--json").stdout)

    (issuer,), (held,) = shown["issuers"], shown["status_lists"]
    assert (issuer["iss"], issuer["schemes"]) == ("ecs-jib", ["ecs-jib"])
    assert issuer["keys"][0]["alg"] == -19
    assert len(issuer["keys"][0]["public_key"]) == 64
    assert held["size"] == 131_072
    assert held["exp"] > held["iat"]


def test_trust_and_cards_are_shown_to_people(desk: str) -> None:
    text = issue(desk)["text"]

    assert "131072 places" in run("trust", "show", desk).stdout
    shown = run("card", "show", "--trust", desk, text)
    assert f"Name                  {NAME}" in shown.stdout
    assert "Card type             Installation Electrician" in shown.stdout
    assert "Standing              good" in shown.stdout


def test_nothing_is_shown_of_a_card_that_nobody_signed(desk: str, tmp_path: Path) -> None:
    other = str(tmp_path / "other")
    run("trust", "new", other, "--scheme", "cscs")
    text = issue(other, "1")["text"]

    done = run("card", "show", "--trust", desk, text)

    assert (done.exit_code, done.stdout) == (1, "")
    assert NAME not in done.stderr


@pytest.mark.parametrize("form", [".png", ".svg", ".pdf", ".txt"])
def test_a_card_is_drawn_in_the_form_that_is_asked_for(
    desk: str, tmp_path: Path, form: str
) -> None:
    out = tmp_path / f"card{form}"
    issued = issue(desk, "1", "--out", str(out))

    beginning = {".png": b"\x89PNG", ".svg": b"<svg", ".pdf": b"%PDF", ".txt": b"CC1:"}[form]
    assert beginning in out.read_bytes()[:200]
    assert form != ".txt" or out.read_text() == issued["text"] + "\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--out", "card.gif"), "allowed are .png, .svg, .pdf, .txt"),
        (("--out", "nowhere/card.png"), "its directory is not there"),
        (("--expires", "soon"), "'soon' is no time"),
        (("--health-safety", "ecs-hse"), "is no date"),
        (("--name", "=1+1"), "a name with characters"),
        (("--photo", "/nowhere.jpg"), "/nowhere.jpg: the photograph cannot be read"),
        (("--scheme", "cscs", "--issued-at", "2019-01-01"), "from 2020 to 2100"),
    ],
)
def test_what_is_wrong_with_an_issue_is_said(
    desk: str, arguments: tuple[str, ...], words: str
) -> None:
    done = run(
        *("card", "issue", "--trust", desk, "--number", "1", "--name", "Jane"),
        *("--type", "1", *arguments),
    )

    assert done.exit_code != 0
    assert words in done.stderr + str(done.exception)
    assert (Path(desk) / "register.jsonl").read_bytes() == b""


def test_a_desk_of_two_schemes_asks_which(tmp_path: Path) -> None:
    desk = str(tmp_path / "desk")
    run("trust", "new", desk, "--scheme", "ecs-jib", "--scheme", "ecs-sjib")

    done = run("card", "issue", "--trust", desk, "--number", "1", "--name", "Jane", "--type", "1")

    assert done.exit_code == 2
    assert "--scheme: one of ecs-jib, ecs-sjib" in done.stderr


def test_a_type_that_the_catalogue_does_not_know_is_issued_and_said(desk: str) -> None:
    done = run(
        *("card", "issue", "--trust", desk, "--number", "1", "--name", "Jane", "--type", "plumer"),
    )

    assert done.exit_code == 0
    assert "card type plumer of ecs-jib is not in the schemes catalogue" in done.stderr
