"""What a real hub signs a unit takes: rules, blocks, orders, presence; and of a hub put back."""

from collections.abc import Iterator
from contextlib import ExitStack
from http import HTTPStatus
from pathlib import Path
from typing import Final

import pytest
import requests

from gate.config import load_config
from gate.devices.clock import SystemClock
from gate.sim.devices import ManualClock
from gate.store.trust_in_force import TrustInForce, load_presence
from gate.store.unit_key import unit_key
from gate.trust.manifest import CommandKind, SiteManifest
from gate.trust.person import person_key
from gate.trust.unit_token import sign_request
from gate.uplink.fetch import Fetcher
from gate.uplink.moment import Moment
from gate.uplink.pull import Pull, PullSource
from tests.system.site_of_gates import LONG_S, SITE, SiteGate, SiteHub

ANNA: Final = 7
BEN: Final = 8

pytestmark = pytest.mark.system


class Unit:
    """A unit's pull, each of whose turns is due."""

    def __init__(self, gate: SiteGate, opened: ExitStack) -> None:
        config = load_config(gate.config)
        assert config.hub is not None
        self.gate = gate
        self.clock = ManualClock(SystemClock().now())
        fetcher = Fetcher(ca=None, monotonic=self.clock.monotonic)
        source = PullSource(
            trust=config.unit.trust,
            site=config.unit.site,
            url=config.hub.url,
            hub_key=config.hub.key,
            uid=gate.uid,
            key=unit_key(config.unit.key)[0],
            poll_s=config.hub.poll_s,
            now=lambda: Moment(at=SystemClock().now(), trusted=True),
            monotonic=self.clock.monotonic,
        )
        self.pull = Pull(source, opened.enter_context(fetcher))

    def turn(self) -> TrustInForce:
        """Pull; nothing may be refused."""
        self.clock.advance(10)
        self.pull.turn()
        assert self.pull.refused == {}
        return self.pull.in_force()

    def manifest(self) -> SiteManifest:
        """Pull, and return the manifest in force."""
        manifest = self.turn().manifest
        assert manifest is not None
        return manifest

    def person(self, index: int) -> bytes:
        """Return a card's holder, by the site's key that the hub gave."""
        key = (self.gate.directory / "site.key").read_bytes()
        return person_key(key, self.gate.issuer.iss, self.gate.issuer.card(index).number)


class Hub:
    """A hub of two sites, at each of which one unit stands."""

    def __init__(self, path: Path, opened: ExitStack) -> None:
        self.hub = SiteHub(path / "hub", opened, SITE, "hillside")
        self.unit, self.stranger = (
            Unit(
                SiteGate(path / site, f"Gate of {site}", self.hub, self.hub.url, site=site), opened
            )
            for site in (SITE, "hillside")
        )
        self.hub.start()

    def block(self, index: int) -> None:
        card = self.unit.gate.issuer.card(index)
        issuer = ("--issuer", card.issuer)
        self.hub.run("block", SITE, card.number, *issuer, "--reason", "Fighting")

    def order(self, command: str) -> None:
        self.hub.run(command, SITE, "--reason", "Gas")


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with ExitStack() as opened:
        yield Hub(tmp_path, opened)


def test_a_unit_takes_what_its_hub_says_and_follows_one_that_was_put_back(hub: Hub) -> None:
    unit = hub.unit
    assert unit.turn().manifest is None  # a hub that was given no rules signs nothing

    hub.hub.give_rules(SITE)
    first = unit.manifest()
    assert (first.site, first.blocked, first.commands) == (SITE, frozenset(), ())
    seen = load_presence(unit.gate.files.path, SITE, unit.pull.in_force().hub_keys)
    assert seen is not None
    assert (seen.site, seen.rows) == (SITE, ())
    assert [gate.was_heard for gate in seen.gates] == [False]  # it has pulled, and said nothing yet

    hub.block(ANNA)
    hub.order("lockdown")
    second = unit.manifest()
    assert second.blocked == {unit.person(ANNA)}
    assert [command.kind for command in second.commands] == [CommandKind.LOCKDOWN]
    hub.order("lift")
    hub.hub.give_rules(SITE, version=2, passback="refuse")
    third = unit.manifest()
    assert third.commands[-1].kind is CommandKind.LIFT
    assert third.version > second.version > first.version
    assert unit.turn().policy is not None
    assert unit.manifest() == third

    backup = hub.hub.directory / "backup.tar"
    hub.hub.run("backup", str(backup))
    hub.block(BEN)
    lost = unit.manifest()
    assert lost.blocked == {unit.person(ANNA), unit.person(BEN)}
    hub.hub.stop()
    hub.hub.run("restore", "--force", str(backup))
    hub.hub.start()

    after = unit.manifest()
    assert after.version > lost.version
    assert after.blocked == {unit.person(ANNA)}
    hub.block(BEN)
    assert unit.manifest().blocked == lost.blocked


def test_a_unit_of_another_site_is_told_that_there_is_no_such_unit(hub: Hub) -> None:
    hub.hub.give_rules(SITE)
    mine, stranger = hub.unit.gate, hub.stranger.gate
    for what in ("manifest", "presence"):
        path = f"/api/units/{mine.uid}/{what}"
        assert asked(hub, path, mine) == HTTPStatus.OK
        assert asked(hub, path, stranger) == HTTPStatus.NOT_FOUND
    assert hub.stranger.turn().manifest is None


def asked(hub: Hub, path: str, signer: SiteGate) -> int:
    """Ask for a file of the unit at riverside with a token that some unit signed."""
    key = unit_key(signer.directory / "unit.key")[0]
    token = sign_request(hub.unit.gate.uid, path, SystemClock().now(), key)
    answer = requests.get(hub.hub.url + path, headers={"Authorization": token}, timeout=LONG_S)
    return answer.status_code
