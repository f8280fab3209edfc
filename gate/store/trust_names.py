"""What lies at the top of a unit's trust directory, by name (docs/reference/trust-directory.md)."""

from typing import Final

CURRENT: Final = "current"
"""A link to the generation in force."""

FLEET: Final = "fleet"
"""In a generation: what the fleet's owners vouch for."""

PINNED_ROOT: Final = "root.json"
"""The fleet's root that the installer put there; without it nobody speaks for a fleet."""
