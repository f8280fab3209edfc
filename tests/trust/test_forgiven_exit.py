"""What a command is about, on the wire: what no gate could record is never signed or taken."""

from typing import Any

import pytest

from gate.errors import TrustError
from gate.sim.issuer import NOW
from gate.trust.commanded import MAX_POINTS, Forgiven, Identified, Released
from gate.trust.manifest import Command, CommandKind, open_manifest
from tests.trust.test_manifest import CLAIMS, KEYS, signed


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        pytest.param({"person": b"12"}, "person of 2 bytes", id="a short hash"),
        pytest.param({"at": NOW.replace(microsecond=1)}, "whole second", id="a fraction"),
        pytest.param({"by": " "}, "by: not one line", id="by nobody"),
        pytest.param({"by": "x" * 65}, "1 to 64", id="by a long name"),
        pytest.param({"why": "a\nb"}, "why: not one line", id="two lines"),
        pytest.param({"why": "x" * 121}, "1 to 120", id="a long reason"),
    ],
)
def test_what_no_record_could_keep_is_not_forgiven(changed: dict[str, Any], told: str) -> None:
    usual: dict[str, Any] = {"person": bytes(16), "at": NOW, "by": "Morgan", "why": "Bus"}
    with pytest.raises(TrustError, match=told):
        Forgiven(**(usual | changed))


def test_a_command_says_what_is_forgiven_if_something_is_and_only_then() -> None:
    what = Forgiven(person=bytes(16), at=NOW, by="Morgan", why="Bus")
    wrong = (CommandKind.FORGIVE, None), (CommandKind.LIFT, what), (CommandKind.RELEASE, what)
    for kind, about in wrong:
        with pytest.raises(TrustError, match="not with what that kind is about"):
            Command(id=bytes(16), kind=kind, not_after=NOW, about=about)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        pytest.param({"person": b"12"}, "person of 2 bytes", id="a short hash"),
        pytest.param({"access_point": ""}, "access point: not one line", id="nowhere"),
        pytest.param({"access_point": "x" * 65}, "1 to 64", id="a long name"),
        pytest.param({"seq": 0}, "record 0: outside 1 to", id="no record"),
        pytest.param({"seq": 2**53}, "outside 1 to", id="a record beyond any"),
        pytest.param({"by": " "}, "by: not one line", id="by nobody"),
        pytest.param({"why": "x" * 121}, "1 to 120", id="a long reason"),
    ],
)
def test_who_no_gate_could_let_in_is_not_released(changed: dict[str, Any], told: str) -> None:
    usual = {"person": bytes(16), "access_point": "Gate A in", "seq": 7, "by": "Jo", "why": "Host"}
    with pytest.raises(TrustError, match=told):
        Released(**(usual | changed))  # type: ignore[arg-type]  # the usual ones, but one


@pytest.mark.parametrize(
    "what",
    [
        [bytes(16)],
        [bytes(16), 1_800_000_000, "by"],
        [1, 2, 3, 4],
        [bytes(16), "Gate A in", 7, "Jo"],
        [bytes(16), "Gate A in", 7, "Jo", "Host", "more"],
    ],
)
@pytest.mark.parametrize("kind", ["forgive", "release"])
def test_what_a_command_can_t_be_about_is_named(kind: str, what: list[object]) -> None:
    claims = CLAIMS | {9: [[bytes(16), kind, int(NOW.timestamp()), *what]]}
    with pytest.raises(TrustError, match="what a command is about is neither"):
        open_manifest(signed(claims), KEYS, "riverside")


@pytest.mark.parametrize("points", [(), ("",), ("x" * 65,), tuple("abcdefghi")])
def test_a_unit_is_named_by_its_access_points_or_not_asked(points: tuple[str, ...]) -> None:
    with pytest.raises(TrustError, match="identified: "):
        Identified(access_points=points)


def test_a_unit_that_is_asked_to_show_itself_travels_as_it_was_asked() -> None:
    about = Identified(access_points=tuple("abcdefgh"[:MAX_POINTS]))
    command = Command(id=bytes(16), kind=CommandKind.IDENTIFY, not_after=NOW, about=about)
    claims = CLAIMS | {9: [[bytes(16), "identify", int(NOW.timestamp()), list("abcdefgh")]]}
    assert open_manifest(signed(claims), KEYS, "riverside").commands == (command,)
    for wrong in ([], [1], "Gate A"):
        claims = CLAIMS | {9: [[bytes(16), "identify", int(NOW.timestamp()), wrong]]}
        with pytest.raises(TrustError):
            open_manifest(signed(claims), KEYS, "riverside")
