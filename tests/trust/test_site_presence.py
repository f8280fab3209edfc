"""A site's presence: everybody's last passage, by its hub's key, never older than the one held."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.access.model import Direction
from gate.access.presence import How
from gate.errors import TrustError
from gate.signing.message import sign_message
from gate.sim.issuer import NOW, seeded_key
from gate.trust.bundle import KeyUse, TrustedKey
from gate.trust.gates_heard import MAX_GATES, MAX_TURNS, GateHeard
from gate.trust.site_presence import (
    KIND,
    MAX_ROWS,
    WAYS,
    LastPassage,
    SitePresence,
    accept_presence,
    open_presence,
    sign_presence,
)

HUB = seeded_key("hub")
KEYS = (TrustedKey(key=HUB.verifying_key, uses=frozenset({KeyUse.SITE})),)
SECOND = timedelta(seconds=1)
NOW_S = int(NOW.timestamp())


def person(number: int) -> bytes:
    return sha256(b"%d" % number).digest()[:16]


IRIS, JOE = sorted(map(person, range(2)))
ROWS = (
    LastPassage(IRIS, "in", NOW - 90 * SECOND, "Gate A in", "site", "Iris Example", "Ace Roofing"),
    LastPassage(JOE, "out", NOW - 3600 * SECOND, "Gate B out", "site", "Łukasz Example", ""),
)
GATES = (
    GateHeard(b"gate-a--", "Gate A", NOW - 5 * SECOND, NOW - 5 * SECOND),
    GateHeard(
        *(b"gate-b--", "Gate B", NOW - 20 * SECOND, NOW - 600 * SECOND, 2, 3),
        *(NOW - 900 * SECOND, NOW - 300 * SECOND),
    ),
)
PRESENCE = SitePresence(site="riverside", issued_at=NOW, rows=ROWS, gates=GATES)
TABLE = ["", "Ace Roofing", "Gate A in", "Gate B out", "site"]
CLAIMS: dict[int, Any] = {
    1: "riverside",
    2: NOW_S,
    3: TABLE,
    4: IRIS + JOE,
    5: b"\x01\x00",
    6: [90, 3600],
    7: [2, 3],
    8: [4, 4],
    9: ["Iris Example", "Łukasz Example"],
    10: [1, 0],
    11: b"gate-a--gate-b--",
    12: ["Gate A", "Gate B"],
    13: [5, 20],
    14: [5, 600],
    15: [0, 2],
    16: [0, 3],
    17: [-1, 900],
    18: [-1, 300],
}
MESSAGE = sign_presence(PRESENCE, HUB)


def signed(claims: Any) -> bytes:  # noqa: ANN401 - whatever a hub might sign by mistake
    return sign_message(KIND.typ, cbor2.dumps(claims), HUB)


def test_a_presence_is_the_documented_map() -> None:
    assert signed(CLAIMS) == MESSAGE


def test_the_directions_are_those_of_the_gates() -> None:
    assert {way for way, _ in WAYS} == set(Direction)
    assert {how for _, how in WAYS} == set(How)
    assert [way for way, how in WAYS if how == How.FORGIVEN] == [Direction.OUT]


TEXTS = st.text(st.characters(categories=["L", "N", "P"]) | st.just(" "), max_size=20)
ROW = st.builds(
    lambda way, **others: LastPassage(direction=way[0], how=way[1], **others),
    person=st.binary(min_size=16, max_size=16),
    way=st.sampled_from(WAYS),
    at=st.integers(0, 4_102_444_799).map(lambda second: datetime.fromtimestamp(second, UTC)),
    access_point=TEXTS,
    area=TEXTS,
    name=TEXTS,
    company=TEXTS,
)


MOMENT = st.none() | st.integers(0, 10**6).map(lambda seconds: NOW - seconds * SECOND)


@st.composite
def gates_heard(draw: st.DrawFn) -> GateHeard:
    heard_s, more_s = draw(st.integers(0, 10**6)), draw(st.integers(0, 10**6))
    return GateHeard(
        uid=draw(st.binary(min_size=8, max_size=8)),
        name=draw(TEXTS),
        heard_at=NOW - heard_s * SECOND,
        whole_at=NOW - (heard_s + more_s) * SECOND,
        turned_in=draw(st.integers(0, MAX_TURNS)),
        turned_out=draw(st.integers(0, MAX_TURNS)),
        alarm_at=draw(MOMENT),
        clear_at=draw(MOMENT),
    )


# Invariant: every presence comes back the same, its rows by person, its gates by uid.
@given(
    st.lists(ROW, max_size=10, unique_by=lambda row: row.person),
    st.lists(gates_heard(), max_size=4, unique_by=lambda gate: gate.uid),
)
def test_a_presence_comes_back_the_same(rows: list[LastPassage], gates: list[GateHeard]) -> None:
    presence = SitePresence(site="riverside", issued_at=NOW, rows=tuple(rows), gates=tuple(gates))

    found = open_presence(sign_presence(presence, HUB), KEYS, "riverside")
    by_uid = sorted(gates, key=lambda gate: gate.uid)

    assert found == replace(presence, rows=tuple(sorted(rows)), gates=tuple(by_uid))


COLUMN = (
    st.lists(st.integers(-2, 6) | st.integers(-(2**70), 2**70) | st.booleans(), max_size=3)
    | st.lists(st.floats() | st.text(max_size=3) | st.none(), max_size=3)
    | st.binary(max_size=40)
    | st.text(max_size=4)
    | st.integers(-(2**70), 2**70)
    | st.floats()
)


# Invariant: any payload that the hub signs is the one encoding of a presence, or TrustError.
@given(
    st.one_of(
        st.binary(max_size=200),
        st.tuples(st.sampled_from(range(16)), COLUMN).map(
            lambda change: cbor2.dumps(CLAIMS | {change[0]: change[1]})
        ),
    )
)
def test_any_payload_is_a_presence_or_an_error(payload: bytes) -> None:
    message = sign_message(KIND.typ, payload, HUB)
    try:
        presence = open_presence(message, KEYS, "riverside")
    except TrustError:
        return
    assert sign_presence(presence, HUB) == message


# Invariant: no message that differs in a bit from a signed one is accepted.
@given(st.integers(0, len(MESSAGE) * 8 - 1))
def test_no_bit_of_a_presence_can_be_changed(bit: int) -> None:
    message = bytearray(MESSAGE)
    message[bit // 8] ^= 1 << bit % 8
    with pytest.raises(TrustError):
        open_presence(bytes(message), KEYS, "riverside")


def column(number: int, value: object) -> bytes:
    return signed(CLAIMS | {number: value})


@pytest.mark.parametrize(
    ("message", "told"),
    [
        pytest.param(bytes(KIND.max_bytes + 1), "at most 4194304", id="too long"),
        pytest.param(sign_message(KIND.typ, b"\xff", HUB), "not CBOR", id="no CBOR"),
        pytest.param(
            sign_message(KIND.typ, cbor2.dumps(CLAIMS) + b"\0", HUB), "one encoding", id="trailed"
        ),
        pytest.param(signed([1]), "eighteen claims", id="no map"),
        pytest.param(signed(CLAIMS | {19: 0}), "eighteen claims", id="a claim too many"),
        pytest.param(
            signed({float(key): value for key, value in CLAIMS.items()}),
            "eighteen claims",
            id="floats",
        ),
        pytest.param(signed(dict(reversed(CLAIMS.items()))), "eighteen claims", id="out of order"),
        pytest.param(column(1, 7), "no text", id="a number for the site"),
        pytest.param(column(2, "now"), "issued_at is not", id="a text for a time"),
        pytest.param(column(4, [IRIS, JOE]), "not bytes", id="a list of persons"),
        pytest.param(column(6, 90), "not an array", id="a number for a column"),
        pytest.param(column(6, [90]), "different lengths", id="a short column"),
        pytest.param(column(4, IRIS), "different lengths", id="a person too few"),
        pytest.param(column(5, b"\x01"), "different lengths", id="a direction too few"),
        pytest.param(column(7, [2, True]), "numbers holds something else", id="true for a number"),
        pytest.param(
            column(9, ["Iris", 7]), "texts holds something else", id="a number for a name"
        ),
        pytest.param(column(9, ["Iris", "a\nb"]), "not one line", id="a name of two lines"),
        pytest.param(column(9, ["Iris", "\u202eabc"]), "not one line", id="a name turned round"),
        pytest.param(column(9, ["Iris", "a" * 129]), "not one line", id="a long name"),
        pytest.param(column(4, JOE + IRIS), "out of order", id="persons out of order"),
        pytest.param(column(4, IRIS + IRIS), "stands twice", id="a person twice"),
        pytest.param(column(3, TABLE[::-1]), "table", id="the table out of order"),
        pytest.param(column(3, [*TABLE, "unused"]), "table", id="a text that nobody uses"),
        pytest.param(column(7, [2, 5]), "table", id="beyond the table"),
        pytest.param(column(7, [2, -2]), "table", id="before the table"),
        pytest.param(column(5, b"\x01\x05"), "none of 0 to 4", id="a sixth way"),
        pytest.param(column(6, [90, NOW_S + 1]), "before 1970", id="a passage before 1970"),
        pytest.param(column(6, [90, -(1 << 62)]), "after 2100", id="a passage after people"),
        pytest.param(
            signed(
                CLAIMS
                | {number: [0] * (MAX_ROWS + 1) for number in (6, 7, 8, 9, 10)}
                | {4: bytes(16 * (MAX_ROWS + 1)), 5: bytes(MAX_ROWS + 1)}
            ),
            "20001 persons, at most 20000",
            id="too many",
        ),
        pytest.param(column(11, "gate"), "gates is not bytes", id="a text for gates"),
        pytest.param(column(14, 5), "not an array", id="a number for gates' ages"),
        pytest.param(column(11, b"gate-a--gate-b-"), "gates of different", id="half a gate"),
        pytest.param(column(13, [5]), "gates of different", id="a gate never heard"),
        pytest.param(column(13, [5, 20.0]), "ages holds something else", id="half a second"),
        pytest.param(column(11, b"gate-b--gate-a--"), "out of order", id="gates out of order"),
        pytest.param(column(11, b"gate-a--gate-a--"), "stands twice", id="a gate twice"),
        pytest.param(column(12, ["Gate A", "B\n"]), "not one line", id="a gate of two lines"),
        pytest.param(column(13, [-1, 20]), "after now", id="a gate heard tomorrow"),
        pytest.param(column(14, [4, 600]), "further than", id="known further than heard"),
        pytest.param(column(14, [5, NOW_S]), "further than", id="a gate of 1970"),
        pytest.param(column(15, [0, -1]), "turns by nobody", id="turns below none"),
        pytest.param(column(16, [0, MAX_TURNS + 1]), "turns by nobody", id="turns of a century"),
        pytest.param(column(16, [0]), "gates of different", id="turns of one gate"),
        pytest.param(column(17, [-2, 0]), "fire alarm", id="a fire to come"),
        pytest.param(column(18, [0, NOW_S]), "fire alarm", id="an all-clear of 1970"),
        pytest.param(
            signed(
                CLAIMS
                | {number: [0] * (MAX_GATES + 1) for number in range(12, 19)}
                | {11: bytes(8 * (MAX_GATES + 1))}
            ),
            "1001 gates, at most 1000",
            id="too many gates",
        ),
    ],
)
def test_what_is_no_presence_is_named(message: bytes, told: str) -> None:
    with pytest.raises(TrustError, match=f"^presence: .*{told}"):
        open_presence(message, KEYS, "riverside")


@pytest.mark.parametrize(
    "gate",
    [
        pytest.param(GATES[0]._replace(uid=b"short"), id="no uid"),
        pytest.param(GATES[0]._replace(heard_at=NOW + SECOND), id="heard tomorrow"),
        pytest.param(GATES[0]._replace(whole_at=NOW), id="known further than heard"),
        pytest.param(GATES[0]._replace(whole_at=NOW.replace(microsecond=1)), id="a fraction"),
        pytest.param(GATES[0]._replace(name="a\nb"), id="two lines"),
        pytest.param(GATES[1], id="twice"),
    ],
)
def test_a_gate_that_would_not_come_back_is_not_signed(gate: GateHeard) -> None:
    with pytest.raises(TrustError):
        sign_presence(replace(PRESENCE, gates=(gate, GATES[1])), HUB)


def test_a_presence_lags_as_far_as_the_gate_that_is_known_least_far() -> None:
    assert PRESENCE.lag == 600 * SECOND
    assert replace(PRESENCE, gates=GATES[:1]).lag == 5 * SECOND
    assert replace(PRESENCE, gates=()).lag == 0 * SECOND


def test_the_presence_of_another_site_is_refused() -> None:
    with pytest.raises(TrustError, match="of the site 'riverside', this is 'hillside'"):
        open_presence(MESSAGE, KEYS, "hillside")


@pytest.mark.parametrize(
    ("row", "told"),
    [
        pytest.param(ROWS[0]._replace(person=b""), "without a person", id="nobody"),
        pytest.param(ROWS[0]._replace(direction="up"), "neither in nor out", id="up"),
        pytest.param(ROWS[0]._replace(how="forgiven"), "neither in nor", id="a forgiven entry"),
        pytest.param(ROWS[0]._replace(at=NOW.replace(tzinfo=None)), "UTC", id="no time zone"),
        pytest.param(ROWS[0]._replace(at=NOW.replace(microsecond=1)), "whole", id="a fraction"),
        pytest.param(
            ROWS[0]._replace(at=NOW.astimezone(timezone(timedelta(hours=1)))), "UTC", id="BST"
        ),
        pytest.param(ROWS[0]._replace(name="\ud800"), "not one line", id="half a character"),
        pytest.param(ROWS[1], "stands twice", id="a person twice"),
    ],
)
def test_a_row_that_would_not_come_back_is_not_signed(row: LastPassage, told: str) -> None:
    with pytest.raises(TrustError, match=told):
        sign_presence(replace(PRESENCE, rows=(row, ROWS[1])), HUB)


@pytest.mark.parametrize(
    ("fresh", "told"),
    [
        pytest.param(replace(PRESENCE, site="hillside"), "of the site", id="of another site"),
        pytest.param(replace(PRESENCE, issued_at=NOW - SECOND), "held is of", id="an older one"),
        pytest.param(
            replace(PRESENCE, issued_at=NOW + 61 * SECOND), "and now it is", id="not yet issued"
        ),
    ],
)
def test_what_must_not_replace_the_one_held_is_named(fresh: SitePresence, told: str) -> None:
    with pytest.raises(TrustError, match=told):
        accept_presence(fresh, PRESENCE, NOW, clock_trusted=True)


@pytest.mark.parametrize(
    ("fresh", "held", "clock_trusted"),
    [
        pytest.param(PRESENCE, None, True, id="the first"),
        pytest.param(PRESENCE, PRESENCE, True, id="the same again"),
        pytest.param(replace(PRESENCE, issued_at=NOW + SECOND), PRESENCE, True, id="a newer one"),
        pytest.param(
            replace(PRESENCE, issued_at=NOW + timedelta(days=9)), PRESENCE, False, id="no clock"
        ),
    ],
)
def test_what_is_newer_or_the_same_is_accepted(
    fresh: SitePresence, held: SitePresence | None, *, clock_trusted: bool
) -> None:
    accept_presence(fresh, held, NOW, clock_trusted=clock_trusted)


def test_a_presence_has_a_moment_and_a_site_that_travel() -> None:
    with pytest.raises(TrustError, match="whole second"):
        replace(PRESENCE, issued_at=NOW.replace(microsecond=1))
    with pytest.raises(TrustError, match="not a word"):
        replace(PRESENCE, site="river side")


def test_a_presence_that_no_unit_would_take_is_not_signed() -> None:
    rows = tuple(
        ROWS[0]._replace(person=n.to_bytes(16, "big"), name="Ł" * 128) for n in range(20_000)
    )

    with pytest.raises(TrustError, match=r"^presence: 5\d+ bytes, at most 4194304"):
        sign_presence(replace(PRESENCE, rows=rows), HUB)


# Python's own table of what shows grows with every version of Unicode.
def test_a_character_that_only_a_newer_hub_knows_does_not_spoil_the_rest() -> None:
    rows = (ROWS[0]._replace(name="\U000e1000 Example"),)
    presence = replace(PRESENCE, rows=rows)

    assert open_presence(sign_presence(presence, HUB), KEYS, "riverside") == presence


# docs/reference/site-files.md says what a poll brings.
def test_the_presence_of_2000_people_is_small() -> None:
    rows = tuple(
        LastPassage(
            person(number),
            WAYS[number % 2][0],
            NOW - number * SECOND,
            f"Gate {number % 4}",
            "site",
            f"Worker Number {number}",
            f"Company {number % 60}",
        )
        for number in range(2_000)
    )

    assert len(sign_presence(replace(PRESENCE, rows=rows), HUB)) < 90_000
