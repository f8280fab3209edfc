"""Codes made at a site with rules, and units that ask to join by them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

import pytest

from gate.hub.enrol.codes import Made, Wish, make_codes
from gate.hub.enrol.joining import take_join
from gate.hub.ingest.answers import Refused
from gate.hub.manifest.authors import Author
from gate.hub.manifest.rules import set_rules
from gate.hub.sites.models import Site
from gate.hub.sites.services import add_site
from gate.signing.keys import Algorithm, SigningKey
from gate.sim.issuer import seeded_key
from gate.trust.enrolment import open_code
from gate.trust.joining import Join, Joined, open_joined, sign_join
from gate.trust.network import Network, Wired
from tests.hub.manifest.conftest import SAM, rules

AT: Final = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HUB: Final = seeded_key("hub", Algorithm.ED25519)
UNIT: Final = seeded_key("unit", Algorithm.ED25519)
OTHER: Final = seeded_key("another unit", Algorithm.ED25519)
BY: Final[Author] = SAM
WISH: Final = Wish(
    names=["Gate A"],
    directions="in",
    days=14,
    url="https://hub.example.org",
    pin=None,
    network=Network(link=Wired()),
)


@pytest.fixture
def site(db: None) -> Site:  # noqa: ARG001 - opens the database
    site = add_site(
        slug="kings-wharf", name="Kings Wharf", time_zone="Europe/London", organisation="Hartwell"
    )
    set_rules(site, rules(), source="rules", by=SAM, now=AT)
    return site


def wish(**changes: Any) -> Wish:  # noqa: ANN401 - whatever field of a wish
    return replace(WISH, **changes)


def made(site: Site, **changes: Any) -> Made:  # noqa: ANN401 - as above
    """Make the one code that is wished for."""
    (one,) = make_codes(site, wish(**changes), HUB, by=BY, now=AT)
    return one


def request_by(one: Made, key: SigningKey = UNIT) -> tuple[Join, bytes]:
    """Return what the unit of `key` asks with, by a code's text."""
    code = open_code(one.text)
    assert code.hub is not None
    join = Join(key=key.verifying_key, token=code.hub.token, hub=code.key)
    return join, sign_join(join, key)


def joins(one: Made, key: SigningKey = UNIT, *, now: datetime = AT) -> Joined:
    """Have a unit join by a code."""
    join, request = request_by(one, key)
    answer = take_join(request, HUB, host="192.0.2.9", now=now)
    return open_joined(answer, join, request)


def refusal(ask: Callable[[], object]) -> tuple[int, str]:
    """Return how what is asked is refused."""
    with pytest.raises(Refused) as caught:
        ask()
    return int(caught.value.status), caught.value.code
