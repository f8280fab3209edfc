"""A heartbeat: what a unit tells of itself."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from gate.errors import EventError
from gate.events.camera_day import CameraDay
from gate.events.heartbeat import (
    MAX_HEARTBEAT_BYTES,
    TYP,
    Heartbeat,
    open_heartbeat,
    sign_heartbeat,
)
from gate.events.signed import sign
from gate.signing import cbor
from gate.signing.keys import SigningKey

UNIT = SigningKey(Ed25519PrivateKey.from_private_bytes(bytes(32)))
NOW = datetime(2026, 12, 6, 7, 15, tzinfo=UTC)
TODAY = CameraDay(day=20_793, cards=120, edge_cpx=214, haze_percent=18, need_us=9_000, missed=3)
FULL = Heartbeat(
    sent_at=NOW,
    clock_trusted=True,
    backlog=12,
    oldest_at=NOW - timedelta(minutes=5),
    list_ages={"https://cards.example/lists/1": 3600},
    temperature_c=48,
    disk_free_bytes=12_000_000_000,
    version="0.2.0",
    boot_reason="power on",
    faults=("camera",),
    manifest_version=7,
    manifest_age_s=900,
    tier="amber",
    tier_left_s=7200,
    untrusted_s=4000,
    areas={"Gate A in": "tower"},
    cameras={"Gate A in": (TODAY,)},
)
FIELDS: dict[str, Any] = {
    "sent_ms": 1_796_541_300_000,
    "clock_trusted": 1,
    "backlog": 12,
    "oldest_ms": 1_796_541_000_000,
    "list_ages": {"https://cards.example/lists/1": 3600},
    "temperature_c": 48,
    "disk_free_bytes": 12_000_000_000,
    "version": "0.2.0",
    "boot_reason": "power on",
    "faults": ["camera"],
    "manifest_version": 7,
    "manifest_age_s": 900,
    "tier": "amber",
    "tier_left_s": 7200,
    "untrusted_s": 4000,
    "areas": {"Gate A in": "tower"},
    "cameras": {"Gate A in": [[20_793, 120, 214, 18, 9_000, 3]]},
}
TIMES = st.integers(0, 2**47).map(
    lambda ms: datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=ms)
)
WORDS = st.text(st.characters(categories=["L", "N"]), max_size=64)
HEARTBEATS = st.builds(
    Heartbeat,
    sent_at=TIMES,
    clock_trusted=st.booleans(),
    backlog=st.integers(0, 2**53 - 1),
    oldest_at=st.none() | TIMES,
    list_ages=st.dictionaries(WORDS, st.integers(0, 2**53 - 1), max_size=5),
    temperature_c=st.none() | st.integers(-100, 200),
    disk_free_bytes=st.none() | st.integers(0, 2**53 - 1),
    version=WORDS,
    boot_reason=WORDS,
    faults=st.lists(WORDS, max_size=5).map(tuple),
    manifest_version=st.none() | st.integers(0, 2**53 - 1),
    manifest_age_s=st.none() | st.integers(0, 2**53 - 1),
    tier=WORDS,
    tier_left_s=st.none() | st.integers(0, 2**53 - 1),
    untrusted_s=st.none() | st.integers(0, 2**53 - 1),
    areas=st.dictionaries(WORDS, WORDS, max_size=8),
)


def test_a_heartbeat_is_the_documented_map() -> None:
    assert sign_heartbeat(FULL, UNIT) == sign(TYP, cbor.encode(FIELDS), UNIT)


def test_what_is_not_known_is_left_out() -> None:
    bare = Heartbeat(sent_at=NOW, clock_trusted=False, backlog=0)
    kept = {"sent_ms", "clock_trusted", "backlog", "list_ages", "version", "boot_reason", "faults"}
    empty = {key: type(value)() for key, value in FIELDS.items() if key in kept}
    payload = cbor.encode(empty | {"sent_ms": FIELDS["sent_ms"]})
    assert sign_heartbeat(bare, UNIT) == sign(TYP, payload, UNIT)


# Invariant: every heartbeat comes back the same, and within the size that is read.
@given(HEARTBEATS)
def test_a_heartbeat_comes_back_the_same(heartbeat: Heartbeat) -> None:
    message = sign_heartbeat(heartbeat, UNIT)
    assert open_heartbeat(message, UNIT.verifying_key) == heartbeat


def test_the_longest_heartbeat_is_short_enough_to_be_read() -> None:
    faults = tuple("\U0001f6a7" * 256 for _ in range(32))
    ages = {f"{number:02}" + "\U0001f6a7" * 254: 2**53 - 1 for number in range(64)}
    areas = {f"{number}" + "\U0001f6a7" * 63: "\U0001f6a7" * 64 for number in range(8)}
    longest = replace(FULL, faults=faults, list_ages=ages, areas=areas)
    message = sign_heartbeat(longest, UNIT)
    assert len(message) <= MAX_HEARTBEAT_BYTES
    assert open_heartbeat(message, UNIT.verifying_key) == longest


def test_a_later_unit_may_say_more() -> None:
    message = sign(TYP, cbor.encode(FIELDS | {"a_later_field": [1, 2]}), UNIT)
    assert open_heartbeat(message, UNIT.verifying_key) == FULL


# Invariant: any payload that a unit signs is a heartbeat that can be sent again, or EventError.
@given(
    st.one_of(
        st.binary(max_size=200),
        st.tuples(
            st.sampled_from(sorted(FIELDS)),
            st.one_of(
                st.integers(-(2**63), 2**63),
                st.text(max_size=20),
                st.lists(st.integers(0, 9) | st.text(max_size=3), max_size=3),
                st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=2),
            ),
        ).map(lambda change: cbor.encode(FIELDS | {change[0]: change[1]})),
    )
)
def test_any_payload_is_a_heartbeat_or_an_error(payload: bytes) -> None:
    try:
        heartbeat = open_heartbeat(sign(TYP, payload, UNIT), UNIT.verifying_key)
    except EventError:
        return
    again = sign_heartbeat(heartbeat, UNIT)
    assert open_heartbeat(again, UNIT.verifying_key) == heartbeat


@given(st.integers(0, len(sign_heartbeat(FULL, UNIT)) * 8 - 1))
def test_no_bit_of_a_heartbeat_can_be_changed(bit: int) -> None:
    message = bytearray(sign_heartbeat(FULL, UNIT))
    message[bit // 8] ^= 1 << bit % 8
    with pytest.raises(EventError):
        open_heartbeat(bytes(message), UNIT.verifying_key)


@pytest.mark.parametrize("field", ["sent_ms", "clock_trusted", "backlog", "version", "faults"])
def test_a_heartbeat_without_a_field_is_refused(field: str) -> None:
    payload = cbor.encode({key: value for key, value in FIELDS.items() if key != field})
    with pytest.raises(EventError, match="missing"):
        open_heartbeat(sign(TYP, payload, UNIT), UNIT.verifying_key)


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        pytest.param("sent_at", NOW.replace(tzinfo=None), "aware UTC", id="time without a zone"),
        pytest.param("oldest_at", NOW.replace(year=1969), "1970", id="before 1970"),
        pytest.param("backlog", -1, "backlog -1", id="less than nothing waiting"),
        pytest.param("temperature_c", 201, "201: outside", id="hotter than solder"),
        pytest.param("disk_free_bytes", -1, "disk_free_bytes -1", id="less than no room"),
        pytest.param("version", "v" * 65, "at most 64", id="long version"),
        pytest.param("boot_reason", "two\nlines", "one line", id="two lines"),
        pytest.param("faults", ("f",) * 33, "32 faults", id="too many faults"),
        pytest.param("faults", ("f" * 257,), "at most 256", id="long fault"),
        pytest.param("list_ages", dict.fromkeys(map(str, range(65)), 0), "64 lists", id="lists"),
        pytest.param("untrusted_s", -1, "untrusted_s -1", id="less than no time"),
        pytest.param("manifest_age_s", -1, "manifest_age_s -1", id="a manifest of tomorrow"),
        pytest.param("tier", "two\nlines", "one line", id="a tier of two lines"),
        pytest.param("list_ages", {"u": -1}, "list_ages u -1", id="list of tomorrow"),
        pytest.param("list_ages", {"u" * 257: 1}, "at most 256", id="long address"),
    ],
)
def test_what_could_not_be_shown_is_no_heartbeat(field: str, value: object, told: str) -> None:
    changes: dict[str, Any] = {field: value}
    with pytest.raises(EventError, match=told):
        replace(FULL, **changes)


def test_too_long_a_message_is_not_looked_into() -> None:
    with pytest.raises(EventError, match=f"at most {MAX_HEARTBEAT_BYTES}"):
        open_heartbeat(bytes(MAX_HEARTBEAT_BYTES + 1), UNIT.verifying_key)


@pytest.mark.parametrize(
    "areas",
    [
        7,
        ["Gate A in", "tower"],
        {"Gate A in": 7},
        {7: "tower"},
        {"Gate A in": "t" * 65},
        {"Gate A\nin": "tower"},
        {f"Gate {number}": "tower" for number in range(9)},
    ],
)
def test_areas_that_are_none_are_refused(areas: Any) -> None:  # noqa: ANN401 - whatever a unit may say
    message = sign(TYP, cbor.encode(FIELDS | {"areas": areas}), UNIT)
    with pytest.raises(EventError):
        open_heartbeat(message, UNIT.verifying_key)


def test_a_unit_of_before_areas_were_told_is_heard() -> None:
    told = {key: value for key, value in FIELDS.items() if key != "areas"}
    message = sign(TYP, cbor.encode(told), UNIT)
    assert open_heartbeat(message, UNIT.verifying_key) == replace(FULL, areas={})
