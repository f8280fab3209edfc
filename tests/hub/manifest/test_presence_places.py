"""What a presence says beyond the record: areas, companies, and gates that were never heard."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from gate.access.muster import Muster
from gate.access.presence import Presence, SiteWide
from gate.access.roll_call import call_roll
from gate.hub.areas.models import AccessPoint, Area
from gate.hub.manifest.places import companies_of
from gate.hub.people.models import Company, Person, PersonCard, PersonPass
from tests.hub.manifest.passing import AT, MINUTE, beats, passes, person, send, told
from tests.hub.passes.conftest import issued, shown
from tests.hub.people import own_files

if TYPE_CHECKING:
    from gate.hub.sites.models import Site
    from gate.signing.keys import SigningKey
    from gate.trust.site_presence import SitePresence
    from tests.hub.ingest.conftest import Sender, SimulatedUnit

pytestmark = pytest.mark.django_db

__all__ = ["own_files"]


def test_a_gate_that_was_never_heard_is_named_and_not_waited_for(
    gates: tuple[SimulatedUnit, SimulatedUnit], site: Site, signing_key: SigningKey
) -> None:
    a, b = gates
    beats(a, AT)
    presence = told(site, signing_key, AT)
    wide = SiteWide(as_of=presence.issued_at, lag=presence.lag, gates=presence.gates)
    said = list(call_roll(Presence().with_site(wide), Muster(), AT).words())
    assert said[0] == f"{b.name} never heard; the list may be wrong either way."
    assert presence.lag == timedelta(0)


def test_it_says_into_which_area_by_what_each_unit_told_of_its_access_points(
    sender: Sender, gates: tuple[SimulatedUnit, SimulatedUnit], site: Site, signing_key: SigningKey
) -> None:
    a, b = gates
    passes(a, "Sam", "in", AT)
    passes(b, "Dee", "in", AT)
    send(sender, a, b)
    beats(a, AT, areas={f"{a.name} in": "tower"})
    beats(b, AT)
    assert areas(told(site, signing_key, AT + MINUTE)) == {"Sam": "tower", "Dee": ""}


def test_of_a_unit_that_never_told_what_the_site_wrote_down_counts_and_of_no_other(
    sender: Sender, gates: tuple[SimulatedUnit, SimulatedUnit], site: Site, signing_key: SigningKey
) -> None:
    a, b = gates
    basement = Area.objects.create(site=site, name="basement")
    for gate in gates:
        AccessPoint.objects.create(site=site, name=f"{gate.name} in", direction="in", area=basement)
    passes(a, "Sam", "in", AT)
    passes(b, "Dee", "in", AT)
    send(sender, a, b)
    beats(a, AT, areas={f"{a.name} in": "tower"})
    assert areas(told(site, signing_key, AT + MINUTE)) == {"Sam": "tower", "Dee": "basement"}


def test_it_says_whose_company_somebody_is_of_by_the_sites_register(
    sender: Sender, gates: tuple[SimulatedUnit, SimulatedUnit], site: Site, signing_key: SigningKey
) -> None:
    registered(site, "Sam", "Oak Groundworks")
    registered(site, "Dee", "a\u2028b")  # no line of text: it must not stop the others
    for name in ("Sam", "Dee", "Kim"):
        passes(gates[0], name, "in", AT)
    send(sender, gates[0])
    presence = told(site, signing_key, AT)
    assert {row.name: row.company for row in presence.rows} == {
        "Sam": "Oak Groundworks",
        "Dee": "",
        "Kim": "",
    }


@pytest.mark.usefixtures("own_files")
def test_whose_pass_it_is_counts_before_the_card_beneath_it(site: Site) -> None:
    made = issued(site, shown())
    keys = bytes(made.person), bytes(made.beneath)
    registered(site, "Sam", "Oak Groundworks")
    PersonCard.objects.update(key=keys[1])
    assert companies_of(site) == {keys[1]: "Oak Groundworks"}
    of = Company.objects.create(site=site, name="Ash Roofing")
    holder = Person.objects.create(site=site, company=of, name="Sam", added_at=AT)
    PersonPass.objects.create(person=holder, one=made)
    assert companies_of(site) == dict.fromkeys(keys, "Ash Roofing")


def areas(presence: SitePresence) -> dict[str, str]:
    return {row.name: row.area for row in presence.rows}


def registered(site: Site, name: str, company: str) -> None:
    """Have the site know somebody by their card, and whose they are."""
    of = Company.objects.create(site=site, name=company)
    someone = Person.objects.create(site=site, company=of, name=name, added_at=AT)
    PersonCard.objects.create(
        site=site,
        person=someone,
        scheme="ecs",
        card_type="gold",
        issuer="iss",
        number=name.upper(),
        last_day="2030-01-01",
        key=person(name),
    )
