"""Another key for a site's passes: retired, stolen, and cut off half-way."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from gate.card.verify import verify_card
from gate.errors import CardError, ConfigError, Reason, TrustError
from gate.hub.desk.keys import key_file
from gate.hub.desk.models import Desk
from gate.hub.desk.selection import Selection
from gate.hub.desk.statuses import set_status
from gate.hub.manifest.models import Manifest
from gate.hub.passes.new_key import replace_key
from gate.hub.passes.told import pass_issuers
from gate.trust.status_list import Status
from tests.hub.gates import site
from tests.hub.manifest.conftest import (
    Asker,
    asker,
    hub_key,
    ingest,
    ruled,
    secret,
    signing_key,
    unit,
)
from tests.hub.passes.conftest import ANN, believed, issued, shown

if TYPE_CHECKING:
    from gate.hub.passes.models import Pass
    from gate.hub.sites.models import Site
    from tests.hub.ingest.conftest import SimulatedUnit

__all__ = ["asker", "hub_key", "ingest", "ruled", "secret", "signing_key", "site", "unit"]

pytestmark = pytest.mark.django_db


def new_key(site: Site, *, stolen: bool = False) -> int:
    return replace_key(site, stolen=stolen, by=ANN, now=timezone.now())


def is_good(site: Site, made: Pass) -> bool:
    try:
        verify_card(made.text, believed(site), timezone.now() + timedelta(seconds=2))
    except CardError:
        return False
    return True


def test_a_retired_key_s_passes_stay_good_and_new_ones_are_the_new_key_s(site: Site) -> None:
    before = issued(site)
    version = new_key(site)
    after = issued(site, shown(number="2"))
    (issuer,) = pass_issuers(site)
    old, fresh = issuer.keys

    assert (old.not_after is None, fresh.not_after) == (False, None)
    assert is_good(site, before)
    assert is_good(site, after)
    assert version > before.version
    assert Manifest.objects.get(site=site).version >= version


def test_a_retired_key_signs_no_pass_any_more(site: Site) -> None:
    issued(site)
    stolen = key_file("site-kings-wharf").read_bytes()
    new_key(site)
    key_file("site-kings-wharf").write_bytes(stolen)
    made = issued(site, shown(number="2"), now=timezone.now() + timedelta(seconds=2))

    with pytest.raises(CardError) as caught:
        verify_card(made.text, believed(site), timezone.now() + timedelta(seconds=3))

    assert caught.value.reason is Reason.UNKNOWN_ISSUER


def test_a_stolen_key_s_passes_are_cancelled_and_never_believed(site: Site) -> None:
    before = issued(site)
    new_key(site, stolen=True)
    before.card.refresh_from_db()
    (issuer,) = pass_issuers(site)

    assert [key.compromised for key in issuer.keys] == [True, False]
    assert before.card.status == Status.INVALID
    assert not is_good(site, before)
    assert is_good(site, issued(site))


def test_the_list_is_signed_anew_so_that_it_still_counts(site: Site) -> None:
    made = issued(site)
    cancelled = Selection(cards=(made.card_id,))
    now = timezone.now()
    set_status(made.card.desk, cancelled, Status.INVALID, reason="Lost", by=ANN, now=now)
    new_key(site, stolen=True)

    assert len(believed(site).status_lists) == 1


@pytest.mark.usefixtures("ruled")
def test_the_gates_are_told_in_a_manifest_of_a_higher_version(
    site: Site, unit: SimulatedUnit, asker: Asker
) -> None:
    issued(site)
    before = asker.manifest(unit)
    new_key(site, stolen=True)
    after = asker.manifest(unit)

    assert after.version > before.version
    assert [key.compromised for key in after.issuers[0].keys] == [True, False]


def test_the_file_is_the_hub_s_alone(site: Site) -> None:
    issued(site)
    new_key(site)

    assert key_file("site-kings-wharf").stat().st_mode & 0o777 == 0o600


def test_a_site_without_passes_has_no_key_to_replace(site: Site) -> None:
    with pytest.raises(ConfigError, match="has issued none"):
        new_key(site)


def test_what_was_cut_off_before_the_file_was_replaced_is_begun_anew(site: Site) -> None:
    before = issued(site)
    part = key_file("site-kings-wharf").with_name(".site-kings-wharf.pem.part")
    part.mkdir()
    with pytest.raises(TrustError):
        new_key(site)
    assert is_good(site, issued(site, shown(number="2")))

    part.rmdir()
    new_key(site)

    assert is_good(site, before)
    assert is_good(site, issued(site, shown(number="3")))
    assert Desk.objects.count() == 1
