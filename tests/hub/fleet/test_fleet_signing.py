"""A change of the fleet's trust: staged, signed by people one after the other, published."""

import json
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

import pytest
from securesystemslib.signer import Key, Signature, Signer

from gate.errors import TrustError
from gate.hub.fleet import ceremony, directory
from gate.hub.fleet.describe import hubs_of, issuers_of
from gate.hub.fleet.keys import make_key, read_key
from gate.hub.fleet.metadata import read_root
from gate.hub.fleet.publish import renew
from gate.hub.fleet.repository import PUBLISHED, STAGED, open_fleet
from gate.hub.fleet.roles import LIFE, Role
from gate.hub.fleet.staged import read_staged, see_that_it_follows, still_needed
from tests.hub.fleet.fleets import NOW, Held, an_issuer, begin, exported

DAY = timedelta(days=1)


class _WrongToken(Signer):
    """Signs in the name of a key that it does not hold."""

    def __init__(self, key: Key) -> None:
        self._key = key

    @property
    def public_key(self) -> Key:
        return self._key

    @classmethod
    def from_priv_key_uri(
        cls, priv_key_uri: str, public_key: Key, secrets_handler: object = None
    ) -> Self:
        del priv_key_uri, secrets_handler
        return cls(public_key)

    def sign(self, payload: bytes) -> Signature:
        del payload
        return Signature(self._key.keyid, "00" * 64)


@pytest.fixture
def held(tmp_path: Path) -> Held:
    return begin(tmp_path)


def _everything(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _add(held: Held, tmp_path: Path) -> None:
    directory.add_issuers(held.folder, exported(tmp_path / "public", an_issuer()), NOW)


def _change(path: Path, place: tuple[str | int, ...], value: object) -> None:
    """Put another value in one place of a staged file."""
    document = json.loads(path.read_text("utf-8"))
    inner: Any = document
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    path.write_text(json.dumps(document), "utf-8")


def test_an_issuer_is_believed_once_it_is_signed_and_published(held: Held, tmp_path: Path) -> None:
    _add(held, tmp_path)
    assert issuers_of(open_fleet(held.folder).in_force.vouched) == ()
    held.sign("targets-1")
    version = held.publish()
    assert (version.root, version.targets, version.snapshot, version.timestamp) == (1, 2, 2, 2)
    assert issuers_of(open_fleet(held.folder).in_force.vouched) == (an_issuer(),)
    assert not (held.folder / STAGED).exists()


def test_a_hub_is_believed_for_its_site(held: Held) -> None:
    key = an_issuer().keys[0].key
    directory.add_hub(held.folder, "kings-wharf", key.public.hex(), NOW)
    held.sign("targets-1")
    held.publish()
    (hub,) = hubs_of(open_fleet(held.folder).in_force.vouched)
    assert (hub.site, [one.key for one in hub.keys]) == ("kings-wharf", [key])


def test_one_signature_of_two_publishes_nothing_and_says_whose_is_needed(held: Held) -> None:
    held.rotate(Role.ROOT, "root-3")
    held.sign("root-1")
    before = _everything(held.folder)
    with pytest.raises(TrustError) as fault:
        held.publish()
    assert "1 of 2 signatures: still needed: one of root-2 (" in str(fault.value)
    assert "gate hub fleet sign" in str(fault.value)
    assert _everything(held.folder) == before


def test_signatures_are_gathered_by_carrying_the_staged_file(held: Held, tmp_path: Path) -> None:
    held.rotate(Role.ROOT, "root-3")
    for place, name in ((tmp_path / "ben", "root-2"), (tmp_path / "new", "root-4")):
        place.mkdir()
        shutil.move(held.folder / STAGED, place / STAGED)
        directory.sign(place / STAGED, [read_key(held.key(name))])
        shutil.move(place / STAGED, held.folder / STAGED)
    (needed,) = still_needed(read_staged(held.folder / STAGED))
    assert (needed.have, needed.threshold) == (1, 2)  # root-4 is none of the keys as they are
    held.sign("root-1")
    assert held.publish().root == 2


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("next", "root", "signed", "roles", "root", "threshold"), 1),
        (("next", "root", "signed", "expires"), "2099-01-01T00:00:00Z"),
        (("next", "root", "signatures", 0, "sig"), "00" * 64),
    ],
    ids=["a lower threshold", "a longer life", "another signature"],
)
def test_what_is_changed_after_the_first_signature_is_refused(
    held: Held, place: tuple[str | int, ...], value: object
) -> None:
    held.rotate(Role.ROOT, "root-3")
    held.sign("root-1")
    _change(held.folder / STAGED, place, value)
    with pytest.raises(TrustError, match=r"root-1 .* was changed after it was signed"):
        held.sign("root-2")
    with pytest.raises(TrustError, match="was changed after it was signed"):
        held.publish()


def test_a_file_changed_beside_its_signed_hash_is_refused(held: Held, tmp_path: Path) -> None:
    _add(held, tmp_path)
    held.sign("targets-1")
    path = held.folder / STAGED
    path.write_text(path.read_text("utf-8").replace("ecs-jib.invalid", "evil-il.invalid"), "utf-8")
    with pytest.raises(TrustError, match=r"issuers\.json: not the file"):
        held.publish()


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("base", "files", "hubs.json"), '{"hubs": [], "version": 1}'),
        (("base", "targets", "signatures"), []),
        (("base", "root", "signatures"), []),
        (("base", "targets", "signed", "expires"), "2099-01-01T00:00:00Z"),
        (("next", "root", "signed", "expires"), "2099-01-01T00:00:00Z"),
        (("next", "root", "signatures"), []),
        (("next", "targets", "signed", "version"), 3),
        (("next", "targets", "signatures", 0, "keyid"), "00" * 32),
    ],
    ids=[
        "a file in force",
        "nobody signed the targets in force",
        "nobody signed the root in force",
        "another life of the targets in force",
        "a root that is not to change",
        "the same root, signed by nobody",
        "a version left out",
        "a key of nobody's",
    ],
)
def test_a_staged_file_that_does_not_fit_what_is_in_force_is_shown_to_nobody(
    held: Held, tmp_path: Path, place: tuple[str | int, ...], value: object
) -> None:
    _add(held, tmp_path)
    held.sign("targets-1")
    _change(held.folder / STAGED, place, value)
    with pytest.raises(TrustError, match=r"staged\.json"):
        read_staged(held.folder / STAGED)


@pytest.mark.parametrize("version", [1, 3])
@pytest.mark.parametrize("role", [Role.ROOT, Role.TARGETS])
def test_a_version_follows_the_one_in_force_by_one(held: Held, role: Role, version: int) -> None:
    held.rotate(Role.TARGETS)
    _change(held.folder / STAGED, ("next", role, "signed", "version"), version)
    with pytest.raises(TrustError, match=rf"{role} (version {version} does not follow|differs)"):
        held.sign("root-1")


def test_a_root_in_force_that_nobody_signed_is_shown_to_nobody(held: Held) -> None:
    held.rotate(Role.ROOT, "root-3")
    _change(held.folder / STAGED, ("base", "root", "signatures"), [])
    with pytest.raises(TrustError, match=r"staged\.json: not signed as root 1 asks"):
        read_staged(held.folder / STAGED)


def test_a_signed_change_takes_no_further_change(held: Held, tmp_path: Path) -> None:
    _add(held, tmp_path)
    held.sign("targets-1")
    with pytest.raises(TrustError, match=r"signed already by targets-1 .*drop"):
        directory.retire_issuer(held.folder, "ecs-jib", NOW, at=NOW, kid=None, remove=False)


def test_changes_that_nobody_signed_yet_gather_in_one(held: Held, tmp_path: Path) -> None:
    _add(held, tmp_path)
    directory.retire_issuer(held.folder, "ecs-jib", NOW, at=NOW, kid=None, remove=False)
    held.sign("targets-1")
    assert held.publish().targets == 2
    (issuer,) = issuers_of(open_fleet(held.folder).in_force.vouched)
    assert issuer.keys[0].not_after == NOW


def test_a_dropped_change_is_gone(held: Held, tmp_path: Path) -> None:
    _add(held, tmp_path)
    directory.drop(held.folder)
    assert open_fleet(held.folder).staged is None
    with pytest.raises(TrustError, match="nothing is staged"):
        directory.drop(held.folder)


def test_a_key_that_signs_nothing_here_is_told_which_would(held: Held, tmp_path: Path) -> None:
    _add(held, tmp_path)
    with pytest.raises(TrustError, match=r"root-1 .* signs nothing of this; .*one of targets-1"):
        held.sign("root-1")


def test_nobody_signs_twice(held: Held) -> None:
    held.rotate(Role.ROOT, "root-3")
    held.sign("root-1")
    with pytest.raises(TrustError, match=r"root-1 .* has signed already"):
        held.sign("root-1")


def test_the_public_half_of_a_key_signs_nothing(held: Held, tmp_path: Path) -> None:
    _add(held, tmp_path)
    public = held.key("targets-1").with_suffix(".pub")
    with pytest.raises(TrustError, match="the public half"):
        directory.sign(held.folder / STAGED, [read_key(public)])


def test_a_staged_file_of_another_fleet_is_refused(held: Held, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = begin(tmp_path / "other")
    other.rotate(Role.ROOT, "root-3")
    shutil.copy(other.folder / STAGED, held.folder / STAGED)
    with pytest.raises(TrustError, match=r"staged\.json: follows root 1"):
        held.publish()


def test_what_follows_another_root_than_the_signer_s_is_refused(held: Held, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    forged = begin(tmp_path / "other")
    forged.rotate(Role.ROOT, "root-3")
    known = read_root(held.folder / PUBLISHED / "fleet" / "metadata" / "1.root.json")
    path = forged.folder / STAGED
    with pytest.raises(TrustError, match="not signed as root 1 asks"):
        see_that_it_follows(read_staged(path), known, path)
    held.rotate(Role.ROOT, "root-3")
    see_that_it_follows(read_staged(held.folder / STAGED), known, path)


def test_what_follows_a_root_that_the_signer_knows_to_be_old_is_refused(held: Held) -> None:
    held.rotate(Role.ROOT, "root-3")
    old = (held.folder / STAGED).read_bytes()
    held.sign("root-1", "root-2")
    held.publish()
    path = held.folder / STAGED
    path.write_bytes(old)
    known = read_root(held.folder / PUBLISHED / "fleet" / "metadata" / "2.root.json")
    with pytest.raises(TrustError, match="follows root 1, older than the one you know"):
        see_that_it_follows(read_staged(path), known, path)


def test_a_token_that_signs_with_another_key_is_found_out(held: Held, tmp_path: Path) -> None:
    _add(held, tmp_path)
    key = read_key(held.key("targets-1"))
    before = (held.folder / STAGED).read_bytes()
    with pytest.raises(TrustError, match=r"targets-1 .* does not hold"):
        directory.sign(held.folder / STAGED, [replace(key, signer=_WrongToken(key.key))])
    assert (held.folder / STAGED).read_bytes() == before


def test_every_role_gets_a_new_key(held: Held) -> None:
    for role, old in ((Role.ROOT, "root-1"), *((role, None) for role in list(Role)[1:])):
        held.rotate(role, old)
    held.sign("root-2", "root-3", "targets-2")
    assert held.publish().root == 2
    root = open_fleet(held.folder).in_force.vouched.root.signed
    names = {key.unrecognized_fields["x-gate-name"] for key in root.keys.values()}
    assert names == {"root-2", "root-3", "root-4", "targets-2", "snapshot-2", "timestamp-2"}


def test_root_is_signed_for_another_year(held: Held) -> None:
    later = NOW + 300 * DAY
    ceremony.extend(held.folder, Role.ROOT, later)
    held.sign("root-1", "root-2")
    held.publish(later)
    in_force = open_fleet(held.folder).in_force.vouched
    assert in_force.root.signed.expires == later + LIFE[Role.ROOT]
    assert in_force.targets.signed.version == 1


@pytest.mark.parametrize("role", [Role.ROOT, Role.TARGETS])
def test_an_expired_role_is_named_and_nothing_is_renewed(held: Held, role: Role) -> None:
    other = Role.TARGETS if role is Role.ROOT else Role.ROOT
    ceremony.extend(held.folder, other, NOW + 100 * DAY)
    held.sign(*(("root-1", "root-2") if other is Role.ROOT else ("targets-1",)))
    held.publish(NOW + 100 * DAY)
    before = _everything(held.folder)
    with pytest.raises(TrustError, match=rf"{role} version 1: expired .*extend DIR {role}"):
        renew(held.folder, NOW + 400 * DAY)
    assert _everything(held.folder) == before


def test_a_key_of_another_name_but_the_same_bytes_is_known(held: Held, tmp_path: Path) -> None:
    _add(held, tmp_path)
    copied = shutil.copy(held.key("targets-1"), tmp_path / "my-key.pem")
    staged, (done,) = directory.sign(held.folder / STAGED, [read_key(Path(copied))])
    assert still_needed(staged) == ()
    assert done.startswith("targets by targets-1 (")


def test_a_key_of_the_fleet_gets_no_second_place(held: Held) -> None:
    with pytest.raises(TrustError, match="is a key of the fleet already"):
        ceremony.rotate(
            held.folder,
            Role.ROOT,
            NOW,
            old="root-1",
            place=held.key("root-2"),
            before=lambda *_: None,
        )


def test_which_key_is_to_go_must_be_said_where_there_are_several(held: Held) -> None:
    with pytest.raises(TrustError, match=r"which key is to go\? next: add --old, one of root-1"):
        held.rotate(Role.ROOT)
    with pytest.raises(TrustError, match="'root-9': 0 keys of root are called so"):
        held.rotate(Role.ROOT, "root-9")
    assert list(held.stick("new").iterdir()) == []


def test_a_key_on_a_token_signs_by_its_public_file(held: Held, tmp_path: Path) -> None:
    made = make_key(held.stick("token"), "root-token").source
    public = json.loads(made.with_suffix(".pub").read_text("utf-8"))
    card = tmp_path / "token.json"
    card.write_text(json.dumps(public | {"uri": f"file2:{made}"}), "utf-8")
    ceremony.rotate(held.folder, Role.ROOT, NOW, old="root-1", place=card, before=lambda *_: None)
    held.sign("root-2")
    directory.sign(held.folder / STAGED, [read_key(card)])
    held.sign("root-3")
    assert held.publish().root == 2
