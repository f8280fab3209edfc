"""One site: a real hub and two real gates, and what a block, a silence and time do to them."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from copy import copy
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Final

import numpy as np
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gate.bench.chaos.process import until
from gate.config import load_config
from gate.config_lanes import areas_of
from gate.devices.decoder_chain import open_decoder
from gate.devices.ports import Luma
from gate.devices.signals import Signal
from gate.devices.stills import load_still
from gate.events.heartbeat import Heartbeat
from gate.hub.config import load_config as load_hub_config
from gate.hub.keys import load_hub_key
from gate.signing.keys import SigningKey
from gate.sim.devices import ManualClock, Shown
from gate.status.roll import Roll, roll_of
from gate.status.unit_watch import UnitWatch
from gate.store.cursor import Cursor, cursor_directory
from gate.store.generations import begin
from gate.store.journal_reader import JournalReader
from gate.store.trust_in_force import MANIFEST, load_in_force, load_presence
from gate.store.unit_key import unit_key
from gate.trust.manifest import sign_manifest
from gate.trust.site_presence import SitePresence
from gate.uplink.client import HubClient
from gate.uplink.heart import Believes, heartbeat
from gate.uplink.sync import Ending, Link, PassEnd
from tests.system.planned_gate import cut_power, run_planned
from tests.system.polls import Polls, counting_polls
from tests.system.site_of_gates import LONG_S, SITE, SiteGate, SiteHub, draw_card, now

ANNA: Final = 7
BEN: Final = 8
CARA: Final = 9
"""She was never here."""

BLANK: Final[Luma] = np.full((240, 320), 255, dtype=np.uint8)
HOURS: Final = (1, 30, 100)
PLACES: Final = {("Gate A", "site"), ("Gate B", "tower")}
TOLD: Final = frozenset(Signal) - {Signal.SEEN, Signal.OFF, Signal.UNREADABLE}
"""What tells a tier or a verdict."""

pytestmark = pytest.mark.system


class Site:
    """A hub, and two gates at which Anna and Ben hold up their cards in turn."""

    def __init__(self, path: Path, opened: ExitStack) -> None:
        self.hub = SiteHub(path / "hub", opened, SITE)
        self.hub.give_rules(SITE)
        self.hub.start()
        self.url, self.polls = opened.enter_context(counting_polls(self.hub.url))
        self.gates = [
            SiteGate(path / name, name, self.hub, self.url) for name in ("Gate A", "Gate B")
        ]
        self.gates[1].leads_to("tower")
        for gate in self.gates:
            gate.bring_list()
            gate.sees(ANNA, BEN)
        for gate in self.gates:
            gate.start(opened)

    def stop(self) -> None:
        """Stop the hub, and every process of the gates."""
        self.hub.stop()
        for gate in self.gates:
            gate.stop()

    def block(self, index: int) -> None:
        number = self.gates[0].issuer.card(index).number
        issuer = ("--issuer", self.gates[0].issuer.iss)
        self.hub.run("block", SITE, number, *issuer, "--reason", "Fighting")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with ExitStack() as opened:
        yield Site(tmp_path_factory.mktemp("site"), opened)


@pytest.fixture(scope="module")
def browser(site: Site) -> requests.Session:
    return site.hub.browser()


def manifests(gate: SiteGate) -> list[int]:
    """Return the numbers of the entries that tell of another manifest."""
    return [seq for seq, *_ in gate.recorded("kind = 'manifest'")]


def new_manifests_since(polls: Polls, begun: int, gate: SiteGate) -> list[int]:
    """Return the answers to a gate's questions for its manifest, up to the first new one."""
    answers = polls.since(begun, gate.uid, "manifest")
    return answers[: answers.index(200) + 1] if 200 in answers else []


def await_manifest(gate: SiteGate, number: int) -> int:
    """Wait for a gate's first, second ... manifest; return the number of the entry that tells."""
    assert until(lambda: len(manifests(gate)) >= number, LONG_S), gate.logs()
    return manifests(gate)[number - 1]


def await_answers(gate: SiteGate, index: int, after: int) -> set[tuple[str, str]]:
    """Wait for three answers to a card after an entry; return outcomes and reasons."""
    assert until(lambda: len(gate.answers(index, after)) >= 3, LONG_S), gate.logs()
    return {answer[1:] for answer in gate.answers(index, after)}


def test_a_block_on_the_hub_reaches_both_gates_by_their_next_poll(
    site: Site, browser: requests.Session
) -> None:
    for gate in site.gates:
        first = await_manifest(gate, 1)
        assert await_answers(gate, ANNA, first) == {("admit", "")}

    site.block(ANNA)
    begun = site.polls.begin()

    for gate in site.gates:
        told = await_manifest(gate, 2)
        assert await_answers(gate, ANNA, told) == {("refuse", "blocked")}
        assert await_answers(gate, BEN, told) == {("admit", "")}
        # It came with a poll that was under way when the block was written, or with the next one.
        assert new_manifests_since(site.polls, begun, gate) in ([], [200])
    page = browser.get(f"{site.hub.url}/sites/{SITE}/blocked/", timeout=LONG_S).text
    assert "sent to 2 of 2 gates" in page
    assert "has not got it" not in page


def around(hours: float, card: Luma) -> Iterator[tuple[float, Luma]]:
    """Yield what the camera sees: nobody, a card held up for a second, and nobody again."""
    at_s = hours * 3600
    yield from ((at_s, BLANK), (at_s + 2, BLANK))
    yield from ((at_s + 10 + part / 4, card) for part in range(4))
    yield from ((at_s + 20 + second, BLANK) for second in range(3))


def beat(gate: SiteGate, clock: ManualClock, url: str) -> Heartbeat:
    """Return what the gate's network process would tell the hub now."""
    config = load_config(gate.config)
    key = unit_key(config.unit.key)[0]
    assert config.hub is not None
    with (
        Cursor(cursor_directory(gate.journal)) as cursor,
        JournalReader.open(gate.journal) as reader,
        HubClient(url, ca=None, now=clock.now, monotonic=clock.monotonic) as client,
    ):
        link = Link(
            uid=gate.uid,
            key=key,
            hub_key=config.hub.key,
            journal=gate.journal,
            cursor=cursor,
            client=client,
            clock=clock,
            batch_entries=100,
            areas=areas_of(config),
        )
        held = load_in_force(config.unit.trust, config.unit.site, config.hub.key)
        end = PassEnd(ending=Ending.NO_ANSWER, head=reader.head())
        return heartbeat(link, Believes(held=held), reader, end, ())


def rolled(gate: SiteGate, at: datetime) -> Roll:
    """Return the roll call of a gate's own page, as it would be at a moment."""
    config = load_config(gate.config)
    return roll_of(UnitWatch(config, ManualClock(at)).look(), bytes.fromhex(gate.uid))


def told_by_hub(gate: SiteGate) -> SitePresence | None:
    """Return what a gate has of the site's presence."""
    config = load_config(gate.config)
    trust = load_in_force(config.unit.trust, SITE, config.hub.key if config.hub else None)
    return load_presence(config.unit.trust, SITE, trust.hub_keys)


def test_gates_cut_off_from_each_other_say_what_they_cannot_know(
    site: Site, browser: requests.Session
) -> None:
    a = site.gates[0]
    key = SigningKey(Ed25519PrivateKey.generate()).verifying_key
    named = ("--site", SITE, "--name", "Gate C", "--key", key.public.hex())
    site.hub.run("manage", "addunit", *named)

    # Nobody has ever heard Gate C: the roll call names it, at the gate and at the hub.
    said = "Gate C never heard; the list may be wrong either way."
    assert until(lambda: said in rolled(a, now()).call.words(), LONG_S)
    page = browser.get(f"{site.hub.url}/sites/{SITE}/roll-call/", timeout=LONG_S).text
    assert said.removesuffix(".") in page

    # Gate B is heard, with where it leads.
    presence = told_by_hub(a)
    assert presence is not None
    assert {(row.access_point, row.area) for row in presence.rows} <= PLACES
    assert {gate.name for gate in presence.gates} == {"Gate A", "Gate B", "Gate C"}

    # Three minutes without a word of Gate B's, and Gate A's page says so.
    words = list(rolled(a, now() + timedelta(minutes=3)).call.words())
    assert [word for word in words if word.startswith("Gate B unheard since ")]
    assert not [word for word in words if word.startswith("Gate A")]


def cut_off(gate: SiteGate, hub: SiteHub) -> SiteGate:
    """Return a gate with what another has by now, hard passback in force, and no network."""
    left = copy(gate)
    left.directory = cut_power(gate.directory)
    left.config, left.journal = left.directory / "unit.toml", left.directory / "journal.db"
    trust, key = left.directory / "trust", load_hub_key(load_hub_config(hub.config))
    held = load_in_force(trust, SITE, key.verifying_key).manifest
    assert held is not None
    hard = replace(held, version=held.version + 1, policy=held.policy.replace('"off"', '"refuse"'))
    with begin(trust) as builder:
        builder.put(MANIFEST, sign_manifest(hard, key))
        builder.commit(lambda _: None)
    return left


def test_hard_passback_is_a_mark_once_gates_are_cut_off_and_the_entry_says_so(site: Site) -> None:
    gate = site.gates[0]
    await_manifest(gate, 1)
    assert until(lambda: (heard := told_by_hub(gate)) is not None and len(heard.rows) == 2, LONG_S)
    site.stop()
    left = cut_off(gate, site.hub)
    first = left.recorded()[-1][0]
    draw_card(gate.issuer, CARA, left.directory / f"{CARA}.png")
    ben, cara = (load_still(left.directory / f"{index}.png") for index in (BEN, CARA))
    held_up = chain(around(0.002, ben), around(0.1, ben), around(0.2, cara))

    run_planned(left.config, ManualClock(now()), held_up, decoder=open_decoder())

    refused, noted = ([*one[1:]] for one in left.answers(BEN, first))
    assert (refused, noted) == (["refuse", "passback"], ["note", "passback"])
    assert [one[1:] for one in left.answers(CARA, first)] == [("admit", "")]
    _, of_ben, of_cara = (words for _, words in left.told("access", first))
    known_to = r"other gates known to [-0-9]+ [0-9:]+ UTC"
    assert re.fullmatch(f"passback: may have left; {known_to}", of_ben)
    assert re.fullmatch(f"passback: may be inside; {known_to}", of_cara)


def test_without_its_hub_a_gate_turns_green_to_amber_to_red_and_says_so_everywhere(
    site: Site,
) -> None:
    gate = site.gates[0]
    await_manifest(gate, 1)
    site.stop()
    clock, beats, first = ManualClock(now()), [], gate.recorded()[-1][0]
    clock.advance(1)
    card = load_still(gate.directory / f"{BEN}.png")

    def seen(at_s: float) -> None:
        if at_s % 3600 == 22:
            beats.append(beat(gate, clock, site.hub.url))

    outputs = run_planned(
        gate.config,
        clock,
        [frame for hours in HOURS for frame in around(hours, card)],
        seen=seen,
        decoder=open_decoder(),
    )

    shown = [
        (round(one.at_s / 3600), one.signal) for one in outputs.happened if isinstance(one, Shown)
    ]
    assert [one for one in shown if one[1] in TOLD] == [
        (0, Signal.READY),
        (1, Signal.ADMITTED),
        (30, Signal.READY_AGEING),
        (30, Signal.NOTED),
        (100, Signal.READY_STALE),
        (100, Signal.REFERRED),
    ]
    answers = [answer[1:] for answer in gate.answers(BEN, first)]
    assert answers == [("admit", ""), ("note", "list_ageing"), ("refer", "list_too_old")]
    told = [detail for _, detail in gate.told("freshness", first)]
    assert [line.split()[0] for line in told] == ["amber:", "amber:", "red:", "red:"]
    assert {line.split()[1].rstrip(",") for line in told} == {"list", "manifest"}
    assert [one.tier for one in beats] == ["green", "amber", "red"]
    assert [round((one.tier_left_s or 0) / 3600) for one in beats] == [23, 66, 0]
    assert [(one.manifest_age_s or 0) // 3600 for one in beats] == [1, 30, 100]
