"""The unit's own checks: its disk, its record, its network, its hub, what it goes by."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gate.config import load_policy
from gate.config_fields import Config, HubConfig
from gate.devices.board import Board
from gate.devices.ports import Clock
from gate.doctor.finding import Fact, Finding, attention, failed, failed_by, not_asked, passed
from gate.errors import (
    ConfigError,
    DeviceError,
    EventError,
    JournalError,
    TrustError,
    UplinkError,
)
from gate.store.clock_state import clock_state_path
from gate.store.cursor import cursor_directory, read_mark
from gate.store.journal_audit import audit
from gate.store.journal_reader import JournalReader
from gate.store.quarantine import SIDE_FILES
from gate.store.trust_freshness import judge_all, worst_of, worst_tier
from gate.store.trust_in_force import load_in_force
from gate.trust.freshness import Tier
from gate.uplink.anchor import AUTHORITY_PATH, MAX_CERTIFICATE_BYTES
from gate.uplink.fetch import Fetcher
from gate.uplink.moment import moment
from gate.uplink.vitals import read_vitals

LOW_DISK_BYTES: Final = 512 << 20
NO_DISK_BYTES: Final = 64 << 20
"""A month of a busy gate takes some 200 MB; an update some more."""

HUB_S: Final = 20.0
SILENT_S: Final = 86_400.0
"""A day without a receipt, with entries waiting: no gate is that quiet, and no repair that long."""


@dataclass(frozen=True, slots=True)
class StorageCheck:
    """Whether the disk has room, and has met no error."""

    journal: Path
    board: Board

    def look(self) -> Finding:
        """Return how it is now."""
        free = read_vitals(self.journal.parent).disk_free_bytes
        errors = self.board.disk_errors()
        facts: dict[str, Fact] = {"free_bytes": free, "errors": errors}
        if free is None:
            step = "Make it: sudo scripts/install, or name another in the unit's file."
            return failed("storage", f"{self.journal.parent} can't be looked at.", step)
        if not os.access(self.journal.parent, os.W_OK):
            step = "Look whether the card is read-only (sudo dmesg | tail), and put a new one in."
            return failed("storage", "It can't be written.", step, **facts)
        if errors:
            says = f"The file system has met {errors} errors."
            return failed("storage", says, "Put a new SD card in: this one is worn.", **facts)
        says = f"{free >> 20} MB are free, at least {LOW_DISK_BYTES >> 20}."
        step = "Take what is not the gate's off the card, or use a larger one."
        if free < NO_DISK_BYTES:
            return failed("storage", says, step, **facts)
        if free < LOW_DISK_BYTES:
            return attention("storage", says, step, **facts)
        return passed("storage", says, **facts)


@dataclass(frozen=True, slots=True)
class RecordCheck:
    """Whether every entry of the record holds."""

    journal: Path

    def look(self) -> Finding:
        """Return how it is now."""
        beside = self.journal.parent.glob(f"{self.journal.name}.damaged-*")
        aside = [path for path in beside if not path.name.endswith(SIDE_FILES)]
        if not self.journal.exists():
            return failed("record", "There is none yet.", "Start the gate: it begins one.")
        try:
            found = audit(self.journal)
            with JournalReader.open(self.journal) as reader:
                entries = reader.head().seq
        except (JournalError, EventError) as error:
            step = "Carry it off: gate journal export; then put a new SD card in."
            return failed_by("record", error, step)
        facts: dict[str, Fact] = {"entries": entries, "set_aside": len(aside)}
        if found.first_bad is not None:
            step = "Carry it off: gate journal export; then put a new SD card in."
            return failed("record", f"Entry {found.first_bad} does not hold.", step, **facts)
        if aside:
            says = f"{len(aside)} damaged records were set aside."
            step = f"Carry them off ({aside[0]}), and put a new SD card in: this one is worn."
            return failed("record", says, step, **facts)
        return passed("record", f"All of its {entries} entries hold.", **facts)


@dataclass(frozen=True, slots=True)
class NetworkCheck:
    """Whether there is a way to anywhere."""

    board: Board
    hub: HubConfig | None

    def look(self) -> Finding:
        """Return how it is now."""
        if self.hub is None:
            return not_asked("network", "This unit stands alone.")
        links = self.board.links_up()
        told = ", ".join(links)
        if not links:
            step = "Plug the cable in, or see to the Wi-Fi: nmcli device"
            return failed("network", "No link is up.", step)
        if self.board.has_way_out() is False:
            says = f"{told} is up, and has no way out."
            step = "See whether the network gives addresses (DHCP): nmcli device show"
            return attention("network", says, step, links=told)
        return passed("network", f"{told} is up.", links=told)


@dataclass(frozen=True, slots=True)
class HubCheck:
    """Whether the hub answers, is vouched for, and takes the record."""

    config: Config
    clock: Clock

    def look(self) -> Finding:
        """Return how it is now."""
        hub = self.config.hub
        if hub is None:
            return not_asked("hub", "This unit stands alone.")
        began_s = self.clock.monotonic()
        try:
            with Fetcher(ca=hub.ca, proxy=hub.proxy, monotonic=self.clock.monotonic) as fetcher:
                fetcher.get(
                    f"{hub.url}{AUTHORITY_PATH}",
                    max_bytes=MAX_CERTIFICATE_BYTES,
                    deadline_s=began_s + HUB_S,
                )
        except UplinkError as error:
            step = f"See that it runs and that this network reaches {hub.url}."
            return failed("hub", f"It does not answer: {error}"[:200], step)
        answer_ms = round((self.clock.monotonic() - began_s) * 1000)
        try:
            waiting, silent_s = self._waiting()
        except (JournalError, EventError) as error:
            return failed_by("hub", error, "See the record's own line.")
        facts: dict[str, Fact] = {"answer_ms": answer_ms, "waiting": waiting}
        says = f"It answers in {answer_ms} ms; {waiting} entries wait for it."
        if waiting and silent_s > SILENT_S:
            step = "Read why it takes none: journalctl -u gate-uplink"
            return attention("hub", says, step, **facts)
        return passed("hub", says, **facts)

    def _waiting(self) -> tuple[int, float]:
        """Return how many entries the hub lacks, and the seconds since it took some."""
        journal = self.config.unit.journal
        if not journal.exists():
            return 0, 0.0
        with JournalReader.open(journal) as reader:
            head = reader.head()
        mark = read_mark(cursor_directory(journal))
        if mark is None or mark.head.journal_id != head.journal_id:
            return head.seq, SILENT_S + 1
        now_s = self.clock.now().timestamp()
        return head.seq - mark.head.seq, now_s - mark.hub_ms / 1000


@dataclass(frozen=True, slots=True)
class TrustCheck:
    """Whether what the unit goes by is there, and new enough."""

    config: Config
    clock: Clock

    def look(self) -> Finding:
        """Return how it is now."""
        step = "Let the unit reach its hub, or carry an update to it: gate trust import"
        unit, hub = self.config.unit, self.config.hub
        try:
            trust = load_in_force(unit.trust, unit.site, None if hub is None else hub.key)
            now = moment(self.clock, clock_state_path(unit.journal))
            own = load_policy(unit.policy).freshness
        except (ConfigError, TrustError, DeviceError) as error:
            return failed_by("trust", error, step)
        judged = judge_all(trust, own, now.at, now.untrusted_s)
        tier, worst = worst_tier(judged), worst_of(judged)
        hours = round(worst.left.total_seconds() / 3600, 1)
        facts: dict[str, Fact] = {
            "tier": str(tier),
            "left_h": hours,
            "issuers": len(trust.bundle.issuers),
            "lists": len(trust.bundle.status_lists),
        }
        if not trust.bundle.issuers:
            return failed("trust", "Nobody is known who issues cards.", step, **facts)
        if tier is Tier.RED:
            return failed("trust", "It is too old: a guard decides on every card.", step, **facts)
        if tier is Tier.AMBER:
            says = f"It is ageing, or no list of cancelled cards is there; {hours} h are left."
            return attention("trust", says, step, **facts)
        return passed("trust", f"It is fresh; {hours} h are left.", **facts)
