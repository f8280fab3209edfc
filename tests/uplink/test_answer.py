"""What an HTTP answer means."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.events.chain import ChainHead
from gate.uplink.answer import (
    JSON,
    OCTETS,
    Answer,
    Gap,
    Heard,
    Later,
    Receipted,
    Refused,
    Reply,
    read_answer,
)

GAP = {"code": "gap", "stored_through": 7, "head_hash": "07" * 32, "journal_id": "6a" * 16}
HEAD = ChainHead(journal_id=b"j" * 16, seq=7, hash=b"\x07" * 32)


def reply(status: int, kind: str = JSON, body: bytes | dict[str, object] = b"") -> Reply:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Reply(status=status, content_type=kind, body=data, retry_after_s=9.0)


@pytest.mark.parametrize(
    ("given_reply", "answer"),
    [
        (reply(200, OCTETS, b"r"), Receipted(b"r")),
        (reply(200, f"{OCTETS.upper()}; x=y", b"r"), Receipted(b"r")),
        (reply(204, ""), Heard()),
        (reply(409, JSON, GAP), Gap(HEAD)),
        (reply(409, "application/json; charset=utf-8", GAP), Gap(HEAD)),
        (
            reply(422, JSON, {"code": "conflict", "detail": "a\nb"}),
            Refused(status=422, code="conflict", detail="a b"),
        ),
        (reply(404, JSON, {"code": "x"}), Refused(status=404, code="x", detail="")),
        (reply(429, JSON, {"code": "too_many"}), Later(why="the hub says 429", retry_after_s=9.0)),
        (reply(503), Later(why="the hub says 503", retry_after_s=9.0)),
        (reply(507), Later(why="the hub says 507", retry_after_s=9.0)),
    ],
)
def test_the_hubs_own_answers(given_reply: Reply, answer: Answer) -> None:
    assert read_answer(given_reply) == answer


@pytest.mark.parametrize(
    "strange",
    [
        reply(200, "text/html", b"<html>"),
        reply(200, JSON, {"code": "ok"}),
        reply(200, "", b""),
        reply(302, "text/html"),
        reply(302, JSON, GAP),
        reply(404, "text/html", b"<html>"),
        reply(404, JSON, b"[]"),
        reply(404, JSON, {"detail": "no code"}),
        reply(511, "text/html"),
        reply(404, "text/html\x00", b"<html>"),
        reply(409, JSON, GAP | {"stored_through": -1}),
        reply(409, JSON, GAP | {"stored_through": True}),
        reply(409, JSON, GAP | {"head_hash": "07"}),
        reply(409, JSON, GAP | {"journal_id": "zz" * 16}),
        reply(409, JSON, {"code": "gap"}),
    ],
    ids=str,
)
def test_a_strangers_answer_is_none(strange: Reply) -> None:
    answer = read_answer(strange)
    assert isinstance(answer, Later)
    assert answer.why.isprintable()


# Invariant: every reply means something, and what is shown of it is one printable line.
@given(
    status=st.integers(100, 599),
    kind=st.sampled_from([JSON, OCTETS, ""]) | st.text(max_size=20),
    body=st.binary(max_size=40)
    | st.recursive(st.none() | st.integers() | st.text(max_size=300), st.lists).map(
        lambda value: json.dumps(GAP | {"stored_through": value, "detail": value}).encode()
    ),
)
def test_any_reply_means_something(status: int, kind: str, body: bytes) -> None:
    match read_answer(reply(status, kind, body)):
        case Refused(code=words, detail=more):
            assert (words + more).isprintable()
        case Later(why=words):
            assert words.isprintable()
        case Receipted(message):
            assert message == body
