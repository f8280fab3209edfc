"""A set-up code that is shown to a working gate: refused by a reason of its own, never read."""

import pytest

from gate.card.verify import authenticate
from gate.errors import CardError, Outcome, Reason, usual_outcome
from gate.trust.bundle import TrustBundle
from tests.trust.set_up_codes import text

NOBODY = TrustBundle(issuers=(), status_lists={})


@pytest.mark.parametrize("payload", [text(), "GE1:", "GE2:ABC", "GE1:" + "A" * 3000])
def test_a_set_up_code_is_refused_by_its_own_reason(payload: str) -> None:
    with pytest.raises(CardError) as caught:
        authenticate(payload, NOBODY)
    assert caught.value.reason is Reason.SET_UP_CODE
    assert usual_outcome(Reason.SET_UP_CODE) is Outcome.REFUSE
    assert payload[4:20] not in str(caught.value) or len(payload) == 4
