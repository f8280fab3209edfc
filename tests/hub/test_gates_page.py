"""The page of a site's gates: what each knows, in words, and when it was heard."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from gate.events.heartbeat import Heartbeat as Beat
from gate.events.heartbeat import sign_heartbeat
from gate.hub.gates.state import fresh_now, states_of, tiers_of
from gate.hub.ingest.models import Heartbeat
from gate.hub.ingest.rows import KnownUnit
from gate.hub.ingest.services import take_heartbeat
from gate.hub.manifest.authors import Author
from gate.hub.manifest.handed import gates_of, reach
from gate.hub.manifest.models import Handed, Manifest
from gate.hub.manifest.rules import set_rules
from gate.hub.manifest.words import reach_words
from gate.hub.sites.models import Unit
from gate.sim.issuer import seeded_key
from gate.trust.freshness import USUAL_TIERS, Tier
from tests.hub.gates import gate_a, manager, new_gate, site

if TYPE_CHECKING:
    from django.test import Client

    from gate.hub.sites.models import Site
    from tests.hub.gates import Gate

__all__ = ["gate_a", "manager", "new_gate", "site"]

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
HOUR_S = 3600
REFUSES = "refused manifest: manifest: rules: plant = a table; allowed here: version, site, time_"
RULES = """
version = 1
site = "kings-wharf"
time_zone = "Europe/London"
[[accept]]
scheme = "ecs-jib"
types = "any"
[freshness]
amber_h = 2
red_h = 4
"""


def heard(gate: Gate, ago: timedelta = timedelta(0), **told: Any) -> Heartbeat:  # noqa: ANN401 - any column of a heartbeat
    """Have the hub hear a gate some time ago."""
    at = timezone.now() - ago
    usual: dict[str, Any] = {
        "received_at": at,
        "sent_at": at,
        "clock_trusted": True,
        "backlog": 0,
        "list_ages_s": {"https://cards.example/1": HOUR_S},
        "faults": [],
        "tier": "green",
        "tier_left_s": 23 * HOUR_S,
    }
    beat, _ = Heartbeat.objects.update_or_create(unit=gate.journal.unit, defaults=usual | told)
    return beat


def shown(manager: Client) -> str:
    answer = manager.get("/sites/kings-wharf/gates/")
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


@pytest.mark.usefixtures("gate_a")
def test_a_gate_that_was_never_heard_says_so(manager: Client) -> None:
    page = shown(manager)
    assert "Gate A" in page
    assert "Not known yet" in page
    assert "It has never been heard." in page


@pytest.mark.parametrize(
    ("age_h", "tier", "words"),
    [
        pytest.param(1, "Up to date (green)", "Amber in 22 h", id="green"),
        pytest.param(30, "Ageing (amber)", "Red in 65 h", id="amber"),
        pytest.param(100, "Too old (red)", "A guard checks each card", id="red"),
    ],
)
def test_a_tier_is_a_word_with_the_hours_that_are_left(
    gate_a: Gate, manager: Client, age_h: int, tier: str, words: str
) -> None:
    heard(gate_a, tier="", tier_left_s=None, list_ages_s={"u": age_h * HOUR_S})
    page = shown(manager)
    assert tier in page
    assert words in page


def test_what_a_silent_gate_knows_grows_old_here_too(gate_a: Gate, manager: Client) -> None:
    heard(gate_a, 30 * HOUR)
    page = shown(manager)
    assert "Ageing (amber)" in page
    assert "Unheard since" in page
    assert "It checks cards by itself" in page


def test_the_sites_own_hours_decide(gate_a: Gate, site: Site) -> None:
    beat = heard(gate_a, list_ages_s={"u": 3 * HOUR_S})
    assert tiers_of(site) == USUAL_TIERS
    set_rules(site, RULES, source="rules", by=Author(name="Sam"), now=timezone.now())
    fresh = fresh_now(beat, tiers_of(site), timezone.now())
    assert fresh is not None
    assert fresh.tier is Tier.AMBER


def test_a_gates_own_word_counts_if_it_is_worse(gate_a: Gate, manager: Client) -> None:
    heard(gate_a, tier="red", tier_left_s=0, clock_trusted=False, untrusted_s=25 * HOUR_S)
    page = shown(manager)
    assert "Too old (red)" in page
    assert "doesn't know what time it is" in page.replace("&#x27;", "'")
    assert "it has run 25 h 0 min so" in page


def test_versions_that_differ_are_told(gate_a: Gate, site: Site, manager: Client) -> None:
    now = timezone.now()
    Manifest.objects.create(site=site, version=3)
    heard(gate_a, manifest_version=2, manifest_age_s=60)
    Handed.objects.create(unit=gate_a.journal.unit, version=2, asked_at=now - HOUR)
    assert "It has not got the latest rules and blocks: it last asked 1 h 0 min ago." in shown(
        manager
    )
    Handed.objects.update(version=3)
    page = shown(manager)
    assert "the latest were sent to it; in force is version 2, the latest is 3" in page
    heard(gate_a, manifest_version=3, manifest_age_s=60)
    assert "the latest are in force (version 3)" in shown(manager)


@pytest.mark.parametrize(
    ("goes_by", "faults", "said"),
    [
        (2, [REFUSES], ("Gate A refuses it, as it does every change since. Gates says why.",)),
        (3, [REFUSES], ()),
        (None, [REFUSES], ("Gate A refuses it, as it does every change since. Gates says why.",)),
        (2, ["camera"], ()),
    ],
    ids=["it said so", "it refuses a later one", "it goes by none", "it has another fault"],
)
def test_a_gate_that_refuses_what_it_was_sent_has_not_got_it(
    gate_a: Gate, site: Site, goes_by: int | None, faults: list[str], said: tuple[str, ...]
) -> None:
    now = timezone.now()
    Handed.objects.create(unit=gate_a.journal.unit, version=3, asked_at=now)
    heard(gate_a, manifest_version=goes_by, faults=faults)
    found = reach(gates_of(site), 3)
    assert reach_words(found, now).missing == said
    assert found.words == f"sent to {1 - len(said)} of 1 gate"


@pytest.mark.parametrize(
    ("told", "words"),
    [
        pytest.param({"backlog": 1}, "1 entry", id="one entry"),
        pytest.param({"backlog": 7}, "7 entries", id="entries"),
        pytest.param(
            {"faults": ["check clock cell: Its cell has 2.40 V."]},
            "Its weekly check says of its clock cell: Its cell has 2.40 V.",
            id="its own check",
        ),
        pytest.param({"faults": ["check overdue"]}, "not checked for 15 days", id="unchecked"),
        pytest.param(
            {"faults": [REFUSES]},
            "It says: manifest: rules: plant = a table. If its software is older than",
            id="rules that it doesn't know",
        ),
        pytest.param({"faults": ["upload"]}, "something that does not work: upload", id="a fault"),
        pytest.param(
            {"faults": ["fire_test"]},
            "The weekly test of the fire release is overdue. Turn the",
            id="the gate's own fault, in words",
        ),
        pytest.param(
            {"faults": ["camera at Gate A out"]},
            "Gate A out: The camera gives no picture.",
            id="a fault of one of two lanes",
        ),
        pytest.param(
            {"faults": ["lens at Gate B"]},
            "Gate B: The camera sees cards less sharply than it did, though it still reads them."
            " Clean the camera",
            id="a lens that wants cleaning",
        ),
        pytest.param({"temperature_c": 48}, "48 °C", id="the temperature"),
        pytest.param({"list_ages_s": {}}, "none: nobody", id="no list"),
    ],
)
def test_what_a_gate_tells_is_shown(
    gate_a: Gate, manager: Client, told: dict[str, Any], words: str
) -> None:
    heard(gate_a, **told)
    assert words in shown(manager)


@pytest.mark.parametrize(
    ("drift", "words"), [(timedelta(seconds=30), "right"), (-3 * HOUR, "3 h 0 min behind")]
)
def test_a_clock_that_is_wrong_is_told(
    gate_a: Gate, manager: Client, drift: timedelta, words: str
) -> None:
    heard(gate_a, sent_at=timezone.now() + drift)
    assert f"<dt>Clock</dt><dd>{words}" in shown(manager)


@pytest.mark.usefixtures("gate_a")
def test_a_retired_gate_is_gone(site: Site) -> None:
    Unit.objects.update(retired_at=timezone.now())
    assert list(states_of(site, timezone.now())) == []


@pytest.mark.usefixtures("gate_a")
def test_what_a_heartbeat_tells_is_kept() -> None:
    key, now = seeded_key("gate"), timezone.now()
    Unit.objects.update(public_key=key.verifying_key.public)
    beat = Beat(
        sent_at=now.replace(microsecond=0),
        clock_trusted=False,
        backlog=0,
        manifest_version=7,
        manifest_age_s=60,
        tier="amber",
        tier_left_s=5,
        untrusted_s=4000,
    )
    unit = Unit.objects.get()
    row = KnownUnit(id=unit.pk, uid=unit.uid, public_key=bytes(unit.public_key), retired=False)
    take_heartbeat(row, sign_heartbeat(beat, key), now)
    kept = Heartbeat.objects.get()
    assert (kept.manifest_version, kept.manifest_age_s, kept.untrusted_s) == (7, 60, 4000)
    assert (kept.tier, kept.tier_left_s) == ("amber", 5)
