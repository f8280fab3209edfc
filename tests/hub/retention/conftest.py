"""A site with gates, people and a manager, at a moment that is years after what was recorded."""

from datetime import UTC, datetime
from typing import Final

from tests.hub.gates import gate_a, manager, new_gate, site
from tests.hub.people import own_files

__all__ = ["gate_a", "manager", "new_gate", "own_files", "site"]

LONG_AGO: Final = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)
