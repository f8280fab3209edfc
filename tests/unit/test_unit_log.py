"""What the log tells, and what it never does."""

import io
import logging
from collections.abc import Iterator

import pytest

from gate.unit.log import LineFormatter, log_to


def line(message: str, **fields: object) -> str:
    record = logging.makeLogRecord({"msg": message, "levelname": "INFO", "created": 0.0, **fields})
    return LineFormatter().format(record)


def test_a_fact_is_one_line_of_named_fields_in_a_stable_order() -> None:
    told = line("answered", ms="7.3", outcome="admit", access_point="Gate A in")

    assert told == (
        '1970-01-01T00:00:00.000Z info answered access_point="Gate A in" outcome=admit ms=7.3'
    )


@pytest.mark.parametrize("field", ["payload", "holder", "number", "key", "text", "card"])
def test_a_field_that_could_name_somebody_is_not_written(field: str) -> None:
    assert "SECRET" not in line("answered", **{field: "SECRET"})


def test_a_value_cannot_begin_a_second_line_or_another_field() -> None:
    told = line("fault", error='no disk\noutcome=admit "')

    assert told.count("\n") == 0
    assert told.endswith(r'error="no disk\noutcome=admit \""')


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """A place that the gate logs to while the test lasts."""
    gate = logging.getLogger("gate")
    before = (gate.handlers, gate.level, gate.propagate)
    stream = io.StringIO()
    log_to(stream)
    yield stream
    gate.handlers, gate.level, gate.propagate = before


def test_only_the_gates_own_facts_are_written(stream: io.StringIO) -> None:
    logging.getLogger("gate.unit.daemon").info("answered")
    logging.getLogger("another").warning("not ours")

    assert stream.getvalue().endswith(" info answered\n")
