"""A face is refused whole, with every fault, before anything is drawn."""

from collections.abc import Callable

import pytest

from gate.errors import ConfigError
from gate.paper.face import CardFace


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        pytest.param({"name": "  "}, "name is empty", id="no name"),
        pytest.param({"name": "Ż" * 33}, "has 66 bytes; at most 64", id="name too long in bytes"),
        pytest.param({"name": "A\ud800"}, "half of a surrogate pair", id="not a character"),
        pytest.param({"number": "7" * 33}, "has 33 bytes; at most 32", id="number too long"),
        pytest.param({"scheme": ""}, "scheme is empty", id="no scheme"),
        pytest.param({"card_type": "x" * 97}, "has 97 bytes; at most 96", id="type too long"),
        pytest.param({"payload": ""}, "payload is empty", id="no payload"),
    ],
)
def test_a_face_that_cannot_be_a_card_is_refused(
    changed: dict[str, str], fault: str, make_face: Callable[..., CardFace]
) -> None:
    with pytest.raises(ConfigError, match=fault):
        make_face(**changed)


def test_all_faults_are_told_at_once(make_face: Callable[..., CardFace]) -> None:
    with pytest.raises(ConfigError) as refusal:
        make_face(name="", number="", scheme="", card_type="", payload="")

    assert len(refusal.value.faults) == 5


def test_the_longest_name_a_card_may_carry_makes_a_face(make_face: Callable[..., CardFace]) -> None:
    assert make_face(name="Ż" * 32).name == "Ż" * 32
