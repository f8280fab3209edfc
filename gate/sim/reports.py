"""What the demo's gate process tells about its own outputs and times; the record is the journal.

Invariant: `parse_report(report_line(report))` is the report; any other text gives DeviceError.
"""

import json
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

from gate.devices.signals import Signal
from gate.errors import DeviceError
from gate.unit.read_filter import Sighting


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerReport:
    """What the gate did about card number `card`.

    Attributes:
        ms: from taking the frame to the relay's command, or else to the signal's.
    """

    card: int
    sighting: Sighting
    signal: Signal
    ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EndReport:
    """The last frame of card number `card` was looked at; all that comes of it is recorded.

    Attributes:
        entries, exits: how often either relay was commanded to release since the last of these.
        freed, secured: how often both ways were let open for a fire, and locked again.
    """

    card: int
    entries: int = 0
    exits: int = 0
    freed: int = 0
    secured: int = 0


_OF_AN_END: Final = {one.name for one in fields(EndReport)}

Report = AnswerReport | EndReport


def report_line(report: Report) -> str:
    """Return the line, without its end."""
    return json.dumps(asdict(report))


def parse_report(line: str) -> Report:
    """Return the report a line tells.

    Raises:
        DeviceError: the line tells none.
    """
    try:
        told: dict[str, Any] = json.loads(line)
        if set(told) == _OF_AN_END:
            return EndReport(**{key: int(value) for key, value in told.items()})
        return AnswerReport(
            card=int(told.pop("card")),
            sighting=Sighting(told.pop("sighting")),
            signal=Signal(told.pop("signal")),
            ms=float(told.pop("ms")),
            **told,
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise DeviceError(f"gate process: {line[:60]!r} is no report: {error}") from error
