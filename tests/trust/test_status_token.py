"""A status list as it travels, and who may vouch for it."""

import json
import zlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.errors import TrustError
from gate.signing import base45, cose
from gate.signing.keys import Algorithm
from gate.sim.issuer import NOW, SimIssuer
from gate.trust.bundle import KeyUse
from gate.trust.status_list import Status
from gate.trust.status_token import (
    MAX_TOKEN_BYTES,
    TYP,
    issue_status_token,
    verify_status_token,
)

ISSUER = SimIssuer()
VECTORS = json.loads((Path(__file__).parents[1] / "data" / "token-status-list.json").read_text())
HEADER: dict[int, Any] = {1: -19, 4: ISSUER.key.verifying_key.kid, 16: TYP}
CLAIMS: dict[int, Any] = {
    2: ISSUER.uri,
    6: int(NOW.timestamp()),
    65533: {"lst": zlib.compress(ISSUER.status_list().packed), "bits": 2},
}


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_a_list_comes_back_as_it_was_issued(algorithm: Algorithm) -> None:
    issuer = SimIssuer(algorithm=algorithm)
    held = replace(
        issuer.status_list({3: Status.INVALID}), expires_at=NOW + timedelta(days=14), ttl_s=43_200
    )

    token = issue_status_token(held, issuer.key)

    assert verify_status_token(token, [issuer.issuer()]) == held


def foreign_token(
    header: dict[int, Any] | None = None,
    claims: dict[int, Any] | None = None,
    unprotected: dict[int, Any] | None = None,
) -> bytes:
    """Return a token as another issuer's software makes it; None takes a field out."""
    whole = {key: value for key, value in (HEADER | (header or {})).items() if value is not None}
    body = {key: value for key, value in (CLAIMS | (claims or {})).items() if value is not None}
    protected, payload = cbor2.dumps(whole), cbor2.dumps(body)
    signature = ISSUER.key.sign(cose.Sign1(protected, payload, bytes(64)).signed)
    return cbor2.dumps(cbor2.CBORTag(18, [protected, unprotected or {}, payload, signature]))


@pytest.mark.parametrize(
    "token",
    [
        pytest.param(foreign_token(), id="as ours"),
        pytest.param(foreign_token(header={4: None}, unprotected={4: b"12"}), id="kid unprotected"),
        pytest.param(foreign_token(header={1: -8}), id="EdDSA by its older name"),
        pytest.param(foreign_token(claims={65534: 3600, 4: 1_800_000_000}), id="with exp and ttl"),
        pytest.param(
            foreign_token(claims={1: "https://ecs.invalid"}), id="with a claim unknown here"
        ),
    ],
)
def test_a_list_by_other_software_is_believed(token: bytes) -> None:
    assert verify_status_token(token, [ISSUER.issuer()]).uri == ISSUER.uri


@pytest.mark.parametrize(
    ("token", "words"),
    [
        pytest.param(b"", "not CBOR", id="nothing"),
        pytest.param(b"\x80", "not a tagged", id="an array"),
        pytest.param(b"\xd2\x80", "not a tagged", id="an empty message"),
        pytest.param(bytes(MAX_TOKEN_BYTES + 1), "at most", id="too long"),
        pytest.param(foreign_token() + b"\x00", "bytes after its message", id="trailed"),
        pytest.param(foreign_token(header={16: None}), "its type", id="no type"),
        pytest.param(
            foreign_token(header={16: "application/vnd.sitecard+cwt"}),
            "its type",
            id="a card's type",
        ),
        pytest.param(foreign_token(claims={2: None}), "no URI", id="no URI"),
        pytest.param(foreign_token(claims={6: None}), "claim 6", id="no time of signing"),
        pytest.param(foreign_token(claims={6: 1.5e9}), "claim 6", id="a float for a time"),
        pytest.param(foreign_token(claims={6: True}), "claim 6", id="true for a time"),
        pytest.param(foreign_token(claims={6: 1 << 40}), "claim 6", id="a time past 2100"),
        pytest.param(foreign_token(claims={4: "soon"}), "claim 4", id="a text for an expiry"),
        pytest.param(foreign_token(claims={65534: 0}), "ttl", id="a ttl of nought"),
        pytest.param(foreign_token(claims={65533: None}), "bits", id="no list"),
        pytest.param(
            foreign_token(claims={2: "https://ecs-jib.invalid.evil/1"}),
            "no trusted",
            id="another's URI",
        ),
        pytest.param(foreign_token(header={1: -9}), "not signed", id="another algorithm"),
    ],
)
def test_another_token_is_refused(token: bytes, words: str) -> None:
    with pytest.raises(TrustError, match=words):
        verify_status_token(token, [ISSUER.issuer()])


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param({"uses": frozenset({KeyUse.CARD})}, id="a key for cards only"),
        pytest.param({"compromised": True}, id="a compromised key"),
        pytest.param({"not_after": NOW - timedelta(seconds=1)}, id="a key retired before"),
        pytest.param({"not_before": NOW + timedelta(seconds=1)}, id="a key not yet in use"),
        pytest.param(
            {"key": SimIssuer(seed="other").key.verifying_key}, id="another key of the issuer"
        ),
    ],
)
def test_a_key_that_may_not_sign_lists_is_not_believed(entry: dict[str, Any]) -> None:
    with pytest.raises(TrustError, match="not signed by a list key of ecs-jib"):
        verify_status_token(foreign_token(), [ISSUER.issuer(**entry)])


def test_one_issuer_cannot_sign_the_list_of_another() -> None:
    other = SimIssuer("cscs")
    token = issue_status_token(replace(other.status_list(), uri=ISSUER.uri), other.key)

    with pytest.raises(TrustError, match="not signed by a list key of ecs-jib"):
        verify_status_token(token, [ISSUER.issuer(), other.issuer()])


def test_a_card_is_no_status_token() -> None:
    message = base45.decode(ISSUER.text().removeprefix("CC1:"))

    with pytest.raises(TrustError, match="its type"):
        verify_status_token(message, [ISSUER.issuer()])


# From the draft's appendix: type and claims read, but nobody here trusts its key.
def test_the_published_token_is_read_as_far_as_its_issuer() -> None:
    with pytest.raises(TrustError, match=r"https://example\.com/statuslists/1 belongs to no"):
        verify_status_token(bytes.fromhex(VECTORS["example_status_list_token_hex"]), [])


# Invariant: any bytes are a list that an issuer signed, or TrustError.
@given(st.binary(max_size=80) | st.binary(max_size=80).map(lambda tail: b"\xd2\x84" + tail))
def test_any_bytes_are_refused_by_one_error(token: bytes) -> None:
    with pytest.raises(TrustError):
        verify_status_token(token, [ISSUER.issuer()])


# Invariant: no changed byte of a token is believed.
@given(st.data())
def test_a_changed_token_is_refused(data: st.DataObject) -> None:
    changed = bytearray(foreign_token())
    changed[data.draw(st.integers(0, len(changed) - 1))] ^= data.draw(st.integers(1, 255))

    with pytest.raises(TrustError):
        verify_status_token(bytes(changed), [ISSUER.issuer()])
