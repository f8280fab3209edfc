"""A browser opens a hub's book, names the place that is wrong, and gives no verdict it can't."""

import base64
import zlib
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from playwright.sync_api import Browser

from gate.card.wire import build_claims
from gate.signing.keys import SMALL_ORDER_POINTS, SigningKey
from gate.sim.forger import sign_claims
from gate.sim.issuer import LIST_SIZE
from gate.trust.bundle import TrustBundle
from gate.trust.status_list import MAX_LIST_BYTES
from tests.system.browsed import browser
from tests.system.card_texts import ED25519, ESP256
from tests.system.judged import NOW_S, Browsed, Row, book_of, browsed, judged_alike
from tests.system.odd_signatures import card_text, ed25519, mixed_key, p256

pytestmark = pytest.mark.system

TRUST: Final = TrustBundle(
    issuers=(ED25519.issuer(), ESP256.issuer()),
    status_lists={one.uri: one.status_list() for one in (ED25519, ESP256)},
)
BOOK: Final = book_of(TRUST)
NO_ED25519: Final = """
const load = SubtleCrypto.prototype.importKey;
SubtleCrypto.prototype.importKey = function (form, bytes, parameters, ...others) {
  const isLate = (parameters.name ?? parameters) === "Ed25519";
  if (isLate) return Promise.reject(new DOMException("Unrecognized name.", "NotSupportedError"));
  return load.call(this, form, bytes, parameters, ...others);
};
"""
"""As a browser of before 2024 answers."""
CARELESS: Final = "SubtleCrypto.prototype.verify = () => Promise.resolve(true);"
"""As a browser would answer whose cryptography looks at nothing."""
ELSEWHERE: Final = "gate.invalid"
"""Not localhost, and without TLS: browsers give such a page no cryptography."""
OF_ANOTHER_FORM: Final = (
    *("with S over", "with y of R = 1, and", "with y of R = -1, and", "with y of R = 0, and the"),
    *("with y of R = 18", "with r = 0", "with s = 0", "with both 0", "with r = n", "with s = n"),
    *("with r at its", "with s at its"),
)
JUDGE_ONE: Final = """
async ([book, text, nowS]) => {
  const { CannotVerify, judge, openBook } = await import("/card/verify.js");
  const opened = await openBook(book);
  return judge(text, opened, nowS).then(
    () => "a verdict",
    (error) => `${error instanceof CannotVerify}: ${error.message}`,
  );
}
"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser(f"--host-resolver-rules=MAP {ELSEWHERE} 127.0.0.1") as there:
        yield there


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Browsed]:
    with browsed(chromium) as there:
        yield there


def packed(data: bytes) -> str:
    return base64.b64encode(data).decode()


def zeros(length: int) -> str:
    return packed(zlib.compress(bytes(length)))


def at(*place: str | int, value: object) -> Callable[[Any], None]:
    """Return what puts a value at a place of a book; None takes out what is there."""

    def change(book: Any) -> None:  # noqa: ANN401 - a book, and parts of one
        for step in place[:-1]:
            book = book[step]
        if value is None:
            del book[place[-1]]
        else:
            book[place[-1]] = value

    return change


ISSUER: Final = ("issuers", 1)
KEY: Final = (*ISSUER, "keys", 0)
LIST: Final = ("lists", 0)
ON_CURVE: Final[str] = BOOK["issuers"][1]["keys"][0]["public_key"]
LST: Final = base64.b64decode(BOOK["lists"][0]["lst"])

FAULTS: Final[dict[str, tuple[Callable[[Any], None], str]]] = {
    "no time": (at("made_s", value=None), "book: made_s is missing"),
    "a time as text": (at("made_s", value="1"), "book.made_s: 1 is not seconds"),
    "a time in ms": (at("made_s", value=NOW_S * 1000), "book.made_s: "),
    "a time with a fraction": (at("made_s", value=NOW_S + 0.5), "book.made_s: "),
    "issuers as an object": (at("issuers", value={}), "book.issuers: not a list"),
    "lists as text": (at("lists", value="[]"), "book.lists: not a list"),
    "an issuer as a list": (at("issuers", 0, value=[]), "book.issuers[0]: not an object"),
    "no name": (at(*ISSUER, "iss", value=None), "book.issuers[1]: iss is missing"),
    "an empty name": (at(*ISSUER, "iss", value=""), "book.issuers[1].iss: not a text"),
    "a field of an issuer": (at(*ISSUER, "till", value=1), "book.issuers[1]: unknown till"),
    "a base": (at(*ISSUER, "status_base", value="https://x"), "book.issuers[1].status_base: it"),
    "a scheme with a fraction": (at(*ISSUER, "schemes", value=[0.5]), "book.issuers[1].schemes: "),
    "a scheme too large": (at(*ISSUER, "schemes", value=[2**53]), "book.issuers[1].schemes: "),
    "a scheme as true": (at(*ISSUER, "schemes", value=[True]), "book.issuers[1].schemes: "),
    "an algorithm": (at(*KEY, "alg", value=-7), "book.issuers[1].keys[0].alg: -7 is neither"),
    "an algorithm as text": (at(*KEY, "alg", value="-9"), "book.issuers[1].keys[0].alg: "),
    "another's algorithm": (at(*KEY, "alg", value=-19), "book.issuers[1].keys[0].public_key: an"),
    "a use": (at(*KEY, "use", value=["all"]), "book.issuers[1].keys[0].use: it may have card"),
    "a use as text": (at(*KEY, "use", value="card"), "book.issuers[1].keys[0].use: not a list"),
    "a field of a key": (at(*KEY, "lent", value=True), "book.issuers[1].keys[0]: unknown lent"),
    "another's kid": (at(*KEY, "kid", value="00" * 8), "book.issuers[1].keys[0].kid: 0000"),
    "a start": (at(*KEY, "not_before", value="0"), "book.issuers[1].keys[0].not_before: 0 is not"),
    "an end": (at(*KEY, "not_after", value=0), "book.issuers[1].keys[0].not_after: 0 is not"),
    "a flag": (at(*KEY, "compromised", value=0), "book.issuers[1].keys[0].compromised: neither"),
    "no hexadecimal": (at(*KEY, "public_key", value="zz"), "book.issuers[1].keys[0].public_key: "),
    "half a byte": (at(*KEY, "public_key", value="044"), "book.issuers[1].keys[0].public_key: "),
    "off the curve": (
        at(*KEY, "public_key", value=ON_CURVE[:-1] + "0123"[ON_CURVE[-1] == "0"]),
        "book.issuers[1].keys[0].public_key: a point that is not on the curve",
    ),
    "a compressed point": (
        at(*KEY, "public_key", value="02" + ON_CURVE[2:66]),
        "book.issuers[1].keys[0].public_key: a P-256 key of 33 bytes",
    ),
    **{
        f"small order, {point.hex()}": (
            at("issuers", 0, "keys", 0, "public_key", value=point.hex()),
            "book.issuers[0].keys[0].public_key: a point of small order",
        )
        for point in sorted(SMALL_ORDER_POINTS)
    },
    "a list as text": (at(*LIST, value="x"), "book.lists[0]: not an object"),
    "no URI": (at(*LIST, "uri", value=None), "book.lists[0]: uri is missing"),
    "a field of a list": (at(*LIST, "ttl", value=1), "book.lists[0]: unknown ttl"),
    "a list twice": (at("lists", 1, "uri", value=ED25519.uri), "book.lists[1].uri: https://ecs"),
    "an age": (at(*LIST, "issued_s", value=1), "book.lists[0].issued_s: 1 is not"),
    "an expiry": (at(*LIST, "expires_s", value="never"), "book.lists[0].expires_s: never is not"),
    "three bits": (at(*LIST, "bits", value=3), "book.lists[0].bits: 3 is not"),
    "bits as text": (at(*LIST, "bits", value="2"), "book.lists[0].bits: 2 is not"),
    "no base64": (at(*LIST, "lst", value="%"), "book.lists[0].lst: "),
    "no zlib": (at(*LIST, "lst", value=packed(b"list")), "book.lists[0].lst: "),
    "cut short": (at(*LIST, "lst", value=packed(LST[:-1])), "book.lists[0].lst: "),
    "trailed": (at(*LIST, "lst", value=packed(LST + b"x")), "book.lists[0].lst: "),
    "another sum": (at(*LIST, "lst", value=packed(LST[:-1] + b"x")), "book.lists[0].lst: "),
    "raw deflate": (at(*LIST, "lst", value=packed(LST[2:-4])), "book.lists[0].lst: "),
    "a bomb": (at(*LIST, "lst", value=zeros(MAX_LIST_BYTES + 1)), "book.lists[0].lst: it unpacks"),
    "a long list": (at(*LIST, "lst", value="A" * (6 << 20) + "AAAA"), "book.lists[0].lst: over "),
}


@pytest.mark.parametrize(("change", "told"), FAULTS.values(), ids=FAULTS)
def test_a_book_of_another_form_is_refused_by_the_place(
    page: Browsed, change: Callable[[Any], None], told: str
) -> None:
    book = deepcopy(BOOK)
    change(book)

    assert page.open(book).startswith(told)


def test_a_book_that_is_none_is_refused(page: Browsed) -> None:
    assert page.open(None) == page.open([]) == page.open("book") == "book: not an object"


def test_a_book_may_hold_what_the_page_itself_needs(page: Browsed) -> None:
    assert page.open(BOOK | {"site": "riverside"}) == "opened"


def test_the_largest_list_is_read_and_a_phone_is_not_filled_with_them(page: Browsed) -> None:
    def largest(number: int) -> dict[str, Any]:
        return {**BOOK["lists"][0], "uri": f"https://x/{number}", "lst": zeros(MAX_LIST_BYTES)}

    eight = [largest(number) for number in range(8)]
    one_more = BOOK["lists"][0] | {"lst": zeros(1)}

    assert page.open(BOOK | {"lists": eight}) == "opened"
    assert page.open(BOOK | {"lists": [*eight, one_more]}).startswith("book.lists: over 67108864")


def test_where_ed25519_is_unknown_its_cards_get_no_verdict(chromium: Browser) -> None:
    with browsed(chromium, before=NO_ED25519) as late:
        said = late.page.evaluate(JUDGE_ONE, [BOOK, ED25519.text(), NOW_S])

        assert late.open(BOOK) == "opened"
        assert said == "true: cannot verify Ed25519 in this browser"


def test_where_ed25519_is_unknown_all_else_is_judged_as_ever(chromium: Browser) -> None:
    claims, kid = b"\xa0", ED25519.key.verifying_key.kid
    header = b"\xa3\x01\x28\x04\x48" + kid + b"\x10\x78\x1capplication/vnd.sitecard+cwt"
    texts = [
        *(ESP256.text(), ESP256.text(ESP256.card(LIST_SIZE)), "CC1:", "https://x"),
        *(ED25519.text()[:-3], sign_claims(ESP256, claims, header=header)),
    ]
    with browsed(chromium, before=NO_ED25519) as late:
        told = judged_alike(late, TRUST, map(Row, texts))

    assert told == {"", "malformed", "web_code", "bad_signature"}


def test_what_has_not_the_form_of_a_signature_is_not_left_to_the_browser(
    chromium: Browser,
) -> None:
    claims = build_claims(ED25519.card())
    private = ec.derive_private_key(123_456_789, ec.SECP256R1())
    makers = [(mixed_key(0), ed25519(0)), (SigningKey(private).verifying_key, p256(private))]
    with browsed(chromium, before=CARELESS) as careless:
        for key, signers in makers:
            trust = TrustBundle(issuers=(ED25519.issuer(key=key),))
            texts = {name: card_text(claims, key, sign) for name, sign in signers}
            answers = careless.judge(trust, map(Row, texts.values()))
            refused = [
                name
                for name, answer in zip(texts, answers, strict=True)
                if answer["reasons"] == ["bad_signature"]
            ]

            assert refused == [name for name in texts if name.startswith(OF_ANOTHER_FORM)]


def test_a_page_without_cryptography_says_how_to_open_it(chromium: Browser) -> None:
    with browsed(chromium, host=ELSEWHERE) as bare:
        assert bare.open(BOOK) == "cannot verify in this page: open it by https"


@pytest.mark.parametrize("now", [float("nan"), float("inf"), "1795158000"])
def test_without_a_time_there_is_no_verdict(page: Browsed, now: object) -> None:
    said = page.page.evaluate(JUDGE_ONE, [BOOK, ED25519.text(), now])

    assert said.startswith("false: now: ")
