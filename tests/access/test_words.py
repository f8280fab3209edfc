"""What workers read: every reason has words, short and plain."""

from datetime import date

import pytest

from gate.access.words import words_for
from gate.errors import Reason


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_is_said_in_five_words_or_fewer(reason: Reason) -> None:
    words = words_for(reason)
    assert 1 <= len(words.headline.split()) <= 5
    assert words.next_step


@pytest.mark.parametrize("reason", Reason)
def test_words_can_be_drawn_by_every_screen_and_follow_each_other(reason: Reason) -> None:
    words = words_for(reason)
    assert str(words).isascii()
    assert str(words).isprintable()
    assert words.headline[0].isupper()
    assert words.next_step[0].islower()
    assert not words.next_step.endswith(".")


SAID = {
    Reason.SEVERAL_CODES: "One card at a time",
    Reason.BAD_SIGNATURE: "Card not recognised",
    Reason.EXPIRED: "Card expired",
    Reason.NOT_YET_VALID: "Card not valid yet",
    Reason.REVOKED: "Card cancelled",
    Reason.SUSPENDED: "Card on hold",
    Reason.STATUS_UNKNOWN: "Card can't be checked",
    Reason.LIST_TOO_OLD: "Gate needs an update",
    Reason.BLOCKED: "See the site office",
    Reason.NOT_INDUCTED: "Induction needed",
    Reason.CARD_TYPE: "Card not for this area",
    Reason.OUT_OF_HOURS: "Closed now",
    Reason.OCCUPANCY: "Full now",
    Reason.PASSBACK: "Already signed in",
    Reason.FIRST_AID: "See your supervisor",
}


@pytest.mark.parametrize(("reason", "headline"), SAID.items())
def test_the_table_of_answers_is_said_as_it_is_written(reason: Reason, headline: str) -> None:
    assert words_for(reason).headline == headline


def test_a_cancelled_card_is_sent_to_the_site_office() -> None:
    assert str(words_for(Reason.REVOKED)) == "Card cancelled: see the site office"


def test_a_coming_expiry_is_dated() -> None:
    words = words_for(Reason.EXPIRING_SOON, expires_on=date(2026, 12, 6))
    assert str(words) == "Renew by 6 Dec: renew with your card scheme"
    assert words_for(Reason.EXPIRING_SOON).headline == "Renew your card soon"


def test_months_have_their_names() -> None:
    days = [date(2026, month, 1) for month in range(1, 13)]
    dated = [words_for(Reason.EXPIRING_SOON, expires_on=day).headline for day in days]
    names = [headline.removeprefix("Renew by 1 ") for headline in dated]
    assert " ".join(names) == "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"


def test_only_a_coming_expiry_is_dated() -> None:
    assert words_for(Reason.EXPIRED, expires_on=date(2026, 12, 6)) == words_for(Reason.EXPIRED)
