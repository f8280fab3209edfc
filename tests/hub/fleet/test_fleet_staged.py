"""The staged file is carried about: whatever stands in it gives a change, or one error."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.errors import TrustError
from gate.hub.fleet.describe import staged_lines
from gate.hub.fleet.directory import add_issuers
from gate.hub.fleet.repository import STAGED
from gate.hub.fleet.roles import Role
from gate.hub.fleet.staged import format_staged, keys_wanted, read_staged, still_needed
from tests.hub.fleet.fleets import NOW, an_issuer, begin, exported

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=8), inner, max_size=2)
    ),
    max_leaves=4,
)


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a staged file of a change of root and targets, signed once."""
    folder = tmp_path_factory.mktemp("staged")
    held = begin(folder)
    add_issuers(held.folder, exported(folder / "public", an_issuer()), NOW)
    held.rotate(Role.ROOT, "root-3")
    held.sign("root-1")
    return held.folder / STAGED


def _read(path: Path) -> None:
    found = read_staged(path)
    assert list(staged_lines(found))
    assert still_needed(found)
    assert keys_wanted(found)


def _places(value: Any, place: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:  # noqa: ANN401 - any JSON
    inner = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    return [place, *(one for key, item in inner for one in _places(item, (*place, key)))][
        bool(not place) :
    ]


def test_a_staged_file_is_read_as_it_was_written(staged: Path) -> None:
    assert format_staged(read_staged(staged)) == staged.read_bytes()


# Invariant: read_staged gives a Staged that can be shown and judged, or raises TrustError.
@given(data=st.data(), fresh=_JSON)
def test_any_part_replaced_by_anything_gives_a_change_or_one_error(
    staged: Path, data: st.DataObject, fresh: object
) -> None:
    document = json.loads(staged.read_bytes())
    place = data.draw(st.sampled_from(_places(document)))
    inner: Any = document
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = fresh
    changed = staged.with_name("changed.json")
    changed.write_text(json.dumps(document), "utf-8")
    try:
        _read(changed)
    except TrustError as error:
        assert str(error)  # noqa: PT017 - either is right


@pytest.mark.parametrize("keyid", [None, 7, "", "0" * 64])
def test_a_signature_of_no_key_is_told_whatever_names_it(staged: Path, keyid: object) -> None:
    document = json.loads(staged.read_bytes())
    document["next"]["root"]["signatures"][0]["keyid"] = keyid
    changed = staged.with_name("changed.json")
    changed.write_text(json.dumps(document), "utf-8")
    with pytest.raises(TrustError, match=r"changed\.json: "):
        _read(changed)


@given(end=st.integers(min_value=0), junk=st.binary(max_size=8))
def test_a_file_cut_or_followed_by_junk_gives_one_error(
    staged: Path, end: int, junk: bytes
) -> None:
    whole = staged.read_bytes()
    changed = staged.with_name("changed.json")
    changed.write_bytes(whole[: end % len(whole)] + junk)
    with pytest.raises(TrustError, match=r"changed\.json: "):
        read_staged(changed)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", "[" * 100_000, '{"version": 2, "base": null, "next": null}', "\u2603"],
    ids=["nothing", "a list", "empty", "deep", "another version", "no JSON"],
)
def test_what_is_no_staged_file_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / STAGED
    path.write_text(text, "utf-8")
    with pytest.raises(TrustError, match=r"staged\.json: "):
        read_staged(path)
