"""The parts of a gate whose faults lock nothing, for it goes on by what it had.

Their faults are recorded and told to whoever looks after the gate; no worker is sent away for them.
"""

from typing import Final

TRUST: Final = "trust"
CLOCK: Final = "clock"
COMMANDS: Final = "commands"
PRESENCE: Final = "presence"
TAMPER: Final = "tamper"
MAINS: Final = "mains"
FIRE_RELEASE: Final = "fire_release"
FIRE_TEST: Final = "fire_test"
LENS: Final = "lens"
ILLUMINATION: Final = "illumination"
_OF_A_LANE: Final = frozenset({FIRE_RELEASE, LENS, ILLUMINATION})
MILD: Final = _OF_A_LANE | {TRUST, CLOCK, COMMANDS, PRESENCE, TAMPER, MAINS, FIRE_TEST}
UNIT_WIDE: Final = MILD - _OF_A_LANE
"""Those that no lane of a unit has for itself (`gate.unit.unit_faults`)."""
