"""Attacks on fleet trust, each with its named refusal; the generation in force never changes."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from gate.errors import TrustError, UplinkError
from gate.sim.static_server import StaticTrouble
from tests.attack_table import attack
from tests.uplink import fleet_attackers as attackers
from tests.uplink.fleet_unit import FleetUnit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from _pytest.mark import ParameterSet

    from tests.attack_table import Refusal


@pytest.fixture
def unit(tmp_path: Path) -> Iterator[FleetUnit]:
    """Return a unit that saw two versions of everything."""
    with ExitStack() as opened:
        made = FleetUnit(tmp_path, opened)
        made.publish("first", "second")
        made.sync()
        yield made


FINE = StaticTrouble.NONE
NETWORK = "the way to the hub"
ONLINE = "the way to the hub, and its snapshot and timestamp keys"
OFFLINE_KEY = "the way to the hub, and one offline key of three"
OWNER = "all keys: the fleet's owner errs"
STAYS = "the generation in force, whole"
LOOK = "; see who answers at the hub's address"
PUT_BACK = f"{LOOK}; a hub that was put back publishes anew"
OLDER = "fleet trust: another version than it must have: "
UNSIGNED = "fleet trust: too few signatures: "
EXPIRED = (
    "fleet trust: expired: timestamp.json is expired, and now it is 2031-12-14 07:15 UTC; publish"
    " on the hub, or put this clock right"
)
DAMAGED = "damaged on its way or on the hub, it is asked for again within the hour"
HASH = f"not what was signed: Observed hash ... does not match expected hash ...; {DAMAGED}"
SHORT = (
    "fleet trust: issuers.json: not what was signed: Observed length 408 does not match expected"
    f" length 409; {DAMAGED}"
)
MALFORMED = f"malformed: Failed to deserialize JSON{LOOK}"


def tried(
    name: str,
    how: str,
    case: object,
    says: str,
    has: str = NETWORK,
) -> ParameterSet:
    """Return a case of a table, which is a row of the attacks' table."""
    mark = attack(name, how, has=has, says=says, stays=STAYS)
    return pytest.param(case, marks=mark, id=how or name)


REFUSED = [
    tried(
        "old repository",
        "",
        attackers.old_repository,
        f"{OLDER}New timestamp version 1 must be >= 2{PUT_BACK}",
    ),
    tried(
        "old timestamp",
        "",
        attackers.old_timestamp,
        f"{OLDER}New timestamp version 1 must be >= 2{PUT_BACK}",
    ),
    tried(
        "mix and match",
        "an older snapshot's targets, signed as the newest",
        attackers.old_snapshot,
        f"{OLDER}Expected targets.json version 1, got 2{PUT_BACK}",
        ONLINE,
    ),
    tried("frozen timestamp", "", attackers.later, EXPIRED),
    tried("tampered target", "", attackers.tampered_target, f"fleet trust: issuers.json: {HASH}"),
    tried(
        "tampered target",
        "releases, with another file's hash",
        attackers.tampered_releases,
        f"fleet trust: releases.json: {HASH}",
    ),
    tried("truncated target", "", attackers.truncated_target, SHORT),
    tried(
        "tampered metadata",
        "timestamp",
        attackers.tampered_timestamp,
        f"{UNSIGNED}timestamp was signed by 0/1 keys{LOOK}",
    ),
    tried(
        "tampered metadata",
        "snapshot",
        attackers.tampered("snapshot"),
        f"fleet trust: 3.snapshot.json: {HASH}",
    ),
    tried(
        "tampered metadata",
        "targets",
        attackers.tampered("targets"),
        f"fleet trust: 3.targets.json: {HASH}",
    ),
    tried(
        "one of two signatures",
        "root",
        attackers.one_of_two("root"),
        f"{UNSIGNED}root was signed by 1/2 keys{LOOK}",
        OFFLINE_KEY,
    ),
    tried(
        "one of two signatures",
        "targets",
        attackers.one_of_two("targets"),
        f"{UNSIGNED}targets was signed by 1/2 keys{LOOK}",
        OFFLINE_KEY,
    ),
    tried(
        "one of two signatures",
        "one key's signature twice",
        attackers.one_key_twice,
        f"fleet trust: 2.root.json: {MALFORMED}",
        OFFLINE_KEY,
    ),
    tried(
        "stolen online key signing an issuer list",
        "",
        attackers.stolen_online_key,
        f"{UNSIGNED}targets was signed by 0/2 keys{LOOK}",
        ONLINE,
    ),
    tried(
        "stolen online key signing an issuer list",
        "a release of its own",
        attackers.stolen_online_key_vouches_for_a_release,
        f"{UNSIGNED}targets was signed by 0/2 keys{LOOK}",
        ONLINE,
    ),
    tried(
        "stolen online key signing an issuer list",
        "by a root that gives it the word",
        attackers.stolen_online_key_makes_itself_offline,
        f"{UNSIGNED}root was signed by 0/2 keys{LOOK}",
        ONLINE,
    ),
    tried(
        "stolen online key signing an issuer list",
        "by a delegation",
        attackers.delegated_issuers,
        "fleet trust: issuers.json: not among the targets that the offline keys sign",
        f"{ONLINE}; the owner delegated to them",
    ),
    tried(
        "mix and match",
        "targets of another version",
        attackers.mixed_and_matched,
        f"fleet trust: 3.targets.json: {HASH}",
    ),
    tried(
        "mix and match",
        "a snapshot as a timestamp",
        attackers.one_kind_as_another,
        f"fleet trust: timestamp.json: malformed: Expected 'timestamp', got 'snapshot'{LOOK}",
        ONLINE,
    ),
    tried(
        "mix and match",
        "a root that jumps",
        attackers.a_root_that_jumps,
        f"{OLDER}Expected root version 2 instead got version 7{PUT_BACK}",
        OWNER,
    ),
    tried(
        "fast-forward of versions",
        "timestamp",
        attackers.fast_forward("timestamp"),
        f"{OLDER}New timestamp version 8 must be >= 2000000001{PUT_BACK}",
        ONLINE,
    ),
    tried(
        "fast-forward of versions",
        "snapshot",
        attackers.fast_forward("snapshot"),
        f"{OLDER}New snapshot version must be >= 2000000001, got version 8{PUT_BACK}",
        ONLINE,
    ),
    tried(
        "files that are none",
        "no JSON",
        attackers.no_json,
        f"fleet trust: timestamp.json: {MALFORMED}",
    ),
    tried(
        "files that are none",
        "issuers that are none",
        attackers.no_issuers,
        "fleet trust: issuers.json: issuers[0]: iss, keys, schemes, status_base missing",
        OWNER,
    ),
    tried(
        "files that are none",
        "releases that are none",
        attackers.no_releases,
        "fleet trust: releases.json: releases[0].version: '0.2.0rc1' is no version of a release:"
        " 1 to 5 numbers of at most 9 digits with dots between them, such as 0.2.0",
        OWNER,
    ),
    tried(
        "files that are none",
        "no issuers' file",
        attackers.no_issuers_at_all,
        "fleet trust: issuers.json: not among the targets; stage it on the hub, sign and publish",
        OWNER,
    ),
    tried(
        "endless data",
        "a target of a gigabyte",
        attackers.too_large_a_target,
        "fleet trust: issuers.json: 1073741824 bytes, at most 4194304; publish less",
        OWNER,
    ),
]
TOO_LONG = "an answer of over {} bytes, which is the most for it"
CUT_OFF = "cut off: no whole answer within 0 s"

UNHEARD = [
    tried(
        "endless data",
        "timestamp",
        [FINE, StaticTrouble.ENDLESS],
        f"fleet trust: timestamp.json: {TOO_LONG.format(16384)}",
    ),
    tried(
        "endless data",
        "word that there is no newer root",
        [StaticTrouble.ENDLESS],
        f"fleet trust: 2.root.json: {TOO_LONG.format(8192)}",
    ),
    tried(
        "endless data",
        "target",
        [FINE] * 4 + [StaticTrouble.ENDLESS],
        f"fleet trust: issuers.json: {TOO_LONG.format(409)}",
    ),
    tried(
        "endless data",
        "a timestamp said to be a terabyte",
        [FINE, StaticTrouble.LONG],
        f"fleet trust: timestamp.json: {TOO_LONG.format(16384)}",
    ),
    tried(
        "drip-fed download",
        "timestamp",
        [FINE, StaticTrouble.DRIP],
        f"fleet trust: timestamp.json: {CUT_OFF}",
    ),
    tried(
        "drip-fed download",
        "headers",
        [StaticTrouble.DRIP_HEADERS],
        f"fleet trust: 2.root.json: {CUT_OFF}",
    ),
    tried(
        "cut or foreign answer",
        "half a timestamp",
        [FINE, StaticTrouble.TRUNCATED],
        "fleet trust: timestamp.json: cut short: the answer ends before its end",
    ),
    tried(
        "cut or foreign answer",
        "sign-in page for a root",
        [StaticTrouble.PORTAL_PAGE],
        "fleet trust: 2.root.json: captive portal? it answers with a page",
    ),
    tried(
        "cut or foreign answer",
        "sign-in redirect",
        [StaticTrouble.PORTAL_REDIRECT],
        "fleet trust: 2.root.json: captive portal? it answers 302",
    ),
    tried(
        "cut or foreign answer",
        "304 that was not asked for",
        [StaticTrouble.UNASKED_304],
        "fleet trust: 2.root.json: captive portal? it answers 304",
    ),
]


@pytest.mark.parametrize("attacked", REFUSED)
def test_what_is_not_the_owners_newest_word_is_refused(
    unit: FleetUnit, refusal: Refusal, attacked: Callable[[FleetUnit], None]
) -> None:
    attacked(unit)
    before = unit.files()
    believed = unit.believed()
    with refusal.raised(TrustError):
        unit.sync()
    assert unit.files() == before
    assert believed == unit.believed() == ["first", "second"]


@pytest.mark.parametrize("troubles", UNHEARD)
def test_what_is_no_answer_changes_nothing_and_the_next_is_heard(
    unit: FleetUnit, refusal: Refusal, troubles: list[StaticTrouble]
) -> None:
    before = unit.files()
    unit.publish("third")
    unit.server.troubles.extend(troubles)
    with refusal.raised(UplinkError):
        unit.sync(within_s=0.5 if "drip" in refusal.attack.name else 30)
    assert unit.files() == before
    unit.sync()
    assert unit.believed() == ["third"]


@pytest.mark.parametrize("role", ["timestamp", "snapshot"])
def test_spent_versions_are_forgotten_with_the_keys_that_spent_them(
    unit: FleetUnit, role: str
) -> None:
    attackers.fast_forward(role)(unit)
    unit.repository.replace_keys("snapshot")
    unit.repository.replace_keys("timestamp")
    unit.repository.publish("snapshot", "timestamp")
    unit.sync()
    assert unit.believed() == ["after the theft"]


UNSEEN = "link cut to have something unseen"


@attack(
    UNSEEN,
    "a root that replaces a stolen key",
    has=f"{NETWORK}, and the replaced timestamp key",
    says=f"{UNSIGNED}timestamp was signed by 0/1 keys{LOOK}",
    stays=f"{STAYS}; the new root is remembered",
)
def test_a_new_root_once_seen_is_not_unseen_by_cutting_the_link(
    unit: FleetUnit, refusal: Refusal
) -> None:
    stolen = unit.repository.signers["timestamp"]
    honest = dict(unit.repository.files)
    unit.repository.replace_keys("timestamp")
    unit.server.forget()
    unit.server.cut_after = 2  # root 2, and that there is no root 3
    with pytest.raises(UplinkError):
        unit.sync()
    unit.server.forget()
    unit.server.files = honest
    unit.repository.signers["timestamp"] = stolen
    unit.repository.publish("timestamp")
    name = f"{attackers.METADATA}timestamp.json"
    honest[name] = unit.repository.files[name]
    with refusal.raised(TrustError):
        unit.sync()
    assert unit.believed() == ["first", "second"]


@attack(
    UNSEEN,
    "a newer timestamp",
    has=NETWORK,
    says=f"{OLDER}New timestamp version 3 must be >= 4{PUT_BACK}",
    stays=f"{STAYS}; the newer timestamp is remembered",
)
def test_a_newer_timestamp_once_seen_is_not_unseen_by_cutting_the_link(
    unit: FleetUnit, refusal: Refusal
) -> None:
    unit.publish("third")
    older = dict(unit.repository.files)
    unit.publish("fourth")
    unit.server.forget()
    unit.server.cut_after = 2
    with pytest.raises(UplinkError):
        unit.sync()
    unit.server.forget()
    unit.server.files = older
    with refusal.raised(TrustError):
        unit.sync()
