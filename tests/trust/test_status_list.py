"""The Token Status List: the draft's own vectors, bounds, and what a lookup says."""

import json
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.errors import TrustError
from gate.trust.status_list import (
    MAX_LIST_BYTES,
    Status,
    StatusList,
    lookup,
    pack,
    unpack_lst,
)

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "data" / "token-status-list.json").read_text()
)


@pytest.mark.parametrize("vector", VECTORS["lists"], ids=lambda vector: f"{vector['bits']} bits")
def test_every_published_assertion_holds(vector: dict[str, Any]) -> None:
    bits, packed = unpack_lst(cbor2.loads(bytes.fromhex(vector["status_list_cbor_hex"])))

    assert (bits, len(packed) * 8 // bits) == (vector["bits"], 1 << 20)
    for index, expected in vector["expected"].items():
        assert lookup(packed, bits, int(index)) == expected


def test_the_published_assertions_are_all_there() -> None:
    assert [len(vector["expected"]) for vector in VECTORS["lists"]] == [11, 11, 15, 256]


# Invariant: lookup(pack(values, bits), bits, i) == values[i].
@given(st.sampled_from([1, 2, 4, 8]), st.data())
def test_what_is_packed_is_looked_up(bits: int, data: st.DataObject) -> None:
    values = data.draw(st.lists(st.integers(0, (1 << bits) - 1), min_size=1, max_size=40))

    packed = pack(bytes(values), bits)

    assert [lookup(packed, bits, index) for index in range(len(values))] == values


def status_list(packed: bytes, bits: int = 2) -> StatusList:
    return StatusList(
        uri="https://ecs.invalid/1",
        issued_at=datetime(2026, 11, 20, tzinfo=UTC),
        expires_at=None,
        ttl_s=None,
        bits=bits,
        packed=packed,
    )


def test_a_card_is_valid_invalid_or_suspended() -> None:
    held = status_list(pack(bytes([0, 1, 2]), 2))

    assert [held.status(index) for index in range(3)] == [
        Status.VALID,
        Status.INVALID,
        Status.SUSPENDED,
    ]


def test_a_reserved_value_is_no_status() -> None:
    with pytest.raises(TrustError, match="entry 1 has reserved value 3"):
        status_list(pack(bytes([0, 3]), 2)).status(1)


@pytest.mark.parametrize("index", [-1, 4, 1 << 70])
def test_an_entry_beyond_the_list_is_no_status(index: int) -> None:
    with pytest.raises(TrustError, match="of 4"):
        status_list(b"\x00").status(index)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(None, id="nothing"),
        pytest.param({"bits": 2}, id="no list"),
        pytest.param({"lst": zlib.compress(b"")}, id="no bits"),
        pytest.param({"bits": True, "lst": zlib.compress(b"")}, id="true for bits"),
        pytest.param({"bits": 3, "lst": zlib.compress(b"")}, id="3 bits"),
        pytest.param({"bits": 2, "lst": b"list"}, id="not zlib"),
        pytest.param({"bits": 2, "lst": zlib.compress(b"x" * 99)[:-1]}, id="cut short"),
        pytest.param({"bits": 2, "lst": zlib.compress(b"x") + b"y"}, id="trailed"),
        pytest.param({"bits": 2, "lst": zlib.compress(bytes(MAX_LIST_BYTES + 1))}, id="a bomb"),
    ],
)
def test_another_list_is_refused(content: object) -> None:
    with pytest.raises(TrustError, match="status list"):
        unpack_lst(content)


def test_the_largest_list_is_read() -> None:
    _, packed = unpack_lst({"bits": 2, "lst": zlib.compress(bytes(MAX_LIST_BYTES))})

    assert len(packed) == MAX_LIST_BYTES
