"""Cards of a made-up issuer, and one lane with pretended hardware and a journal that may refuse."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ClassVar, Final

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gate.access.decide import Rule
from gate.access.model import AccessPoint, AccessRequest, Direction, Finding
from gate.access.muster import People
from gate.access.policy import parse_policy
from gate.access.presence import Presence, SiteWide
from gate.access.rules import Accepted, AcceptedCards, AntiPassback
from gate.card.issue import issue_card
from gate.card.model import Card, Competence, StatusRef
from gate.devices.ports import Contact, Outputs
from gate.errors import JournalError, Outcome, Reason
from gate.events.chain import ChainHead
from gate.events.model import Entry, Event, EventKind, Holder
from gate.signing.keys import SigningKey
from gate.sim.devices import ManualClock, SimOutputs
from gate.sim.inputs import SimInputs
from gate.store.trust_in_force import TrustInForce
from gate.trust.bundle import Issuer, KeyUse, TrustBundle, TrustedKey
from gate.trust.manifest import SiteManifest
from gate.trust.status_list import Status, StatusList, pack
from gate.unit.commands import Commands
from gate.unit.contacts import Contacts, reactions, turns_told
from gate.unit.controller import Answer, Controller
from gate.unit.keeper import Keeper
from gate.unit.read_filter import News, Sighting, payload_key
from gate.unit.recorder import Recorder
from gate.unit.retention import Retention
from gate.unit.roll import Roll
from gate.unit.stamp import Stamp, StampClock
from gate.unit.trust_watch import InForce
from gate.unit.turnstile import Turnstile
from gate.unit.upkeep import Kept, Upkeep

NOW: Final = datetime(2026, 6, 1, 7, 0, tzinfo=UTC)
LIST: Final = "https://lists.ecs.example/1"
RELEASE_S: Final = 5.0
SITE_KEY: Final = bytes(range(32))
POLICY: Final = (
    'version = 1\nsite = "riverside"\ntime_zone = "UTC"\n'
    '[[accept]]\nscheme = "ecs-jib"\ntypes = "any"\n'
)


class Desk:
    """Issues cards; index 1 of the list is revoked, 2 suspended, all others are valid."""

    def __init__(self) -> None:
        self._key = SigningKey(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
        stranger = SigningKey(Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33))))
        self._foreign = issue_card(_card("666", 0, 365), stranger)
        self._issued: dict[tuple[str, int, int], str] = {}
        trusted = TrustedKey(key=self._key.verifying_key, uses=frozenset({KeyUse.CARD}))
        issuer = Issuer(
            iss="ecs.example",
            schemes=frozenset({"ecs-jib"}),
            status_base="https://lists.ecs.example/",
            keys=(trusted,),
        )
        statuses = bytes((Status.VALID, Status.INVALID, Status.SUSPENDED, Status.VALID))
        held = StatusList(
            uri=LIST,
            issued_at=NOW - timedelta(hours=1),
            expires_at=None,
            ttl_s=None,
            bits=2,
            packed=pack(statuses, 2),
        )
        self.trust = TrustBundle(issuers=(issuer,), status_lists={LIST: held})

    def card(self, number: str = "1001", *, index: int = 0, days: int = 365) -> str:
        """Return a card's text that expires in `days`; the same card is the same text."""
        asked = (number, index, days)
        if asked not in self._issued:
            self._issued[asked] = issue_card(_card(number, index, days), self._key)
        return self._issued[asked]

    def card_from(self, issued_at: datetime) -> str:
        """Return a card's text that begins then."""
        return issue_card(replace(_card("late", 0, 365), issued_at=issued_at), self._key)

    def card_in(self, language: str, *, days: int = 365) -> str:
        """Return a card's text whose holder speaks `language`."""
        card = _card(language, 0, days)
        spoken = replace(card.competence, language=language)
        return issue_card(replace(card, competence=spoken), self._key)

    def foreign_card(self) -> str:
        """Return a card that nobody trusted signed."""
        return self._foreign


def _card(number: str, index: int, days: int) -> Card:
    issued_at = NOW - timedelta(days=400)
    return Card(
        issuer="ecs.example",
        number=number,
        holder_id=f"id-{number}",
        name=f"Holder {number}",
        not_before=issued_at,
        issued_at=issued_at,
        expires_at=NOW + timedelta(days=days),
        competence=Competence(scheme="ecs-jib", card_type="approved-electrician"),
        status=StatusRef(uri=LIST, index=index),
    )


class RefusableJournal:
    """Keeps records in memory; `refuses` makes it fail as a full disk would.

    `released_then` tells of each record whether `is_released` said so when it was written;
    `while_appending` is called before each.
    """

    def __init__(self, is_released: Callable[[], bool]) -> None:
        self.refuses = False
        self.while_appending: Callable[[], None] = lambda: None
        self.tried = 0
        self.released_then: list[bool] = []
        self._is_released = is_released
        self.records: list[tuple[Event, Holder | None]] = []
        self.pruned: list[tuple[ChainHead, datetime]] = []

    def open(self) -> "RefusableJournal":
        """Open, or refuse."""
        self._check()
        return self

    def append(self, event: Event, holder: Holder | None = None) -> Entry:
        """Record, or refuse."""
        self.while_appending()
        self._check()
        self.records.append((event, holder))
        self.released_then.append(self._is_released())
        return Entry(
            journal_id=bytes(16),
            seq=len(self.records),
            event=event,
            commitment=bytes(32),
            salt=None,
            holder=None,
            hash=bytes(32),
        )

    def prune(self, acknowledged: ChainHead, *, now: datetime) -> int:
        """Tell what was asked for, or refuse; nothing goes."""
        self._check()
        self.pruned.append((acknowledged, now))
        return acknowledged.seq

    def close(self) -> None:
        """Nothing is held."""

    def _check(self) -> None:
        self.tried += 1
        if self.refuses:
            raise JournalError("the disk is full")

    @property
    def kinds(self) -> list[EventKind]:
        """What the records are about, oldest first."""
        return [event.kind for event, _ in self.records]

    @property
    def answers(self) -> list[str]:
        """The outcome and the reasons of each answer, oldest first."""
        return [
            " ".join((event.outcome, *event.reasons))
            for event, _ in self.records
            if event.kind is EventKind.ACCESS
        ]


class HeldTrust:
    """What the gate goes by; `change` makes it something else, as a change on the disk would."""

    def __init__(self, bundle: TrustBundle, rules: tuple[Rule, ...]) -> None:
        self.faults: tuple[str, ...] = ()
        self.in_force = InForce(
            trust=TrustInForce(
                bundle=bundle, manifest=None, policy=None, hub_keys=(), directory=Path("trust")
            ),
            policy=parse_policy(POLICY, "policy"),
            rules=rules,
        )
        self._changed = False

    def change(
        self,
        *,
        manifest: SiteManifest | None,
        rules: tuple[Rule, ...] = (),
        is_unread: bool = False,
    ) -> None:
        """Put another manifest, and other rules if any are given, in force."""
        self.in_force = replace(
            self.in_force,
            trust=replace(self.in_force.trust, manifest=manifest, is_unread=is_unread),
            rules=rules or self.in_force.rules,
        )
        self._changed = True

    def poll(self, _at_s: float) -> bool:
        """Tell of a change once."""
        changed, self._changed = self._changed, False
        return changed


class HeldPresence:
    """What other gates saw: `seen` is told once."""

    def __init__(self) -> None:
        self.fault = ""
        self.seen: SiteWide | None = None

    def poll(self, _trust: TrustInForce, _stamp: Stamp, *, anew: bool) -> SiteWide | None:
        """Return what is new, whether or not it is asked for `anew`."""
        seen, self.seen = self.seen, None if not anew else self.seen
        return seen


class Lane:
    """A controller with all it needs, started at 07:00 on a working day."""

    def __init__(
        self,
        desk: Desk,
        direction: Direction = Direction.IN,
        outputs: Outputs | None = None,
        commands: Path = Path("no such directory/commands.json"),
        wired: Iterable[Contact] = (),
    ) -> None:
        self.clock = ManualClock(NOW)
        self.outputs = SimOutputs(self.clock)
        self.journal = RefusableJournal(lambda: self.outputs.is_released(direction))
        stamps = StampClock(self.clock)
        self.recorder = Recorder(self.journal.open, stamps)
        self.recorder.open()
        self.acknowledged: ChainHead | None = None
        self.retention = Retention(self.recorder, stamps, lambda: self.acknowledged)
        accepted: Accepted = {"ecs-jib": frozenset({"approved-electrician"})}
        point = AccessPoint(name="Gate A", direction=direction, area="site")
        rules = (AcceptedCards(accepted=accepted), AntiPassback(outcome=Outcome.REFUSE))
        self.trust = HeldTrust(desk.trust, rules)
        self.others = HeldPresence()
        kept = Kept(
            trust=self.trust, presence=self.others, commands=Commands(commands), clock=stamps
        )
        self.upkeep = Upkeep(kept, access_point=point, site_key=SITE_KEY, recorder=self.recorder)
        used = outputs or self.outputs
        self.inputs = SimInputs(self.clock, wired, reactions=reactions(used, RELEASE_S))
        keeper = Keeper(
            point=point,
            roll=Roll(People()),
            turnstile=Turnstile(
                used, stamps, release_s=RELEASE_S, contacts=turns_told(frozenset(wired))
            ),
            recorder=self.recorder,
            outputs=used,
            clock=stamps,
        )
        self.controller = Controller(judge=self.upkeep.judge(), keeper=keeper, clock=stamps)
        self.contacts = Contacts(self.inputs, self.controller)
        self.upkeep.start(self.controller)

    def present(self, payload: str, sighting: Sighting = Sighting.PRESENTED) -> Answer:
        """Hold a code up."""
        news = News(sighting=sighting, key=payload_key(payload), payload=payload)
        return self.controller.handle(news)

    def wait(self, seconds: float) -> None:
        """Let time pass, a second at a time."""
        for _ in range(int(seconds)):
            self.clock.advance(1.0)
            self.turn()

    def turn(self) -> None:
        """Let the loop turn once."""
        at_s = self.clock.monotonic()
        self.contacts.turn(at_s)
        self.controller.tick(at_s)

    def set(self, contact: Contact, *, active: bool) -> None:
        """Let a contact change, and the loop turn."""
        self.inputs.set(contact, active=active)
        self.turn()

    def pulse(self, contact: Contact) -> None:
        """Let a contact be active for a second."""
        self.set(contact, active=True)
        self.clock.advance(1.0)
        self.set(contact, active=False)

    @property
    def entry_is_released(self) -> bool:
        """Whether the way in is open now."""
        return self.outputs.is_released(Direction.IN)

    @property
    def exit_is_released(self) -> bool:
        """Whether the way out is open now."""
        return self.outputs.is_released(Direction.OUT)


class Referring:
    """A rule that sends everybody to the guard."""

    name: ClassVar[str] = "referring"

    def judge(self, _request: AccessRequest, _presence: Presence, /) -> Finding:
        """Refer."""
        return Finding(outcome=Outcome.REFER, reason=Reason.NOT_INDUCTED)


def refers_everybody(lane: Lane) -> Lane:
    """Make a lane send everybody to the guard."""
    lane.trust.change(manifest=None, rules=(Referring(),))
    lane.upkeep.turn(lane.clock.monotonic())
    return lane


@pytest.fixture(scope="session")
def desk() -> Desk:
    """The issuer that the lanes trust."""
    return Desk()


@pytest.fixture(scope="session")
def lane_of(desk: Desk) -> Callable[[Direction], Lane]:
    """Makes a lane for a direction."""
    return lambda direction: Lane(desk, direction)


LaneOf = Callable[[Outputs], Lane]


@pytest.fixture
def lane_on(desk: Desk) -> LaneOf:
    """Makes a lane into the site with other outputs than the pretended ones."""
    return lambda outputs: Lane(desk, outputs=outputs)


@pytest.fixture
def way_in(desk: Desk) -> Lane:
    """A lane into the site."""
    return Lane(desk)


@pytest.fixture
def way_out(desk: Desk) -> Lane:
    """A lane out of the site."""
    return Lane(desk, Direction.OUT)
