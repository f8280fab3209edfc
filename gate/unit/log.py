"""The log of a unit's processes: one line a fact on stderr, for engineers.

A line is a time, a level, a message and `key=value` pairs. Only the fields named in `FIELDS` are
written, so that a payload, a name, a card number or a key handed to a logger by mistake goes no
further. The journal is the evidence; this is not.
"""

import json
import logging
from datetime import UTC, datetime
from typing import Final, TextIO

FIELDS: Final = (
    "access_point",
    "direction",
    "sighting",
    "outcome",
    "reasons",
    "ms",
    "part",
    "step",
    "count",
    "owed",
    "signal",
    "camera",
    "issuers",
    "lists",
    "inside",
    "uid",
    "public_key",
    "hub",
    "journal",
    "seq",
    "was",
    "uploaded",
    "backlog",
    "drift_ms",
    "tier",
    "left_h",
    "version",
    "wait_s",
    "path",
    "where",
    "error",
)
"""Every field a line may carry, in this order; names are stable, programs read them."""


class LineFormatter(logging.Formatter):
    """Formats a record as one line; of an exception only its type and place are told."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        at = datetime.fromtimestamp(record.created, UTC)
        pairs = [
            f"{name}={_value(record.__dict__[name])}" for name in FIELDS if name in record.__dict__
        ]
        words = (f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z", record.levelname.lower())
        return " ".join((*words, _value(record.getMessage()), *pairs))


def log_to(stream: TextIO) -> None:
    """Send what the gate logs to `stream`, and nothing else that is logged."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(LineFormatter())
    gate = logging.getLogger("gate")
    gate.handlers = [handler]
    gate.setLevel(logging.INFO)
    gate.propagate = False


def place_of(error: BaseException) -> str:
    """Return the innermost place an error passed, as `file:line`: all that can't hold a payload."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "" if trace is None else f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"


def _value(value: object) -> str:
    """Return a value without spaces as it stands, anything else as JSON in one line."""
    text = str(value)
    plain = text.isprintable() and not set(text) & {" ", '"', "="}
    return text if text and plain else json.dumps(text)
