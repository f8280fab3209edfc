"""What a manifest tells of a forgiven exit: what no gate could record is never signed or taken."""

from typing import Any

import pytest

from gate.errors import TrustError
from gate.sim.issuer import NOW
from gate.trust.manifest import Command, CommandKind, Forgiven, open_manifest
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
    for kind, forgiven in ((CommandKind.FORGIVE, None), (CommandKind.LIFT, what)):
        with pytest.raises(TrustError, match="with or without what is forgiven"):
            Command(id=bytes(16), kind=kind, not_after=NOW, forgiven=forgiven)


@pytest.mark.parametrize("what", [[bytes(16)], [bytes(16), 1_800_000_000, "by"], [1, 2, 3, 4]])
def test_what_is_no_forgiven_exit_on_the_wire_is_named(what: list[object]) -> None:
    claims = CLAIMS | {9: [[bytes(16), "forgive", int(NOW.timestamp()), *what]]}
    with pytest.raises(TrustError, match="what is forgiven is not"):
        open_manifest(signed(claims), KEYS, "riverside")
