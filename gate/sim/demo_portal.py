"""What happens at the portal while something is held up: who turns, who doesn't, who pushes. Pure.

Times are seconds after the presentation began.
"""

from dataclasses import dataclass
from typing import Final

from gate.devices.ports import Contact
from gate.sim.demo_kinds import ON_THE_WAY_OUT, Kind, passes
from gate.sim.presentation import Touch

APPROACH_S: Final = 0.2

WALKED_OUT: Final = 3
"""How many turn out, known to nobody, while the fire alarm sounds."""

_STEP_S: Final = 1.0
"""From taking the card down to the push; a release of 5 s never runs out on anybody."""

_LATEST_PUSH_S: Final = 3.0
_PASS_S: Final = 0.8
_WALK_OUT_S: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Doings:
    """What `gate.sim.presentation.Presentation` has under the same names."""

    before_s: float = 0.0
    touches: tuple[Touch, ...] = ()
    watched_s: float = 0.0


def doings(kind: Kind, hold_s: float) -> Doings:
    """Return what happens beside a thing of `kind` that is held up for `hold_s`."""
    push_s = min(APPROACH_S + hold_s + _STEP_S, _LATEST_PUSH_S)
    contact = Contact.ROTATION_OUT if kind in ON_THE_WAY_OUT else Contact.ROTATION_IN
    turn = _pressed(contact, push_s, _PASS_S)
    match kind:
        case Kind.NOT_TAKEN | Kind.STAYS:
            return Doings(watched_s=9.0)  # 5 s of release and 2 of grace, from the first good frame
        case Kind.FORCED:
            return Doings(touches=turn)
        case Kind.HELD_OPEN:
            held = _pressed(Contact.ROTATION_IN, push_s, 11.5)  # a turn of 10 s is held
            return Doings(touches=held)
        case Kind.KEY_TURNED:
            key = _pressed(Contact.GUARD_KEY, push_s, 0.5)
            return Doings(touches=key + _pressed(Contact.ROTATION_IN, push_s + 1.5, _PASS_S))
        case Kind.FIRE:
            return _fire(hold_s)
        case _:
            return Doings(touches=turn if passes(kind) else ())


def _fire(hold_s: float) -> Doings:
    """Return an alarm: all walk out, it falls silent, the key is turned, the card is held up."""
    out = [
        touch
        for place in range(WALKED_OUT)
        for touch in _pressed(Contact.ROTATION_OUT, 1.5 + place * _WALK_OUT_S, _WALK_OUT_S / 2)
    ]
    alarm = _pressed(Contact.FIRE, 0.5, 4.0)
    before_s = 6.0
    key = _pressed(Contact.GUARD_KEY, 5.0, before_s - 5.0 + APPROACH_S + hold_s + _STEP_S)
    touches = sorted((*out, *alarm, *key), key=lambda touch: touch.at_s)
    return Doings(before_s=before_s, touches=tuple(touches))


def _pressed(contact: Contact, at_s: float, for_s: float) -> tuple[Touch, Touch]:
    return (
        Touch(contact=contact, active=True, at_s=round(at_s, 3)),
        Touch(contact=contact, active=False, at_s=round(at_s + for_s, 3)),
    )
