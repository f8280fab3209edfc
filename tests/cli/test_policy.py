"""`gate policy check` and `explain`, as a shell hears them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from gate.cli.main import gate, run
from gate.devices.clock import SystemClock
from gate.store.generations import begin
from gate.store.trust_in_force import MANIFEST
from gate.trust.manifest import sign_manifest
from gate.trust.person import person_key
from tests.cli.test_trust_by_hand import HUB_TABLE, UNIT
from tests.store.trust_files import HUB, SITE_KEY, manifest

MONDAY_7AM = "2026-11-23T07:00:00Z"
POLICY = """
version = 1
site = "riverside"
time_zone = "Europe/London"
[[accept]]
scheme = "ecs-jib"
types = "any"
[hours]
mon = "06:30-18:00"
[passback]
mode = "refuse"
"""
Told = tuple[int, str, str]
Shell = Callable[..., Told]


@pytest.fixture
def shell(capfd: pytest.CaptureFixture[str]) -> Shell:
    def invoke(*arguments: str | Path) -> Told:
        code = run(gate, [str(argument) for argument in arguments])
        told = capfd.readouterr()
        return code, told.out, told.err

    return invoke


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    path = tmp_path / "site-policy.toml"
    path.write_text(POLICY)
    return path


@pytest.fixture
def desk(tmp_path: Path, shell: Shell) -> Path:
    directory = tmp_path / "desk"
    assert shell("trust", "new", directory, "--scheme", "ecs-jib")[0] == 0
    return directory


@pytest.fixture
def card(desk: Path, shell: Shell) -> str:
    code, out, err = shell(
        *("card", "issue", "--trust", desk, "--number", "10000001", "--name", "Anna Smith"),
        *("--type", "installation-electrician", "--issued-at", "2026-11-20T09:00:00Z", "--json"),
    )
    assert code == 0, err
    text = json.loads(out)["text"]
    assert isinstance(text, str)
    return text


def test_a_sound_policy_is_told_so(policy: Path, shell: Shell) -> None:
    assert shell("policy", "check", policy) == (0, f"{policy}: sound\n", "")


def test_every_fault_has_its_line(policy: Path, shell: Shell) -> None:
    policy.write_text(POLICY.replace("version = 1", "version = 0").replace("mon", "monday"))
    code, out, _ = shell("policy", "check", policy)
    assert code == 1
    assert out.splitlines() == [
        f"{policy}: version = 0; allowed: a whole number from 1 to 1000000",
        f'{policy}: hours.monday = "06:30-18:00"; allowed here: mon, tue, wed, thu, fri, sat, sun',
    ]


def test_programs_read_faults_as_json(policy: Path, shell: Shell) -> None:
    policy.write_text(POLICY.replace("version = 1\n", ""))
    code, out, _ = shell("policy", "check", policy, "--json")
    assert code == 1
    assert json.loads(out) == {
        "file": str(policy),
        "faults": ["version is missing; allowed: a whole number from 1 to 1000000"],
        "warnings": [],
    }


def test_a_code_that_the_catalogue_does_not_know_is_a_warning(policy: Path, shell: Shell) -> None:
    policy.write_text(POLICY.replace('"ecs-jib"', '"esc-jib"'))
    code, out, err = shell("policy", "check", policy)
    assert (code, out) == (0, f"{policy}: sound\n")
    assert err == (
        f'{policy}: warning: accept[1].scheme = "esc-jib"; not in the schemes catalogue\n'
    )


def test_a_rule_that_comes_to_less_where_exits_are_free_is_a_warning(
    policy: Path, shell: Shell
) -> None:
    policy.write_text(POLICY + "[exit]\nfree = true\n")
    code, out, err = shell("policy", "check", policy)
    assert (code, out) == (0, f"{policy}: sound\n")
    assert 'warning: passback.mode = "refuse"; with exit.free a second entry is noted' in err


def test_where_exits_are_free_a_second_entry_is_noted_and_why(
    policy: Path, desk: Path, card: str, shell: Shell
) -> None:
    policy.write_text(POLICY + "[exit]\nfree = true\n")
    asked = ("--policy", policy, "--trust", desk, "--at", MONDAY_7AM, "--inside")
    code, out, _ = shell("policy", "explain", *asked, card)
    assert code == 0
    assert "note, passback" in out
    assert "exits are free: they came in, and may have left" in out


def test_a_policy_that_is_not_there_is_a_fault_of_the_command(tmp_path: Path, shell: Shell) -> None:
    code, out, err = shell("policy", "check", tmp_path / "none.toml")
    assert (code, out) == (2, "")
    assert "can't be read: No such file or directory; next: " in err


def test_a_catalogue_that_was_named_must_be_there(
    policy: Path, tmp_path: Path, shell: Shell
) -> None:
    code, _, err = shell("policy", "check", policy, "--catalogue", tmp_path / "none.toml")
    assert code == 2
    assert "none.toml" in err


def test_a_good_card_is_admitted_and_every_rule_asked(
    policy: Path, desk: Path, card: str, shell: Shell
) -> None:
    code, out, _ = shell(
        "policy", "explain", "--policy", policy, "--trust", desk, "--at", MONDAY_7AM, card
    )
    assert code == 0
    verdict, silent = out.splitlines()
    assert verdict == "admit  ecs-jib 10000001  Anna Smith"
    assert "accepted cards" in silent
    assert "opening hours" in silent


def explained(shell: Shell, policy: Path, desk: Path, text: str, *more: str) -> Told:
    return shell("policy", "explain", "--policy", policy, "--trust", desk, *more, text)


def test_the_rule_that_decides_is_named_before_the_others(
    policy: Path, desk: Path, card: str, shell: Shell
) -> None:
    at_night = ("--at", "2026-11-23T22:00:00Z")
    code, out, _ = explained(shell, policy, desk, card, *at_night, "--inside")
    assert code == 1
    lines = out.splitlines()
    assert lines[0] == "refuse  ecs-jib 10000001  Anna Smith"
    assert lines[1].split()[:2] == ["decides", "anti-passback"]
    assert lines[1].endswith("refuse, passback: Already signed in: see the site office")
    assert lines[2].endswith("refer, out_of_hours: Closed now: see the guard")


@pytest.mark.parametrize(
    ("inside", "says", "doubt"),
    [
        (("--inside",), "decides", "passback: may have left; other gates never heard"),
        ((), "unsure", "passback: may be inside; other gates never heard"),
    ],
    ids=["inside", "not inside"],
)
def test_what_cannot_be_known_of_gates_that_are_cut_off_is_explained(
    policy: Path,
    desk: Path,
    card: str,
    shell: Shell,
    inside: tuple[str, ...],
    says: str,
    doubt: str,
) -> None:
    given = ("--at", MONDAY_7AM, "--unheard", *inside)
    code, out, _ = explained(shell, policy, desk, card, *given)
    lines = out.splitlines()
    assert code == 0
    assert lines[0].split()[0] == ("note" if inside else "admit")
    assert lines[1].split()[:2] == [says, "anti-passback"]
    assert f"  unsure  anti-passback         {doubt}" in lines
    told = json.loads(explained(shell, policy, desk, card, *given, "--json")[1])
    assert [one["doubt"] for one in told["findings"]] == [doubt]


def test_on_the_way_out_nothing_decides(policy: Path, desk: Path, card: str, shell: Shell) -> None:
    policy.write_text(POLICY.replace('"any"', '["electrical-labourer"]'))
    code, out, _ = explained(shell, policy, desk, card, "--at", MONDAY_7AM, "--direction", "out")
    assert code == 0
    assert out.startswith("admit  ")
    assert "also    accepted cards" in out
    assert "decides" not in out


def test_programs_read_the_working_as_json(
    policy: Path, desk: Path, card: str, shell: Shell
) -> None:
    policy.write_text(
        POLICY + '[[blocked]]\nissuer = "ecs-jib"\ncard = "10000001"\nwhy = "Site ban"\n'
    )
    code, out, _ = explained(shell, policy, desk, card, "--at", MONDAY_7AM, "--json")
    assert code == 1
    assert json.loads(out) == {
        "outcome": "refuse",
        "reason": "blocked",
        "findings": [{"by": "blocked persons", "outcome": "refuse", "reason": "blocked"}],
    }


@pytest.mark.parametrize("text", ["hello", "CC1:", "see example.invalid", "\udcff"])
def test_a_text_that_is_no_card_is_explained_too(
    policy: Path, desk: Path, text: str, shell: Shell
) -> None:
    code, out, _ = explained(shell, policy, desk, text, "--at", MONDAY_7AM, "--inside")
    assert code == 1
    assert out.splitlines() == [
        "refuse  no card to be believed",
        (
            "  decides card check            refuse, malformed: "
            "Card not recognised: show the code on your card"
        ),
    ]


def test_a_policy_with_faults_explains_nothing(
    policy: Path, desk: Path, card: str, shell: Shell
) -> None:
    policy.write_text("version = 1")
    code, out, err = explained(shell, policy, desk, card)
    assert (code, out) == (2, "")
    assert "site is missing" in err


class TestOfAUnit:
    """By what a unit goes by: its hub's rules, and whom the hub blocked and inducted."""

    @pytest.fixture
    def unit(self, tmp_path: Path, policy: Path, desk: Path, shell: Shell) -> Path:
        assert shell("trust", "export", desk, tmp_path / "trust")[0] == 0
        (tmp_path / "site.key").write_bytes(SITE_KEY)
        (tmp_path / "site.key").chmod(0o600)
        path = tmp_path / "unit.toml"
        own = f'policy = "{policy.name}"\nsite_key = "site.key"\n[[access_point]]'
        path.write_text(UNIT.replace("[[access_point]]", own) + HUB_TABLE)
        return path

    def give(self, unit: Path, policy: str = POLICY, **changed: frozenset[bytes]) -> None:
        at = SystemClock().now().replace(microsecond=0)
        signed = sign_manifest(manifest(8, at, policy=policy, **changed), HUB)
        with begin(unit.parent / "trust") as builder:
            builder.put(MANIFEST, signed)
            builder.commit(lambda _: None)

    def explained(self, unit: Path, card: str, shell: Shell, *options: str) -> dict[str, object]:
        command = ("policy", "explain", "--config", unit, "--json", "--at", MONDAY_7AM)
        code, out, err = shell(*command, *options, card)
        assert code in {0, 1}, err
        found: dict[str, object] = json.loads(out)
        return found

    def test_without_a_manifest_its_own_rules_count(
        self, unit: Path, card: str, shell: Shell
    ) -> None:
        assert self.explained(unit, card, shell) == {
            "outcome": "admit",
            "reason": None,
            "findings": [],
        }

    def test_the_manifest_s_rules_count_before_its_own(
        self, unit: Path, card: str, shell: Shell
    ) -> None:
        self.give(unit, POLICY.replace("06:30", "09:30"))
        found = self.explained(unit, card, shell)
        assert (found["reason"], found["manifest"]) == ("out_of_hours", 8)

    def test_whom_the_hub_blocked_is_refused(self, unit: Path, card: str, shell: Shell) -> None:
        self.give(unit, blocked=frozenset({person_key(SITE_KEY, "ecs-jib", "10000001")}))
        assert self.explained(unit, card, shell)["reason"] == "blocked"
        code, out, _ = shell("policy", "explain", "--config", unit, "--at", MONDAY_7AM, card)
        assert (code, out.splitlines()[-1]) == (1, "  by manifest version 8")

    def test_the_way_out_of_it_can_be_asked_for_too(
        self, unit: Path, card: str, shell: Shell
    ) -> None:
        self.give(unit, blocked=frozenset({person_key(SITE_KEY, "ecs-jib", "10000001")}))
        assert self.explained(unit, card, shell, "--direction", "out")["outcome"] == "admit"

    def test_no_site_key_is_made_by_asking(self, unit: Path, card: str, shell: Shell) -> None:
        key = unit.parent / "site.key"
        key.unlink()
        code, _, err = shell("policy", "explain", "--config", unit, card)
        assert (code, "site key: there is none" in err) == (2, True)
        assert not key.exists()

    def test_a_unit_and_files_are_not_mixed(
        self, unit: Path, card: str, policy: Path, shell: Shell
    ) -> None:
        for mixed in (("--config", unit, "--policy", policy), ("--policy", policy), ()):
            code, _, err = shell("policy", "explain", *mixed, card)
            assert (code, "name a unit by --config alone" in err) == (2, True)


def test_a_rule_that_misses_a_fact_is_named_until_the_fact_is_written(
    policy: Path, desk: Path, card: str, shell: Shell
) -> None:
    policy.write_text(POLICY + '[rams]\nmode = "refer"\n')
    code, out, _ = explained(shell, policy, desk, card, "--at", MONDAY_7AM)
    assert code == 1
    line = out.splitlines()[1]
    assert line.split()[:3] == ["decides", "method", "statement"]
    assert "refer, not_on_record: Your details are missing" in line
    record = '[[person]]\nissuer = "ecs-jib"\ncard = "10000001"\nrams_until = 2026-11-23\n'
    policy.write_text(POLICY + '[rams]\nmode = "refer"\n' + record)
    assert explained(shell, policy, desk, card, "--at", MONDAY_7AM)[0] == 0
