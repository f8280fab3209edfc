"""What counts as a presentation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.unit.read_filter import (
    AGAIN_S,
    ALONE_S,
    HELD_S,
    MAX_SEEN,
    UNREAD_S,
    ReadFilter,
    Sighting,
)

FRAME_S = 0.1
A, B, C = "CC1:A", "CC1:B", "CK1:C"
WEB, OTHER = "https://example.org/card/1", "WIFI:S:canteen;;"
UNREAD = object()

Seen = tuple[object, ...]


def watch(*views: tuple[float, Seen]) -> list[str]:
    """Show each view for so many seconds, ten frames a second; tell what was new."""
    reads, at_s, told = ReadFilter(), 0.0, []
    for lasting_s, view in views:
        for _ in range(max(1, round(lasting_s / FRAME_S))):
            texts = [text for text in view if isinstance(text, str)]
            news = reads.accept(texts, unread=UNREAD in view, at_s=at_s)
            at_s += FRAME_S
            if news:
                told.append(f"{news.sighting} {news.payload}".strip())
    return told


@pytest.mark.parametrize(
    ("views", "told"),
    [
        pytest.param([(60, (A,))], ["presented CC1:A"], id="held for a minute: one presentation"),
        pytest.param([(1, (C,))], ["presented CK1:C"], id="a live card is a card"),
        pytest.param(
            [(1, (A,)), (0.3, ()), (1, (A,))], ["presented CC1:A"], id="a blink is still in view"
        ),
        pytest.param(
            [(1, (A,)), (3, ()), (1, (A,))],
            ["presented CC1:A", "again CC1:A"],
            id="back within 5 s: the last verdict again",
        ),
        pytest.param(
            [(1, (A,)), (6, ()), (1, (A,))],
            ["presented CC1:A", "presented CC1:A"],
            id="back after 5 s: presented again",
        ),
        pytest.param(
            [(1, (A,)), (1, (B,)), (1, (A,))],
            ["presented CC1:A", "presented CC1:B", "again CC1:A"],
            id="one after the other, the first again",
        ),
        pytest.param([(9, (A, B))], ["several"], id="two cards: said once while it lasts"),
        pytest.param([(9, (A, A))], ["presented CC1:A"], id="the same card twice is one card"),
        pytest.param(
            [(1, (A, B)), (2, ()), (1, (A, B))],
            ["several", "several"],
            id="two cards, away, two cards",
        ),
        pytest.param(
            [(1, (A, B)), (1, (A, C))], ["several", "several"], id="another card joins: said again"
        ),
        pytest.param(
            [(1, (A, B)), (2, (B,))],
            ["several", "presented CC1:B"],
            id="the card that stays is presented",
        ),
        pytest.param(
            [(1, (A, B)), (0.2, (B,)), (1, (A, B))],
            ["several"],
            id="a card that is missed for a moment does not end it",
        ),
        pytest.param(
            [(2, (A, WEB, OTHER))], ["presented CC1:A"], id="beside a card others do not count"
        ),
        pytest.param(
            [(2, (A, WEB)), (2, (WEB,))],
            ["presented CC1:A"],
            id="the web address on a card that is withdrawn is not presented",
        ),
        pytest.param(
            [(0.3, (WEB,)), (2, (WEB, A))],
            ["presented CC1:A"],
            id="the card was blurred at first",
        ),
        pytest.param([(2, (WEB,))], [f"presented {WEB}"], id="a web address alone is presented"),
        pytest.param(
            [(2, (WEB, OTHER))], [f"presented {WEB}"], id="two other codes: one presentation"
        ),
        pytest.param([(0.3, (WEB,))], [], id="a web address in passing is not"),
        pytest.param(
            [(1, (WEB,)), (2, ()), (2, (WEB,))],
            [f"presented {WEB}", f"again {WEB}"],
            id="another code back within 5 s",
        ),
        pytest.param([(1, (UNREAD,))], [], id="unread for a moment: no hint yet"),
        pytest.param(
            [(30, (UNREAD,)), (2, ())], ["unreadable", "gone"], id="unread: one hint, until gone"
        ),
        pytest.param(
            [(3, (UNREAD,)), (2, (A,))],
            ["unreadable", "presented CC1:A"],
            id="unread, then read",
        ),
        pytest.param(
            [(1, (A,)), (1, (A, UNREAD)), (3, (UNREAD,)), (0.1, (A,))],
            ["presented CC1:A", "unreadable", "again CC1:A"],
            id="a card that blurs",
        ),
        pytest.param(
            [(0.1, (A,)), (0.4, ()), (2.2, (UNREAD,)), (0.1, (UNREAD, A))],
            ["presented CC1:A", "unreadable", "again CC1:A"],
            id="a verdict that is shown again replaces the hint",
        ),
        pytest.param(
            [(1.5, (UNREAD,)), (0.1, (A,)), (1.5, (UNREAD,))],
            ["presented CC1:A"],
            id="a card that was read in between: no hint",
        ),
        pytest.param([(60, (A, UNREAD))], ["presented CC1:A"], id="unread beside a card: no hint"),
    ],
)
def test_what_is_new_in_a_run_of_frames(views: list[tuple[float, Seen]], told: list[str]) -> None:
    assert watch(*views) == told


def test_limits_are_met_to_the_frame() -> None:
    reads = ReadFilter()

    first = reads.accept([A], unread=False, at_s=0.0)
    held = reads.accept([A], unread=False, at_s=HELD_S)
    again = reads.accept([A], unread=False, at_s=HELD_S + AGAIN_S)
    anew = reads.accept([A], unread=False, at_s=HELD_S + 2 * AGAIN_S + 0.001)

    assert first
    assert first.sighting is Sighting.PRESENTED
    assert held is None
    assert again
    assert again.sighting is Sighting.AGAIN
    assert anew
    assert anew.sighting is Sighting.PRESENTED


@pytest.mark.parametrize(("limit_s", "view"), [(ALONE_S, (WEB,)), (UNREAD_S, (UNREAD,))])
def test_other_and_unread_codes_wait_for_their_limit(limit_s: float, view: Seen) -> None:
    assert watch((limit_s - FRAME_S, view)) == []
    assert len(watch((limit_s + 2 * FRAME_S, view))) == 1


def test_a_time_line_that_goes_back_is_a_new_one() -> None:
    reads = ReadFilter()
    reads.accept([A], unread=False, at_s=100.0)

    anew = reads.accept([A], unread=False, at_s=0.0)

    assert anew is not None
    assert anew.sighting is Sighting.PRESENTED


def test_a_payload_is_not_shown_by_repr() -> None:
    news = ReadFilter().accept(["CC1:SECRET"], unread=False, at_s=0.0)

    assert "SECRET" not in repr(news)


# Invariant: whatever is shown, however fast, the filter remembers at most MAX_SEEN codes, and a
# card code that is in view at least every AGAIN_S is presented once.
views = st.lists(
    st.tuples(st.floats(0.01, 3), st.lists(st.text(max_size=8), max_size=40), st.booleans()),
    max_size=60,
)


@given(views)
def test_memory_is_bounded_and_any_text_is_taken(
    frames: list[tuple[float, list[str], bool]],
) -> None:
    reads, at_s = ReadFilter(), 0.0
    for step_s, texts, unread in frames:
        at_s += step_s
        reads.accept(texts, unread=unread, at_s=at_s)
        assert len(reads) <= MAX_SEEN


def test_a_flood_of_different_codes_is_forgotten() -> None:
    reads = ReadFilter()
    for number in range(1000):
        reads.accept([f"CC1:{number}", f"x{number}"], unread=True, at_s=number / 30)

    assert len(reads) <= MAX_SEEN


@given(st.lists(st.tuples(st.floats(0.01, AGAIN_S - 0.01), st.sampled_from([(A,), (A, WEB)]))))
def test_a_card_that_keeps_coming_back_is_presented_once(
    frames: list[tuple[float, tuple[str, ...]]],
) -> None:
    reads, at_s, presented = ReadFilter(), 0.0, 0
    for step_s, texts in frames:
        at_s += step_s
        news = reads.accept(texts, unread=False, at_s=at_s)
        presented += news is not None and news.sighting is Sighting.PRESENTED

    assert presented == min(1, len(frames))
