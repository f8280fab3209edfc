"""Make the text of a printed card."""

from gate.card.model import Card
from gate.card.verify import protected_header
from gate.card.wire import MAX_PAYLOAD_CHARS, PREFIX, build_claims
from gate.errors import CardError, Reason
from gate.signing import base45, cose
from gate.signing.keys import SigningKey


def issue_card(card: Card, key: SigningKey) -> str:
    """Return the QR text of `card`, signed by `key`.

    Raises:
        CardError: MALFORMED, if a gate would not accept what the card says, or its length;
            OUTLIVES_CARD, if it is a pass that expires after the scheme card beneath it.
    """
    beneath = card.competence.stands_on
    if beneath is not None and card.expires_at > beneath.expires_at:
        raise CardError(Reason.OUTLIVES_CARD, f"it may expire by {beneath.expires_at}")
    public = key.verifying_key
    header = protected_header(public.algorithm, public.kid)
    text = PREFIX + base45.encode(cose.sign1(header, build_claims(card), key))
    if len(text) > MAX_PAYLOAD_CHARS:
        raise CardError(Reason.MALFORMED, f"{len(text)} characters, at most {MAX_PAYLOAD_CHARS}")
    return text
