"""The uplink's day: a pass, a word on how the unit is, a wait; until it is told to stop.

While somebody watches at the gatehouse, as the hub says, the wait ends with the next record.

A pass has an end however slow the hub is, and so has a heartbeat. What goes wrong is logged and
tried again later: the journal keeps everything meanwhile. Only what the hub contradicts needs
people (an alarm, gate.uplink.sync); it is told again and again, and heartbeats say so.
"""

import logging
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from typing import Final

from gate.errors import EventError, JournalError, TrustError
from gate.events.chain import JOURNAL_ID_BYTES, ChainHead, genesis
from gate.store.journal_reader import JournalReader
from gate.store.journal_trace import JournalTrace, trace_journal
from gate.store.trust_in_force import load_in_force
from gate.uplink.backoff import Draw, jittered_s, wait_s
from gate.uplink.gate_faults import GateFaults
from gate.uplink.heart import Believes, beat
from gate.uplink.pull import Pull
from gate.uplink.sync import Ending, Link, PassEnd, sync_pass

PASS_S: Final = 600.0
"""A pass that took longer is begun anew: what it brought is kept by its mark."""

HEARTBEAT_S: Final = 60.0
"""Between two heartbeats, in a long pass or in idle ones; a hub misses a unit after several."""

OFFER_S: Final = 3600.0
"""How long the hub's word that it has our last entry is taken for true. A hub that was put back
without a failure noticed gets what it lost within the hour, while units keep a month; and an idle
unit sends one request more beside sixty heartbeats."""

LOOK_S: Final = 0.1
"""Between two looks for a new record while somebody watches, who is to see it within a second."""

_NOWHERE: Final = genesis(bytes(JOURNAL_ID_BYTES))
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often, and how long at most."""

    every_s: float
    pass_s: float = PASS_S
    heartbeat_s: float = HEARTBEAT_S


class Uplink:
    """One unit's uplink; used by one thread."""

    def __init__(
        self,
        link: Link,
        trust: Path,
        pace: Pace,
        draw: Draw,
        pull: Pull | None = None,
        is_watched: Callable[[], bool] = lambda: False,
        supports: Callable[[], None] = lambda: None,
    ) -> None:
        """Take a line.

        Args:
            link: to the hub.
            trust: the directory whose lists' ages are told.
            pace: how often.
            draw: chance.
            pull: brings what the unit believes; None: somebody else does.
            is_watched: tells whether what is new is to be sent at once.
            supports: does what is next for a support bundle (gate.uplink.support).
        """
        self._link = link
        self._trust = trust
        self._pull = pull
        self._is_watched = is_watched
        self._supports = supports
        self._pace = pace
        self._draw = draw
        self._gate_faults = GateFaults()
        self._beat_s: float | None = None
        self._sure_s: float | None = None
        self._failures = 0

    def run(self, stop: Event) -> None:
        """Go on until `stop` is set.

        Pulling doesn't wait for uploads that do not go: a block must reach the gate.
        """
        while not stop.is_set():
            read = trace_journal(self._link.journal)
            end = self._tried()
            if end.ending is not Ending.NO_ANSWER:
                self._supports()
            self._rest(stop, self._wait_s(end), read)

    def once(self) -> PassEnd:
        """Bring what the unit believes if that is due, make one pass, and tell how the unit is.

        Raises:
            JournalError: there is no journal, or the disk refuses.
            EventError: the journal is damaged.
        """
        if self._pull is not None:
            self._pull.turn()
        with JournalReader.open(self._link.journal) as reader:
            start_s = self._link.clock.monotonic()
            end = sync_pass(
                self._link,
                reader,
                start_s + self._pace.pass_s,
                lambda head: self._between(reader, head, start_s),
                offers=is_offer_due(self._sure_s, start_s),
            )
            if end.uploaded or self._is_due():
                end = self._beaten(reader, end)
            _tell(self._link, end, reader.head().seq - end.head.seq)
        self._note(end)
        return end

    def _rest(self, stop: Event, left_s: float, read: JournalTrace) -> None:
        """Wait so long, pulling what falls due; not on if somebody watches and more was recorded.

        A hub that did not answer is left alone for as long as was drawn.
        """
        while left_s > 0:
            looks = self._failures == 0 and self._is_watched()
            if looks and trace_journal(self._link.journal) != read:
                return
            slice_s = min(left_s, LOOK_S) if looks else left_s
            due_s = math.inf if self._pull is None else self._pull.wait_s()
            if stop.wait(min(slice_s, due_s)):
                return
            left_s -= min(slice_s, due_s)
            if self._pull is not None and due_s < slice_s:
                self._pull.turn()

    def _note(self, end: PassEnd) -> None:
        """Remember since when the hub is known to have everything.

        A hub is put back while it is stopped, so one that didn't answer, to a batch or a heartbeat,
        may be another when it is back: one failure, however short, ends what was known.
        """
        if end.ending is not Ending.DONE:
            self._sure_s = None
        elif end.was_receipted:
            self._sure_s = self._link.clock.monotonic()

    def _tried(self) -> PassEnd:
        try:
            return self.once()
        except (JournalError, EventError) as error:
            _log.error("no pass: the journal", extra={"error": str(error)})
            return self._beaten(None, PassEnd(ending=Ending.ALARM, head=_NOWHERE, why=str(error)))

    def _wait_s(self, end: PassEnd) -> float:
        """Return how long to wait after a pass that ended so."""
        if end.ending is Ending.DONE or (end.ending is Ending.OUT_OF_TIME and end.uploaded):
            self._failures = 0
            return jittered_s(self._pace.every_s, self._draw)
        self._failures += 1
        seconds = wait_s(self._failures, end.retry_after_s, self._draw)
        _log.info("waiting", extra={"wait_s": f"{seconds:.1f}"})
        return seconds

    def _between(self, reader: JournalReader, head: ChainHead, start_s: float) -> None:
        if self._is_due(start_s):
            self._beaten(reader, PassEnd(ending=Ending.DONE, head=head))

    def _is_due(self, start_s: float = -math.inf) -> bool:
        last_s = start_s if self._beat_s is None else max(start_s, self._beat_s)
        return self._link.clock.monotonic() - last_s >= self._pace.heartbeat_s

    def _beaten(self, reader: JournalReader | None, end: PassEnd) -> PassEnd:
        """Tell how the unit is; return the pass's end, in which a deaf hub is no answer.

        A hub that did not answer to the batch is not asked again at once.
        """
        if end.ending is Ending.NO_ANSWER:
            return end
        self._beat_s = self._link.clock.monotonic()
        broken = () if reader is None else self._gate_faults.look(reader)
        why = beat(self._link, self._believes(), reader, end, broken)
        if not why or end.ending is not Ending.DONE:
            return end
        return replace(end, ending=Ending.NO_ANSWER, why=f"heartbeat: {why}")

    def _believes(self) -> Believes:
        refused = {} if self._pull is None else self._pull.refused
        try:
            if self._pull is not None:
                return Believes(held=self._pull.in_force(), refused=refused)
            return Believes(held=load_in_force(self._trust, "", None))
        except TrustError:
            return Believes(held=None, refused=refused)


def is_offer_due(sure_s: float | None, now_s: float) -> bool:
    """Tell whether to offer the last entry, which the hub had at `sure_s`; None: not known."""
    return sure_s is None or now_s - sure_s >= OFFER_S


def _tell(link: Link, end: PassEnd, backlog: int) -> None:
    facts: dict[str, object] = {"hub": link.client.url, "seq": end.head.seq, "backlog": backlog}
    if end.uploaded:
        uploaded = {"uploaded": end.uploaded, "drift_ms": end.drift_ms}
        _log.info("uplink synced", extra=facts | uploaded)
    if end.ending is Ending.ALARM:
        _log.error("the hub and the journal do not agree", extra=facts | {"error": end.why})
    elif end.ending is Ending.UNKNOWN:
        _log.error("the hub takes nothing from this unit", extra=facts | {"error": end.why})
    elif end.ending is not Ending.DONE:
        _log.warning("not all uploaded", extra=facts | {"error": end.why})
