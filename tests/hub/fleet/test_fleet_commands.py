"""`gate hub fleet` as people and programs type it."""

import json
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner

from gate.cli.main import gate, run
from gate.hub.fleet.publish import renew
from gate.hub.fleet.repository import KEYS, STAGED
from tests.hub.fleet.fleets import NOW, an_issuer, begin, exported


@pytest.fixture
def fleet(tmp_path: Path) -> str:
    """Return the directory of a fleet of two root signatures, published."""
    sticks = [tmp_path / name for name in ("anna", "ben", "cleo", "dora")]
    for stick in sticks:
        stick.mkdir()
    roots = [word for stick in sticks[:3] for word in ("--root-key", str(stick))]
    directory = str(tmp_path / "fleet")
    assert _run("init", directory, *roots, "--targets-key", str(sticks[3])) == 0
    return directory


@pytest.fixture
def public(tmp_path: Path) -> str:
    """Return what `gate trust export` would have written."""
    return str(exported(tmp_path / "public", an_issuer()))


def _run(*words: str) -> int:
    return run(gate, ["hub", "fleet", *words])


def _key(fleet: str, name: str) -> str:
    (path,) = Path(fleet).parent.glob(f"*/{name}.pem")
    return str(path)


def test_a_site_of_its_own_has_its_trust_in_one_step(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], public: str
) -> None:
    fleet = str(tmp_path / "fleet")
    assert _run("init", fleet, "--single") == 0
    assert "1.root.json as its root.json" in capsys.readouterr().err
    for words in (("add-issuer", fleet, public), ("sign", fleet, "--yes")):
        assert _run(*words) == 0
    assert f"next: gate hub fleet publish {fleet}\n" in capsys.readouterr().err
    assert _run("publish", fleet) == 0
    capsys.readouterr()
    assert _run("show", fleet, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert [issuer["iss"] for issuer in told["issuers"]] == ["ecs-jib"]
    assert {role["role"]: role["threshold"] for role in told["roles"]} == dict.fromkeys(
        ("root", "targets", "snapshot", "timestamp"), 1
    )


def test_two_people_sign_one_after_the_other(
    fleet: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "new").mkdir()
    words = ("--old", "root-3", "--new", str(tmp_path / "new"))
    assert _run("rotate", fleet, "root", *words) == 0
    known = str(Path(fleet, "published", "fleet", "metadata", "1.root.json"))
    key = _key(fleet, "root-1")
    assert _run("sign", fleet, "--key", key, "--root", known, "--yes") == 0
    assert _run("publish", fleet) == 2
    assert "1 of 2 signatures: still needed: one of root-2 (" in capsys.readouterr().err
    assert _run("sign", f"{fleet}/{STAGED}", "--key", _key(fleet, "root-2"), "--yes") == 0
    assert _run("publish", fleet, "--json") == 0
    version = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (version["root"], version["targets"], version["snapshot"]) == (2, 1, 2)


def test_who_signs_sees_what_and_is_asked(fleet: str, public: str) -> None:
    assert _run("add-issuer", fleet, public) == 0
    words = ["hub", "fleet", "sign", fleet, "--key", _key(fleet, "targets-1")]
    refused = CliRunner().invoke(gate, words, input="n\n")
    assert refused.exit_code == 1
    assert "+ issuer ecs-jib for ecs-jib" in refused.stdout
    assert "to compare: " in refused.stdout
    assert json.loads(Path(fleet, STAGED).read_text("utf-8"))["next"]["targets"]["signatures"] == []
    agreed = CliRunner().invoke(gate, words, input="y\n")
    assert agreed.exit_code == 0
    assert "signed targets by targets-1 (" in agreed.stderr


def test_every_change_is_staged_signed_and_published_at_once(
    fleet: str, public: str, capsys: pytest.CaptureFixture[str]
) -> None:
    key = an_issuer().keys[0]
    kid, later = key.kid.hex(), an_issuer(seed=2).keys[0].key
    for words in (
        ("add-issuer", fleet, public),
        ("add-hub", fleet, "kings-wharf", key.key.public.hex()),
        ("add-hub", fleet, "riverside", later.public.hex()),
        ("retire-issuer", fleet, "ecs-jib", "--kid", kid, "--at", "2026-11-22T07:00:00Z"),
        ("mark-compromised", fleet, kid, "--issuer", "ecs-jib"),
        ("retire-hub", fleet, "riverside", "--remove"),
        ("mark-compromised", fleet, kid, "--site", "kings-wharf"),
        ("sign", fleet, "--key", _key(fleet, "targets-1"), "--yes"),
        ("publish", fleet),
        ("renew", fleet, "--json"),
        ("show", fleet),
    ):
        assert _run(*words) == 0, words
    said = capsys.readouterr().out
    assert f"key {kid} for card, list, until 2026-11-22 07:00:00 UTC, COMPROMISED" in said
    assert "hub of kings-wharf" in said
    assert "riverside" not in said.rpartition("root      version")[2]


def test_a_release_is_vouched_for_by_the_hash_of_its_files_and_withdrawn(
    fleet: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wheel = tmp_path / "site_gate-0.2.0-py3-none-any.whl"
    wheel.write_bytes(b"wheel")
    key = _key(fleet, "targets-1")
    told = f"release 0.2.0: {wheel.name}, 5 bytes, sha256 {sha256(b'wheel').hexdigest()}"
    for words in (
        ("add-release", fleet, "0.2.0", str(wheel)),
        ("sign", fleet, "--key", key, "--yes"),
        ("publish", fleet),
    ):
        assert _run(*words) == 0, words
    assert f"  + {told}" in capsys.readouterr().out
    assert _run("show", fleet) == 0
    assert told in capsys.readouterr().out
    assert _run("show", fleet, "--json") == 0
    (release,) = json.loads(capsys.readouterr().out)["releases"]
    assert (release["version"], release["files"][0]["length"]) == ("0.2.0", 5)
    assert _run("withdraw-release", fleet, "0.2.0") == 0
    assert _run("sign", fleet, "--key", key, "--yes") == 0
    assert f"  - {told}" in capsys.readouterr().out
    assert _run("publish", fleet) == 0
    assert _run("show", fleet, "--json") == 0
    assert json.loads(capsys.readouterr().out)["releases"] == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("init", "FLEET", "--single"), "not empty"),
        (("init", "new", "--root-key", "FLEET"), "at least 3 and 1 are needed"),
        (("init", "new", "--single", *("--root-key", "FLEET") * 2), "--single: one root key"),
        (("mark-compromised", "FLEET", "00"), "say whose key it is"),
        (("mark-compromised", "FLEET", "00", "--issuer", "x"), "issuer 'x': is not there"),
        (("retire-issuer", "FLEET", "x", "--remove", "--kid", "00"), "leave out --kid"),
        (("retire-hub", "FLEET", "x"), "hub of 'x': is not there"),
        (("add-hub", "FLEET", "kings-wharf", "00"), "gate hub migrate"),
        (("add-hub", "FLEET", "Kings Wharf", "11" * 32), "Kings Wharf"),
        (("add-hub", "FLEET", "RIVERSIDE", "11" * 32), "allowed: 1 to 32 lower-case letters"),
        (("add-hub", "FLEET", "r" * 33, "11" * 32), "allowed: 1 to 32 lower-case letters"),
        (("add-issuer", "FLEET", "FLEET"), "gate trust export"),
        (("rotate", "FLEET", "root", "--old", "root-1"), "a new key needs a place"),
        (
            ("rotate", "FLEET", "root", "--old", "root-1", "--new", "nowhere"),
            "nowhere: no directory",
        ),
        (("add-release", "FLEET", "0.2.0"), "missing argument 'FILE...'"),
        (("add-release", "FLEET", "0.2.0", "nowhere"), "does not exist"),
        (("add-release", "FLEET", "0.2.0rc1", "ROOT"), "'0.2.0rc1' is no version of a release"),
        (("withdraw-release", "FLEET", "0.2.0"), "the fleet's releases: none"),
        (("rotate", "FLEET", "mirror"), "'mirror' is not one of"),
        (("extend", "FLEET", "timestamp"), "'timestamp' is not one of"),
        (("sign", "FLEET"), "nothing is staged"),
        (("publish", "FLEET"), "nothing is staged"),
        (("drop", "FLEET"), "nothing is staged"),
        (("renew", "nowhere"), "nowhere"),
        (("show", "nowhere"), "gate hub fleet init"),
        (("new-key", "FLEET", "--name", "../x"), "not the name of a file"),
    ],
    ids=lambda value: " ".join(value[:3]) if isinstance(value, tuple) else "",
)
def test_wrong_use_ends_with_2_and_a_next_step(
    fleet: str,
    words: tuple[str, ...],
    said: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    a_file = f"{fleet}/published/fleet/metadata/1.root.json"
    places = {
        "FLEET": fleet,
        "ROOT": a_file,
        "new": str(tmp_path / "new"),
        "nowhere": str(tmp_path / "nowhere"),
    }
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    assert _run(*(places.get(word, word) for word in words)) == 2
    assert said in " ".join(capsys.readouterr().err.split())
    after = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    assert after == before


def test_a_key_made_on_one_s_own_machine_gives_away_its_public_half(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run("new-key", str(tmp_path), "--name", "root-anna") == 0
    assert "give away" in capsys.readouterr().out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["root-anna.pem", "root-anna.pub"]


def test_a_beginning_that_lacks_signatures_waits_for_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ("anna", "ben", "cleo")
    for name in names:
        (tmp_path / name).mkdir()
        assert _run("new-key", str(tmp_path / name), "--name", f"root-{name}") == 0
    publics = [w for name in names for w in ("--root-key", f"{tmp_path}/{name}/root-{name}.pub")]
    fleet = str(tmp_path / "fleet")
    assert _run("init", fleet, *publics, "--targets-key", str(tmp_path / "cleo")) == 0
    assert "0 of 2 signatures: still needed: 2 of root-anna (" in capsys.readouterr().err
    keys = [w for name in names[:2] for w in ("--key", f"{tmp_path}/{name}/root-{name}.pem")]
    assert _run("sign", fleet, *keys, "--yes") == 0
    assert _run("publish", fleet) == 0


def test_a_role_that_is_about_to_expire_makes_show_say_no(
    fleet: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "old").mkdir()
    old = begin(tmp_path / "old", NOW.replace(year=2024))
    assert renew(old.folder, NOW.replace(year=2024)).timestamp == 2
    assert _run("show", fleet) == 0
    assert _run("show", str(old.folder)) == 1
    assert "warning: root: expired at 2025-11-22" in capsys.readouterr().err
    assert _run("renew", str(old.folder)) == 2


def test_the_online_keys_of_a_fleet_that_others_may_read_sign_nothing(
    fleet: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(fleet, KEYS, "timestamp-1.pem").chmod(0o644)
    assert _run("renew", fleet) == 2
    assert "mode 0644 lets others read a private key" in capsys.readouterr().err
