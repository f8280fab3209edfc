"""The sync bench counts what passes on the wire, and its rows fail when they ought to."""

from dataclasses import replace
from datetime import UTC, datetime
from mmap import PAGESIZE, mmap
from pathlib import Path

import click
import pytest
from cryptography.exceptions import InvalidSignature

from gate.bench.rows import BenchRow, Limit
from gate.bench.sync_list import BigList, bare_load, change_rows, list_rows, xor
from gate.bench.sync_memory import resident_bytes
from gate.bench.sync_poll import Polls, poll_rows
from gate.bench.sync_wire import Exchange, Relay
from gate.cli.bench import show_rows
from gate.devices.clock import SystemClock
from gate.sim.issuer import SimIssuer
from gate.sim.static_server import StaticServer
from gate.trust.status_list import Status
from gate.trust.status_token import verify_status_token
from gate.uplink.fetch import Fetcher

NOW = datetime(2031, 12, 6, 7, 15, tzinfo=UTC)
SMALL = BigList(SimIssuer(), NOW, cards=40_000)
UNIT = "/api/units/0123456789abcdef"


def exchange(path: str, status: int = 304, body_bytes: int = 0) -> Exchange:
    return Exchange(path=path, status=status, sent_bytes=200, head_bytes=100, body_bytes=body_bytes)


QUIET = [
    exchange("/fleet/metadata/2.root.json", 404, 14),
    exchange("/fleet/metadata/timestamp.json", 200, 469),
    exchange(f"{UNIT}/manifest"),
    exchange("/lists/0123456789abcdef.cwt"),
    exchange(f"{UNIT}/presence", 200, 120),
]
FIRST = [
    exchange("/fleet/metadata/timestamp.json", 200, 500_000),
    exchange("/lists/0123456789abcdef.cwt", 200, 30_000),
]


def held(first: list[Exchange], quiet: list[Exchange]) -> dict[str, bool | None]:
    return {row.name: row.holds for row in poll_rows(Polls(first=first, quiet=quiet), 30_000)}


def test_a_poll_without_news_keeps_every_limit() -> None:
    assert held(FIRST, QUIET) == {
        "no news: fleet trust, hourly": True,
        "no news: manifest, each 15 s": True,
        "no news: a list, at its ttl": True,
        "no news: bodies of all of it": True,
        "no news: all of it with HTTP's heads": None,
        "no news: presence, heads and body": None,
        "first sync, besides fleet metadata": True,
    }


@pytest.mark.parametrize(
    ("first", "quiet", "name"),
    [
        (FIRST, [*QUIET, QUIET[0]], "no news: fleet trust, hourly"),
        (FIRST, [*QUIET, QUIET[2]], "no news: manifest, each 15 s"),
        (FIRST, [*QUIET, QUIET[3]], "no news: a list, at its ttl"),
        (FIRST, [*QUIET[:3], replace(QUIET[3], body_bytes=600)], "no news: bodies of all of it"),
        (
            [*FIRST, replace(FIRST[1], body_bytes=50_000)],
            QUIET,
            "first sync, besides fleet metadata",
        ),
    ],
    ids=["a third of fleet", "two manifests", "two lists", "a list again", "80 kB at first"],
)
def test_one_thing_too_many_fails_its_row_alone(
    first: list[Exchange], quiet: list[Exchange], name: str
) -> None:
    assert [failed for failed, holds in held(first, quiet).items() if holds is False] == [name]


def test_presence_counts_for_itself() -> None:
    rows = {row.name: row.value for row in poll_rows(Polls(first=FIRST, quiet=QUIET), 30_000)}
    assert rows["no news: bodies of all of it"] == 14 + 469
    assert rows["no news: presence, heads and body"] == 420


def test_what_passes_through_the_relay_is_counted_and_unchanged() -> None:
    clock = SystemClock()
    files = {"/lists/a.cwt": b"x" * 70_000}
    with (
        StaticServer(files) as hub,
        Relay(int(hub.url.rpartition(":")[2])) as relay,
        Fetcher(ca=None, monotonic=clock.monotonic) as fetcher,
    ):

        def get(path: str, etag: str | None = None) -> tuple[int, bytes, str | None]:
            got = fetcher.get(
                relay.url + path, max_bytes=1 << 20, deadline_s=clock.monotonic() + 30, etag=etag
            )
            return got.status, got.body, got.etag

        status, body, etag = get("/lists/a.cwt")
        assert (status, body) == (200, files["/lists/a.cwt"])
        assert get("/lists/a.cwt", etag)[:2] == (304, b"")
        assert get("/lists/b.cwt")[0] == 404
        passed = relay.taken()
        assert all(one.sent_bytes > len(f"GET {one.path} HTTP/1.1") for one in passed)
        assert all(one.head_bytes > len("HTTP/1.1 200 OK") for one in passed)
        assert passed[0].wire_bytes == passed[0].sent_bytes + passed[0].head_bytes + 70_000
        assert [(one.path, one.status, one.body_bytes) for one in passed] == [
            ("/lists/a.cwt", 200, 70_000),
            ("/lists/a.cwt", 304, 0),
            ("/lists/b.cwt", 404, len(hub.missing)),
        ]
        assert relay.taken() == []


def test_list_rows_have_limits_of_their_own(tmp_path: Path) -> None:
    load, look_up = list_rows(SMALL, tmp_path, 1)
    assert [row.limit and row.limit.words for row in (load, look_up)] == ["3x", "1"]
    assert load.value > 0 < load.floor


def test_what_loading_is_compared_with_is_the_same_list() -> None:
    loaded = verify_status_token(SMALL.token, (SMALL.issuer.issuer(),))
    assert bare_load(SMALL.token, SMALL.issuer)() == loaded.packed == SMALL.packed


def test_what_loading_is_compared_with_checks_the_signature() -> None:
    stranger = SimIssuer(seed="another")
    with pytest.raises(InvalidSignature):
        bare_load(SMALL.token, stranger)()


def test_of_the_cards_one_in_a_hundred_is_revoked_and_then_two_hundred_more() -> None:
    invalid = SMALL.values.count(Status.INVALID), SMALL.changed_values.count(Status.INVALID)
    assert invalid == (400, 600)
    pairs = zip(SMALL.values, SMALL.changed_values, strict=True)
    assert all(after >= before for before, after in pairs)


def test_a_change_is_told_whole_and_as_what_differs() -> None:
    whole, differing = change_rows(SMALL)
    assert whole.value == len(SMALL.changed_token) > differing.value > 0
    assert whole.floor == differing.floor == 831


def test_what_differs_makes_the_one_text_of_the_other() -> None:
    assert xor(b"abc", xor(b"abc", b"xyz")) == b"xyz"


def test_resident_memory_grows_with_what_is_kept() -> None:
    before = resident_bytes()
    # Fresh pages of the kernel: bytes may get what an earlier test gave back to the allocator.
    with mmap(-1, 32 << 20) as kept:
        kept[::PAGESIZE] = b"\x01" * (len(kept) // PAGESIZE)
        assert resident_bytes() - before > 16 << 20


@pytest.mark.parametrize(
    ("value", "limit", "holds"),
    [
        (2.0, Limit(most=2), True),
        (2.1, Limit(most=2), False),
        (6.0, Limit(most=3, of_ratio=True), True),
        (6.1, Limit(most=3, of_ratio=True), False),
        (6.1, None, None),
    ],
)
def test_a_row_says_whether_its_limit_is_kept(
    value: float,
    limit: Limit | None,
    holds: bool | None,  # noqa: FBT001 - a column of the table
) -> None:
    row = BenchRow(name="a", value=value, floor=2, unit="ms", runs=1, floor_is="b", limit=limit)
    assert row.holds is holds
    promised = {} if limit is None else {"limit": limit.words, "holds": holds}
    assert {key: row.as_json()[key] for key in row.as_json() if key in {"limit", "holds"}} == (
        promised
    )


def test_a_ratio_to_nothing_keeps_no_limit() -> None:
    limit = Limit(most=3, of_ratio=True)
    assert not BenchRow(
        name="a", value=1, floor=0, unit="ms", runs=1, floor_is="b", limit=limit
    ).holds


def test_for_people_a_broken_limit_stands_out(capsys: pytest.CaptureFixture[str]) -> None:
    rows = list(poll_rows(Polls(first=FIRST, quiet=[*QUIET, QUIET[2]]), 30_000))
    with pytest.raises(click.exceptions.Exit) as ended:
        show_rows("sync", rows, as_json=False)
    assert ended.value.exit_code == 1
    told = capsys.readouterr().out
    assert told.count("FAILS") == 1
    assert max(map(len, told.splitlines())) <= 80
