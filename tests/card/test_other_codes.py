"""Codes that are no cards: told by their kind, answered, never opened."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.access.words import words_for
from gate.card.other_codes import kind_of
from gate.card.verify import authenticate
from gate.errors import CardError, Outcome, Reason, usual_outcome
from gate.trust.bundle import TrustBundle

NOBODY = TrustBundle(issuers=(), status_lists={})

ROWS = {
    "a scheme's web address": ("https://card.example/c/123", Reason.WEB_CODE),
    "as codes spell it to be shorter": ("HTTPS://CARD.EXAMPLE/C/123", Reason.WEB_CODE),
    "one without TLS": ("http://card.example", Reason.WEB_CODE),
    "one as people write it": ("www.card.example/123", Reason.WEB_CODE),
    "a bookmark": ("MEBKM:TITLE:Menu;URL:http://menu.example;;", Reason.WEB_CODE),
    "one longer than any card": ("https://card.example/" + "x" * 3000, Reason.WEB_CODE),
    "a network": ("WIFI:T:WPA;S:Canteen;P:secret;;", Reason.WIFI_CODE),
    "a visiting card": ("BEGIN:VCARD\nVERSION:3.0\nN:Lee;Ann\nEND:VCARD", Reason.CONTACT_CODE),
    "another kind of it": ("MECARD:N:Lee,Ann;TEL:123;;", Reason.CONTACT_CODE),
    "a telephone number": ("tel:+441234567", Reason.CONTACT_CODE),
    "an EU health certificate": ("HC1:NCFOXN%TSMAHN-H", Reason.HEALTH_CODE),
    "a SMART health card": ("shc:/5676290952432060346", Reason.HEALTH_CODE),
    "plain text": ("Gate A, turn left", Reason.MALFORMED),
    "a word that begins like one": ("wifi is free here", Reason.MALFORMED),
    "an address that isn't first": ("see https://card.example", Reason.MALFORMED),
    "a card of a version to come": ("CC2:ABC", Reason.MALFORMED),
    "a live card": ("CK1:ABC", Reason.MALFORMED),
    "nothing": ("", Reason.MALFORMED),
}


@pytest.mark.parametrize(("text", "kind"), ROWS.values(), ids=ROWS.keys())
def test_a_code_that_is_no_card_is_refused_by_its_kind(text: str, kind: Reason) -> None:
    with pytest.raises(CardError) as caught:
        authenticate(text, NOBODY)
    assert caught.value.reason is kind
    assert usual_outcome(kind) is Outcome.REFUSE


def test_who_shows_a_schemes_web_code_is_told_where_it_is_checked() -> None:
    said = words_for(kind_of("https://card.example/c/123"))
    assert str(said) == "Web code, not a card: have it checked at induction"


@given(st.text(max_size=40))
def test_what_a_code_says_is_not_in_the_error(text: str) -> None:
    """Any text gives one kind, and an error that repeats nothing of it."""
    secret = f"wifi:S:{text};P:{text}"
    with pytest.raises(CardError) as caught:
        authenticate(secret, NOBODY)
    assert caught.value.reason is Reason.WIFI_CODE
    assert str(caught.value) == "wifi_code: the text does not begin with CC1:"
