"""What a page's script sends is read whole or refused whole."""

import json

import pytest

from gate.errors import EventError
from gate.hub.sent import Listed

FEW = Listed(one="egg", all_="eggs", keys={"size"}, most=2, most_bytes=60)


def test_a_list_of_what_is_asked_for_is_read() -> None:
    assert FEW.read(b'{"eggs": [{"size": 1}, {"size": 2}]}') == [{"size": 1}, {"size": 2}]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        pytest.param(b'{"eggs": []}' + b" " * 49, "eggs: 61 bytes, at most 60", id="too long"),
        pytest.param(b"[" * 60, "eggs: not JSON", id="no JSON"),
        pytest.param(b"[]", "eggs: not a list", id="no object"),
        pytest.param(b"{}", "eggs: not a list", id="nothing under its name"),
        pytest.param(json.dumps({"eggs": [{"size": 1}] * 3}).encode(), "at most 2", id="too many"),
        pytest.param(b'{"eggs": [1]}', "egg: not an object of size", id="a number"),
        pytest.param(b'{"eggs": [{}]}', "egg: not an object of size", id="a key is missing"),
        pytest.param(b'{"eggs": [{"size": 1, "x": 1}]}', "egg: not an object", id="one too many"),
    ],
)
def test_what_is_none_is_named(body: bytes, words: str) -> None:
    with pytest.raises(EventError, match=words):
        FEW.read(body)


def test_the_longest_is_read() -> None:
    assert FEW.read(b'{"eggs": []}' + b" " * 48) == []
