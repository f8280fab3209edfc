"""The site, its gates and its manager of tests/hub/gates.py."""

from tests.hub.gates import gate_a, manager, new_gate, site

__all__ = ["gate_a", "manager", "new_gate", "site"]
