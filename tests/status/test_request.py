"""A request is read strictly: what a browser sends, whole or in pieces, and nothing else."""

from http import HTTPStatus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.status.request import MAX_BODY_BYTES, MAX_HEAD_BYTES, BadRequestError, read_request

GET = b"GET /record?day=2026-11-22&before=7 HTTP/1.1\r\nHost: gate-a.local:8080\r\n\r\n"
BODY = b"name=ann&password=k7wd+9fmp%2D3xqt"
POST = (
    b"POST /sign-in HTTP/1.1\r\nHost: 192.0.2.7\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s"
    % (len(BODY), BODY)
)


def test_a_page_is_asked_for_with_its_query() -> None:
    request = read_request(GET)
    assert request is not None
    assert (request.method, request.path) == ("GET", "/record")
    assert request.query == {"day": "2026-11-22", "before": "7"}
    assert request.headers == {"host": "gate-a.local:8080"}


def test_a_form_is_decoded() -> None:
    request = read_request(POST)
    assert request is not None
    assert request.form == {"name": "ann", "password": "k7wd 9fmp-3xqt"}


@pytest.mark.parametrize("whole", [GET, POST], ids=["get", "post"])
def test_too_little_of_a_request_is_waited_for(whole: bytes) -> None:
    assert all(read_request(whole[:end]) is None for end in range(len(whole)))


def test_what_follows_a_request_is_not_looked_at() -> None:
    assert read_request(GET + b"GET /roll-call HTTP/1.1\r\nHost: x\r\n\r\n") == read_request(GET)


def head(*lines: bytes) -> bytes:
    return b"\r\n".join((*lines, b"", b""))


HOST = b"Host: x"
FORM = b"Content-Type: application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("data", "status"),
    [
        pytest.param(head(b"GET / HTTP/2.0", HOST), 400, id="another version"),
        pytest.param(head(b"GET http://x/ HTTP/1.1", HOST), 400, id="to a proxy"),
        pytest.param(head(b"GET /a b HTTP/1.1", HOST), 400, id="a blank in the path"),
        pytest.param(head(b"GET /%00 HTTP/1.1", HOST), 400, id="an encoded path"),
        pytest.param(head(b"get / HTTP/1.1", HOST), 400, id="small letters"),
        pytest.param(head(b"DELETE / HTTP/1.1", HOST), 405, id="a method of no page"),
        pytest.param(head(b"GET / HTTP/1.1"), 400, id="no host"),
        pytest.param(head(b"GET / HTTP/1.1", HOST, HOST), 400, id="two hosts"),
        pytest.param(head(b"GET / HTTP/1.1", HOST, b"Cookie: a", b"cookie: b"), 400, id="two jars"),
        pytest.param(head(b"GET / HTTP/1.1", HOST, b" folded"), 400, id="a folded header"),
        pytest.param(head(b"GET / HTTP/1.1", HOST, b"X : y"), 400, id="a blank before the colon"),
        pytest.param(head(b"GET / HTTP/1.1", HOST, b"X: \x00"), 400, id="a zero byte"),
        pytest.param(head(b"GET / HTTP/1.1", HOST, b"X: a\nY: b"), 400, id="a bare line feed"),
        pytest.param(head(b"GET / HTTP/1.1", HOST, b"X: \xff"), 400, id="no ASCII"),
        pytest.param(
            head(b"GET / HTTP/1.1", HOST, b"Content-Length: 1"), 400, id="a body of a GET"
        ),
        pytest.param(
            head(b"POST / HTTP/1.1", HOST, b"Content-Length: -1"), 400, id="less than none"
        ),
        pytest.param(
            head(b"POST / HTTP/1.1", HOST, b"Content-Length: 1, 1"), 400, id="two lengths"
        ),
        pytest.param(
            head(b"POST / HTTP/1.1", HOST, b"Transfer-Encoding: chunked"), 501, id="in chunks"
        ),
        pytest.param(
            head(b"POST / HTTP/1.1", HOST, FORM, b"Content-Length: 1025"), 413, id="too long a body"
        ),
        pytest.param(
            head(b"POST / HTTP/1.1", HOST, b"Content-Length: 3") + b"a=b", 415, id="no form"
        ),
        pytest.param(
            head(b"POST / HTTP/1.1", HOST, FORM, b"Content-Length: 7") + b"a=b&a=c", 400, id="twice"
        ),
        pytest.param(
            head(b"POST / HTTP/1.1", HOST, FORM, b"Content-Length: 5") + b"a=%ff",
            400,
            id="no UTF-8",
        ),
        pytest.param(head(b"GET /?a=1&b=2&c=3&d=4&e=5 HTTP/1.1", HOST), 400, id="five fields"),
        pytest.param(head(b"GET / HTTP/1.1", HOST, *([b"X: y"] * 64)), 431, id="too many headers"),
        pytest.param(b"GET / HTTP/1.1\r\nX: " + b"y" * MAX_HEAD_BYTES, 431, id="without end"),
    ],
)
def test_what_is_no_request_of_this_page_is_refused(data: bytes, status: int) -> None:
    with pytest.raises(BadRequestError) as told:
        read_request(data)
    assert told.value.status == HTTPStatus(status)


# Invariant: any bytes are a request, too little of one, or BadRequestError.
@given(
    st.one_of(
        st.binary(max_size=200),
        st.builds(
            lambda at, new: POST[:at] + new + POST[at + 1 :],
            st.integers(0, len(POST)),
            st.binary(max_size=3),
        ),
    )
)
def test_any_bytes_are_a_request_or_none(data: bytes) -> None:
    try:
        request = read_request(data)
    except BadRequestError:
        return
    assert request is None or request.method in {"GET", "HEAD", "POST"}


def test_nothing_unended_is_kept_for_longer_than_its_limit() -> None:
    data = b"POST / HTTP/1.1\r\nHost: x\r\n"
    while read_request(data) is None:
        data += b"A: b\r\n"
        assert len(data) <= MAX_HEAD_BYTES + MAX_BODY_BYTES
        if data.count(b"\r\n") > 60:
            break
    assert read_request(data + b"\r\n") is not None
