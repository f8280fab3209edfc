"""One lane of the simulated morning: a real unit and its real uplink on real files, at told times.

Pretended are the contacts, the relays, the lamps and the decoder's pictures, nothing else: what is
held up goes through the read filter, is verified, decided on, recorded, released and counted by the
unit's own parts, and its record reaches the hub over HTTP by the uplink's own.
"""

from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from gate.access.model import Direction
from gate.access.presence import SiteWide
from gate.access.roll_call import RollCall, call_roll
from gate.config import load_config
from gate.config_lanes import areas_of
from gate.devices.ports import Contact
from gate.events.batch import unit_uid
from gate.signing.keys import SigningKey, VerifyingKey
from gate.sim.cable import Cable
from gate.sim.devices import ManualClock, SimCamera, SimDecoder, SimNotifier, SimOutputs
from gate.sim.inputs import SimInputs
from gate.sim.morning.together import RELEASE_S
from gate.store.cursor import Cursor, cursor_directory
from gate.store.trust_in_force import load_in_force, load_presence
from gate.store.unit_key import unit_key
from gate.unit.attendance import recorded_people
from gate.unit.contacts import reactions
from gate.unit.controller import Answer
from gate.unit.read_filter import ReadFilter
from gate.unit.wiring import Parts, Unit, assemble
from gate.uplink.client import HubClient
from gate.uplink.cycle import Pace, Uplink
from gate.uplink.fetch import Fetcher
from gate.uplink.moment import Moment
from gate.uplink.pull import Pull, PullSource
from gate.uplink.sync import Ending, Link, PassEnd

_ROTATION: Final = {
    Direction.IN: Contact.ROTATION_IN,
    Direction.OUT: Contact.ROTATION_OUT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LanePlan:
    """A lane as it stands at the site: of which gate, which way, to which area."""

    gate: str
    direction: Direction
    area: str

    @property
    def name(self) -> str:
        """What people call it."""
        return f"{self.gate} {self.direction}"

    @property
    def is_entry(self) -> bool:
        """Whether it leads into the site."""
        return self.direction is Direction.IN


@dataclass(slots=True, kw_only=True)
class _Powered:
    """What is there while the unit has power."""

    unit: Unit
    inputs: SimInputs
    outputs: SimOutputs
    clock: ManualClock
    reads: ReadFilter
    uplink: Uplink
    opened: ExitStack = field(repr=False)


class Lane:
    """One unit in its directory; `boot` it, `turn` it as time passes, cut its power.

    Attributes:
        sent_at: up to when the hub has its record; None before the first pass.
    """

    def __init__(self, plan: LanePlan, directory: Path) -> None:
        """Make the directory and the unit's key; the rest comes with `furnish`."""
        self.plan = plan
        self.directory = directory
        directory.mkdir(parents=True)
        self.key: SigningKey = unit_key(directory / "unit.key")[0]
        self.uid = unit_uid(self.key.verifying_key)
        self.cable: Cable | None = None
        self.sent_at: datetime | None = None
        self._powered: _Powered | None = None
        self._hub_key: VerifyingKey | None = None

    def furnish(
        self, site: str, rules: str, site_key: bytes, cable: Cable, hub_key: str, poll_s: float
    ) -> None:
        """Write its files, as an installer would."""
        self.cable = cable
        (self.directory / "policy.toml").write_text(rules, "utf-8")
        secret = self.directory / "site.key"
        secret.write_bytes(site_key)
        secret.chmod(0o600)
        relay = "entry_relay" if self.plan.direction is Direction.IN else "exit_relay"
        (self.directory / "unit.toml").write_text(
            f'[unit]\nname = "{self.plan.name}"\nsite = "{site}"\njournal = "journal.db"\n'
            'trust = "trust"\npolicy = "policy.toml"\nsite_key = "site.key"\nkey = "unit.key"\n'
            f'[[access_point]]\nname = "{self.plan.name}"\ndirection = "{self.plan.direction}"\n'
            f'area = "{self.plan.area}"\n[camera]\nsource = "dir:no-camera"\n'
            f'[outputs]\nfactory = "mock"\n{relay} = 17\nrelease_s = {RELEASE_S}\n'
            f'[hub]\nurl = "{cable.url}"\nkey = "{hub_key}"\nevery_s = {poll_s}\n'
            f"poll_s = {poll_s}\n",
            "utf-8",
        )

    @property
    def is_on(self) -> bool:
        """Whether it has power."""
        return self._powered is not None

    @property
    def is_cut(self) -> bool:
        """Whether its link to the hub is cut."""
        return self.cable is None or self.cable.is_out

    def pull_out(self) -> None:
        """Cut its link to the hub."""
        assert self.cable is not None  # noqa: S101 - furnish laid it
        self.cable.pull_out()

    def plug_in(self) -> None:
        """Mend its link to the hub."""
        assert self.cable is not None  # noqa: S101 - furnish laid it
        self.cable.plug_in()

    @property
    def trust(self) -> Path:
        """Where whom it believes lies."""
        return self.directory / "trust"

    def boot(self, now: datetime, *, active: frozenset[Contact] = frozenset()) -> None:
        """Give it power; `active` are the contacts that are so already."""
        config = load_config(self.directory / "unit.toml")
        clock = ManualClock(now)
        outputs = SimOutputs(clock)
        wired = (_ROTATION[self.plan.direction], Contact.FIRE, Contact.GUARD_KEY)
        inputs = SimInputs(clock, wired, active=active, reactions=reactions(outputs, RELEASE_S))
        parts = Parts(
            open_camera=lambda: SimCamera([], clock),
            decoder=SimDecoder(),
            outputs=outputs,
            clock=clock,
            notifier=SimNotifier(),
            inputs=inputs,
        )
        unit = assemble(config, parts)
        unit.upkeep.start(unit.controller)
        opened = ExitStack()
        self._powered = _Powered(
            unit=unit,
            inputs=inputs,
            outputs=outputs,
            clock=clock,
            reads=ReadFilter(),
            uplink=self._uplink(clock, opened),
            opened=opened,
        )

    def cut_power(self) -> None:
        """Take its power away: nothing is told that it ends."""
        on = self._on()
        on.opened.close()
        on.unit.recorder.close()
        self._powered = None

    def pass_time(self, now: datetime) -> None:
        """Let time pass up to `now`, and do what is due, as a turn of the gate's loop does."""
        on = self._powered
        if on is None:
            return
        on.clock.advance(max(0.0, (now - on.clock.now()) / timedelta(seconds=1)))
        at_s = on.clock.monotonic()
        on.unit.contacts.turn(at_s)
        on.unit.controller.tick(at_s)
        on.unit.upkeep.turn(at_s)
        on.unit.retention.turn(at_s)

    def show(self, text: str) -> Answer | None:
        """Hold a card up to the reader; None if nothing new was seen."""
        on = self._on()
        news = on.reads.accept([text], unread=False, at_s=on.clock.monotonic())
        return None if news is None else on.unit.controller.handle(news)

    def set(self, contact: Contact, *, active: bool) -> None:
        """Let a contact become active, or be no more, and be noticed."""
        on = self._on()
        on.inputs.set(contact, active=active)
        on.unit.contacts.turn(on.clock.monotonic())

    @property
    def opens(self) -> bool:
        """Whether the turnstile turns its own way now: an exit always does."""
        on = self._powered
        is_exit = self.plan.direction is Direction.OUT
        return is_exit or (on is not None and on.outputs.is_released(Direction.IN))

    def rotate(self) -> None:
        """Turn the turnstile once, its own way: the contact opens and closes."""
        contact = _ROTATION[self.plan.direction]
        self.set(contact, active=True)
        self.set(contact, active=False)

    def sync(self) -> PassEnd | None:
        """Let the uplink make a pass; None without power."""
        if self._powered is None:
            return None
        end = self._powered.uplink.once()
        if end.ending is Ending.DONE:
            self.sent_at = self._powered.clock.now()
        return end

    def roll_call(self) -> RollCall:
        """Call the roll by what the gate process has in memory."""
        on = self._on()
        keeper = on.unit.controller.keeper
        return call_roll(keeper.presence, keeper.muster, on.clock.now(), own=self._own)

    def roll_call_from_disk(self) -> RollCall:
        """Call the roll by what lies on the unit's disk, as a process that starts now would."""
        on = self._on()
        people = recorded_people(self.directory / "journal.db", self.plan.area, on.clock.now())
        presence = people.presence.with_site(self.site_wide())
        return call_roll(presence, people.muster, on.clock.now(), own=self._own)

    def site_wide(self) -> SiteWide | None:
        """Return what the hub told this unit last of the whole site."""
        config = load_config(self.directory / "unit.toml")
        assert config.hub is not None  # noqa: S101 - furnish wrote it
        site = config.unit.site
        trusted = load_in_force(self.trust, site, config.hub.key).hub_keys
        held = load_presence(self.trust, site, trusted)
        if held is None:
            return None
        passages = {row.person: row for row in held.rows}
        return SiteWide(as_of=held.issued_at, lag=held.lag, passages=passages, gates=held.gates)

    @property
    def _own(self) -> bytes:
        return bytes.fromhex(self.uid)

    def _on(self) -> _Powered:
        assert self._powered is not None, f"{self.plan.name} has no power"  # noqa: S101 - the day's plan
        return self._powered

    def _uplink(self, clock: ManualClock, opened: ExitStack) -> Uplink:
        """Wire the uplink as `gate sync` does, but for the clock."""
        config = load_config(self.directory / "unit.toml")
        hub = config.hub
        assert hub is not None  # noqa: S101 - furnish wrote it
        client = HubClient(hub.url, ca=None, now=clock.now, monotonic=clock.monotonic)
        fetcher = Fetcher(ca=None, monotonic=clock.monotonic)
        link = Link(
            uid=self.uid,
            key=self.key,
            hub_key=hub.key,
            journal=config.unit.journal,
            cursor=opened.enter_context(Cursor(cursor_directory(config.unit.journal))),
            client=opened.enter_context(client),
            clock=clock,
            batch_entries=hub.batch_entries,
            areas=areas_of(config),
        )
        source = PullSource(
            trust=config.unit.trust,
            site=config.unit.site,
            url=hub.url,
            hub_key=hub.key,
            uid=self.uid,
            key=self.key,
            poll_s=hub.poll_s,
            now=lambda: Moment(at=clock.now(), trusted=True),
            monotonic=clock.monotonic,
        )
        pull = Pull(source, opened.enter_context(fetcher))
        return Uplink(link, config.unit.trust, Pace(every_s=hub.every_s), lambda: 0.5, pull)
