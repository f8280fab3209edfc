"""A site's manifest: of one site, by its hub's key, never older than the one in force."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.errors import TrustError
from gate.signing import cbor
from gate.signing.message import sign_message
from gate.sim.issuer import NOW, SimIssuer, seeded_key
from gate.trust.bundle import Issuer, KeyUse, TrustedKey
from gate.trust.commanded import Forgiven, Identified, Released
from gate.trust.issuers import format_issuers
from gate.trust.local_login import LocalLogin, LocalRole
from gate.trust.manifest import (
    KIND,
    MAX_BLOCKED,
    MAX_COMMANDS,
    MAX_INDUCTED,
    MAX_POLICY_BYTES,
    Command,
    CommandKind,
    SiteManifest,
    accept_manifest,
    open_manifest,
    sign_manifest,
)

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
HUB = seeded_key("hub")
KEYS = (TrustedKey(key=HUB.verifying_key, uses=frozenset({KeyUse.SITE})),)
PASSES = SimIssuer("riverside-passes")
SITE_USES = frozenset({KeyUse.SITE, KeyUse.LIST})


def pass_issuer(site: str = "riverside", **changed: Any) -> Issuer:  # noqa: ANN401 - fields of TrustedKey, by name
    issuer = PASSES.issuer(**({"uses": SITE_USES} | changed))
    return replace(issuer, schemes=frozenset({f"site:{site}"}))


def person(number: int) -> bytes:
    return sha256(b"%d" % number).digest()[:16]


def command(number: int, kind: CommandKind = CommandKind.LOCKDOWN) -> Command:
    return Command(id=person(number), kind=kind, not_after=NOW + HOUR)


def login(name: str = "ann", **changed: Any) -> LocalLogin:  # noqa: ANN401 - fields of LocalLogin, by name
    fields = {"role": LocalRole.GUARD, "salt": person(50), "hash": 2 * person(51)}
    return LocalLogin(name=name, **(fields | changed))


MANIFEST = SiteManifest(
    site="riverside",
    version=7,
    issued_at=NOW,
    expires_at=NOW + 7 * DAY,
    policy='site = "riverside"\n',
    inducted=frozenset(map(person, range(40))),
    blocked=frozenset(map(person, range(100, 103))),
    issuers=(pass_issuer(),),
    commands=(command(1), command(2, CommandKind.TEST_RELEASE)),
)
MESSAGE = sign_manifest(MANIFEST, HUB)
CLAIMS: dict[int, Any] = {
    1: "riverside",
    2: 7,
    3: 1_795_158_000,
    4: 1_795_762_800,
    5: 'site = "riverside"\n',
    6: b"".join(sorted(map(person, range(40)))),
    7: b"".join(sorted(map(person, range(100, 103)))),
    8: format_issuers([pass_issuer()]),
    9: [[person(1), "lockdown", 1_795_161_600], [person(2), "test_release", 1_795_161_600]],
}


def signed(claims: Any) -> bytes:  # noqa: ANN401 - whatever a hub might sign by mistake
    return sign_message(KIND.typ, cbor.encode(claims), HUB)


def test_a_manifest_is_the_documented_map() -> None:
    assert signed(CLAIMS) == MESSAGE


WHOLE_SECONDS = st.integers(1_577_836_800, 4_102_444_799).map(
    lambda second: datetime.fromtimestamp(second, UTC)
)
LINES = st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=40)
FORGIVEN = st.builds(
    Forgiven, person=st.binary(min_size=16, max_size=16), at=WHOLE_SECONDS, by=LINES, why=LINES
)
RELEASED = st.builds(
    Released,
    person=st.binary(min_size=16, max_size=16),
    access_point=LINES,
    seq=st.integers(1, 2**53 - 1),
    by=LINES,
    why=LINES,
)
ABOUT = {
    CommandKind.FORGIVE: FORGIVEN,
    CommandKind.RELEASE: RELEASED,
    CommandKind.IDENTIFY: st.just(Identified(access_points=("Gate A in", "Gate A out"))),
}
MANIFESTS = st.builds(
    lambda at, life_s, **rest: SiteManifest(
        site="riverside", issued_at=at, expires_at=at + timedelta(seconds=life_s), **rest
    ),
    at=WHOLE_SECONDS,
    life_s=st.integers(1, 30_000_000),
    version=st.integers(1, 2**53 - 1),
    policy=st.text(st.characters(exclude_categories=["Cs"]), max_size=50),
    inducted=st.frozensets(st.binary(min_size=16, max_size=16), max_size=8),
    blocked=st.frozensets(st.binary(min_size=16, max_size=16), max_size=8),
    issuers=st.sampled_from([(), (pass_issuer(),), (pass_issuer(compromised=True),)]),
    commands=st.lists(
        st.builds(
            lambda kind, about, **others: Command(kind=kind, about=about.get(kind), **others),
            about=st.fixed_dictionaries(ABOUT),
            id=st.binary(min_size=16, max_size=16),
            kind=st.sampled_from(CommandKind),
            not_after=WHOLE_SECONDS,
        ),
        max_size=4,
        unique_by=lambda found: found.id,
    ).map(tuple),
    logins=st.sampled_from([(), (login(),), (login("ann"), login("b.c", role=LocalRole.MANAGER))]),
)


# Invariant: every manifest comes back the same.
@given(MANIFESTS)
def test_a_manifest_comes_back_the_same(manifest: SiteManifest) -> None:
    assert open_manifest(sign_manifest(manifest, HUB), KEYS, "riverside") == manifest


VALUES = st.one_of(
    st.integers(-(2**63), 2**63),
    st.binary(max_size=40),
    st.text(max_size=20),
    st.lists(st.lists(st.integers(0, 9) | st.text(max_size=8), max_size=3), max_size=3),
)


# Invariant: any payload that the hub signs is the one encoding of a manifest, or TrustError.
@given(
    st.one_of(
        st.binary(max_size=200),
        st.tuples(st.sampled_from(range(12)), VALUES).map(
            lambda change: cbor.encode(CLAIMS | {change[0]: change[1]})
        ),
    )
)
def test_any_payload_is_a_manifest_or_an_error(payload: bytes) -> None:
    message = sign_message(KIND.typ, payload, HUB)
    try:
        manifest = open_manifest(message, KEYS, "riverside")
    except TrustError:
        return
    assert sign_manifest(manifest, HUB) == message


# Invariant: no message that differs in a bit from a signed one is accepted.
@given(st.integers(0, len(MESSAGE) * 8 - 1))
def test_no_bit_of_a_manifest_can_be_changed(bit: int) -> None:
    message = bytearray(MESSAGE)
    message[bit // 8] ^= 1 << bit % 8
    with pytest.raises(TrustError):
        open_manifest(bytes(message), KEYS, "riverside")


@pytest.mark.parametrize(
    ("message", "told"),
    [
        pytest.param(bytes(KIND.max_bytes + 1), "at most 1048576", id="too long"),
        pytest.param(b"", "manifest: message: COSE", id="nothing"),
        pytest.param(MESSAGE[:-1], "manifest: message: ", id="cut short"),
        pytest.param(MESSAGE + b"\0", "1 bytes after", id="trailed"),
        pytest.param(signed(7), "the claims of", id="no map"),
        pytest.param(signed(CLAIMS | {12: 0}), "the claims of", id="a claim too many"),
        pytest.param(
            signed({key: value for key, value in CLAIMS.items() if key != 7}),
            "the claims of",
            id="a claim too few",
        ),
        pytest.param(
            signed(CLAIMS | {3: "now"}), "issued_at is not a time", id="a text for a time"
        ),
        pytest.param(signed(CLAIMS | {4: 1 << 40}), "expires_at is not a time", id="past 2100"),
        pytest.param(
            signed(CLAIMS | {6: person(2) + person(1)}), "one order", id="persons out of order"
        ),
        pytest.param(signed(CLAIMS | {7: person(1) + person(1)}), "one order", id="a person twice"),
        pytest.param(signed(CLAIMS | {7: bytes(17)}), "not 16 bytes", id="a person and a bit"),
        pytest.param(
            signed(CLAIMS | {8: CLAIMS[8].replace("\n", "")}), "one order", id="issuers laid out"
        ),
        pytest.param(signed(CLAIMS | {8: "{}"}), "manifest: issuers: ", id="no issuers' file"),
        pytest.param(
            signed(CLAIMS | {9: [[person(1), "open", 1_795_161_600]]}),
            "a command is not",
            id="a command unknown here",
        ),
        pytest.param(signed(CLAIMS | {9: [7]}), "a command is not", id="a number for a command"),
        pytest.param(
            signed(CLAIMS | {9: [[person(1), "lift", 0]]}), "a command's not_after", id="of 1970"
        ),
    ],
)
def test_what_is_no_manifest_is_named(message: bytes, told: str) -> None:
    with pytest.raises(TrustError, match=told):
        open_manifest(message, KEYS, "riverside")


def test_a_manifest_of_another_site_is_refused() -> None:
    with pytest.raises(TrustError, match="of the site 'riverside', this is 'hillside'"):
        open_manifest(MESSAGE, KEYS, "hillside")


def renewed(**changed: Any) -> SiteManifest:  # noqa: ANN401 - its fields, by name
    return replace(MANIFEST, **changed)


@pytest.mark.parametrize(
    ("fresh", "told"),
    [
        pytest.param(
            renewed(site="hillside", issuers=()), "of the site 'hillside'", id="of another site"
        ),
        pytest.param(renewed(version=6), "version 6, held is 7", id="an older version"),
        pytest.param(
            renewed(version=6, issued_at=NOW + MINUTE),
            "version 6, held is 7",
            id="older, signed anew",
        ),
        pytest.param(
            renewed(issued_at=NOW - HOUR), "as signed at 06:00:00, held", id="as signed before"
        ),
        pytest.param(renewed(blocked=frozenset()), "with other contents", id="other contents"),
        pytest.param(renewed(policy=""), "with other contents", id="other rules"),
        pytest.param(renewed(commands=()), "with other contents", id="other commands"),
        pytest.param(renewed(issuers=()), "with other contents", id="other issuers"),
        pytest.param(
            renewed(version=8, issued_at=NOW - DAY, expires_at=NOW), "expired on", id="expired"
        ),
        pytest.param(
            renewed(version=8, issued_at=NOW + timedelta(seconds=61)),
            "issued at 2026-11-20 07:01:01, and now it is 2026-11-20 07:00:00",
            id="not yet issued",
        ),
    ],
)
def test_what_must_not_replace_the_one_in_force_is_named(fresh: SiteManifest, told: str) -> None:
    with pytest.raises(TrustError, match=told):
        accept_manifest(fresh, MANIFEST, NOW, clock_trusted=True)


@pytest.mark.parametrize(
    ("fresh", "held"),
    [
        pytest.param(MANIFEST, None, id="the first"),
        pytest.param(MANIFEST, MANIFEST, id="the same again"),
        pytest.param(
            renewed(issued_at=NOW + HOUR, expires_at=NOW + 8 * DAY), MANIFEST, id="signed anew"
        ),
        pytest.param(renewed(version=8, blocked=frozenset()), MANIFEST, id="the next version"),
        pytest.param(renewed(version=900), MANIFEST, id="many versions on"),
        pytest.param(
            renewed(version=8, issued_at=NOW - HOUR), MANIFEST, id="by a hub whose clock was set"
        ),
    ],
)
def test_what_is_newer_or_the_same_is_accepted(
    fresh: SiteManifest, held: SiteManifest | None
) -> None:
    accept_manifest(fresh, held, NOW + HOUR, clock_trusted=True)


def test_without_a_clock_a_manifest_may_be_from_the_future() -> None:
    accept_manifest(MANIFEST, None, NOW - 30 * DAY, clock_trusted=False)


def test_without_a_clock_what_has_expired_by_the_lower_bound_is_refused() -> None:
    with pytest.raises(TrustError, match="expired on 2026-11-27 07:00"):
        accept_manifest(MANIFEST, None, MANIFEST.expires_at, clock_trusted=False)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        pytest.param({"site": ""}, "not a word", id="no site"),
        pytest.param({"site": "river side"}, "not a word", id="a site of two words"),
        pytest.param({"site": "s" * 33}, "not a word", id="a long site"),
        pytest.param({"site": "fl\u00fcelen"}, "not a word", id="a site beyond ASCII"),
        pytest.param({"expires_at": NOW.replace(year=2101)}, "expires_at", id="a late expiry"),
        pytest.param({"version": 0}, "version 0", id="version 0"),
        pytest.param({"version": 2**53}, "outside 1 to", id="a version too large"),
        pytest.param({"issued_at": NOW.replace(tzinfo=None)}, "aware", id="a time without zone"),
        pytest.param({"issued_at": NOW.replace(microsecond=1)}, "whole second", id="a fraction"),
        pytest.param({"expires_at": NOW}, "before it is issued", id="expired when issued"),
        pytest.param({"policy": "x" * (MAX_POLICY_BYTES + 1)}, "131073 bytes", id="long rules"),
        pytest.param({"policy": "\ud800"}, "half a character", id="rules that are no text"),
        pytest.param(
            {"inducted": frozenset(n.to_bytes(16, "big") for n in range(MAX_INDUCTED + 1))},
            "20001 inducted, at most 20000",
            id="too many inducted",
        ),
        pytest.param(
            {"blocked": frozenset(n.to_bytes(16, "big") for n in range(MAX_BLOCKED + 1))},
            "5001 blocked, at most 5000",
            id="too many blocked",
        ),
        pytest.param({"blocked": frozenset({b"12"})}, "not 16 bytes", id="a short hash"),
        pytest.param({"commands": (command(1), command(1))}, "stands twice", id="a command twice"),
        pytest.param(
            {"commands": tuple(map(command, range(MAX_COMMANDS + 1)))},
            "at most 132",
            id="133 commands",
        ),
        pytest.param(
            {"issuers": (pass_issuer("hillside"),)}, "site:riverside alone", id="another's passes"
        ),
        pytest.param(
            {"issuers": (replace(pass_issuer(), schemes=frozenset({"site:riverside", "cscs"})),)},
            "site:riverside alone",
            id="a card scheme beside its own",
        ),
        pytest.param(
            {"issuers": (pass_issuer(uses=frozenset({KeyUse.SITE, KeyUse.CARD})),)},
            "more than site and list",
            id="a key for cards",
        ),
    ],
)
def test_what_no_hub_could_mean_is_no_manifest(changed: dict[str, Any], told: str) -> None:
    with pytest.raises(TrustError, match=told):
        replace(MANIFEST, **changed)


def test_a_command_has_an_id_of_its_own() -> None:
    with pytest.raises(TrustError, match="an id of 0 bytes"):
        Command(id=b"", kind=CommandKind.LIFT, not_after=NOW)


def test_a_command_has_a_time_that_travels() -> None:
    with pytest.raises(TrustError, match=r"command: not_after .* whole second"):
        Command(id=bytes(16), kind=CommandKind.LIFT, not_after=NOW.replace(microsecond=1))


def test_an_issuer_that_would_come_back_changed_is_not_signed() -> None:
    issuer = pass_issuer(not_after=NOW + timedelta(milliseconds=1))

    with pytest.raises(TrustError, match="whole seconds"):
        sign_manifest(replace(MANIFEST, issuers=(issuer,)), HUB)


# The bounds are for strangers; whatever stands within them can be signed.
def test_a_manifest_of_the_largest_site_fits() -> None:
    most = replace(
        MANIFEST,
        policy="x" * MAX_POLICY_BYTES,
        inducted=frozenset(n.to_bytes(16, "big") for n in range(MAX_INDUCTED)),
        blocked=frozenset(n.to_bytes(16, "big") for n in range(MAX_BLOCKED)),
        commands=tuple(map(command, range(MAX_COMMANDS))),
    )

    assert open_manifest(sign_manifest(most, HUB), KEYS, "riverside") == most


def test_a_manifest_that_no_unit_would_take_is_not_signed() -> None:
    keys = pass_issuer().keys * 2_600
    heavy = replace(
        MANIFEST,
        policy="x" * MAX_POLICY_BYTES,
        inducted=frozenset(n.to_bytes(16, "big") for n in range(MAX_INDUCTED)),
        issuers=(replace(pass_issuer(), keys=keys),),
    )

    with pytest.raises(TrustError, match=r"^manifest: 1\d+ bytes, at most 1048576"):
        sign_manifest(heavy, HUB)


# What a poll brings when something changed: docs/reference/site-files.md says so.
def test_a_manifest_of_400_persons_is_small() -> None:
    usual = replace(
        MANIFEST,
        policy="x" * 2_000,
        inducted=frozenset(map(person, range(400))),
        blocked=frozenset(map(person, range(400, 420))),
    )

    assert len(sign_manifest(usual, HUB)) < 10_000
