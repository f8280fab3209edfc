"""What is said when a unit can't join, and in which beeps it can be told: a row a setback. Pure.

A unit may have no screen, so the beeps alone must tell which it was: first long ones for the kind
(1 the code, 2 the network, 3 the hub, 4 what the hub says of the code, 5 this unit), then short
ones to count. No two rows beep alike; the last is for a keyboard alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from gate.errors import Setback


@dataclass(frozen=True, slots=True, kw_only=True)
class SetbackWords:
    """One setback: what it is, what to do, and its long and short beeps."""

    what: str
    step: str
    long: int
    short: int


def _row(long: int, short: int, what: str, step: str) -> SetbackWords:
    return SetbackWords(what=what, step=step, long=long, short=short)


_S = Setback
SETBACK_WORDS: Final[Mapping[Setback, SetbackWords]] = MappingProxyType(
    {
        _S.NOT_A_CODE: _row(
            1, 1, "This is no set-up code.", "Show the code from the hub's page Add unit."
        ),
        _S.DAMAGED_CODE: _row(
            1,
            2,
            "The code is cut off, smudged or changed.",
            "Show it whole and flat; if it stays so, make another on the hub.",
        ),
        _S.NEWER_CODE: _row(
            1, 3, "The code is of a newer hub.", "Bring this unit's software up to date first."
        ),
        _S.SEVERAL_CODES: _row(
            1, 4, "More than one set-up code is in view.", "Cut the sheet apart; show one alone."
        ),
        _S.NO_CABLE: _row(
            2, 1, "No network by the cable.", "Plug the cable in, and look at the switch's light."
        ),
        _S.WIFI_MISSING: _row(
            2,
            2,
            "The Wi-Fi network is not found.",
            "Compare its name with the code's, and come nearer to it.",
        ),
        _S.WIFI_PASSWORD: _row(
            2,
            3,
            "The Wi-Fi password is wrong.",
            "Make another code with the right one.",
        ),
        _S.NO_MODEM: _row(
            2,
            4,
            "The modem does not connect.",
            "Look at its plug, its SIM card and PIN, and the APN of the code.",
        ),
        _S.NO_ADDRESS: _row(
            2,
            5,
            "The network gives no address (DHCP).",
            "Ask who runs the network, or make a code with an address of its own.",
        ),
        _S.NO_NETWORK: _row(
            2, 6, "The network does not come up.", "See the detail; ask who runs the network."
        ),
        _S.CLOCK_WRONG: _row(
            3,
            1,
            "The unit doesn't know what time it is.",
            "Let it reach a time server (NTP, UDP port 123), or set its clock.",
        ),
        _S.HUB_UNREACHABLE: _row(
            3,
            2,
            "The hub does not answer.",
            "See that it runs, and that this network reaches its address.",
        ),
        _S.PORTAL: _row(
            3,
            3,
            "Something else answers in the hub's place, such as a guest network's sign-in page.",
            "Give the unit a network without one.",
        ),
        _S.AUTHORITY_CHANGED: _row(
            3,
            4,
            "The hub's certificate is not vouched for as the code says.",
            "If its authority was changed, make another code. If not, somebody is in between:"
            " stop.",
        ),
        _S.OTHER_HUB: _row(
            3,
            5,
            "The code is of another hub than the one that answers.",
            "Make a code on the hub that answers there.",
        ),
        _S.BUSY: _row(3, 6, "The hub asks to wait.", "Show the code again in a minute."),
        _S.UNKNOWN: _row(
            4, 1, "The hub does not know the code: it was cancelled.", "Make another on the hub."
        ),
        _S.EXPIRED: _row(4, 2, "The code's last day is past.", "Make another on the hub."),
        _S.USED: _row(
            4,
            3,
            "A unit has joined by this code already.",
            "Take this unit's own code, or make another; if nobody of yours has used it, tell the"
            " site's manager.",
        ),
        _S.TAKEN: _row(
            4,
            4,
            "Another unit is joining by this code now.",
            "Take this unit's own code; if nobody else has it, tell the site's manager.",
        ),
        _S.NO_RULES: _row(
            4,
            5,
            "The site has no rules in force yet.",
            "Put rules in force on the hub's page Rules, then show the code again.",
        ),
        _S.NO_TRUST: _row(
            5,
            1,
            "What the hub sent is not to be believed, or nobody is known who issues cards.",
            "Publish the fleet's trust on the hub, or lay issuers out on the unit (gate trust"
            " export).",
        ),
        _S.NO_RECEIPT: _row(
            5,
            2,
            "The hub did not take the unit's first entry.",
            "Show the code again; if it stays so, ask who looks after the hub.",
        ),
        _S.DISK: _row(
            5,
            3,
            "The disk refuses.",
            "See that it isn't full; use another SD card.",
        ),
        _S.OUT_OF_TIME: _row(
            5, 4, "It was not done within five minutes.", "Show the code again, nearer the network."
        ),
        _S.IN_USE: _row(
            5,
            5,
            "This unit is in use already.",
            "To take it elsewhere: sudo /opt/gate/bin/gate enrol --leave, then show the new code.",
        ),
        _S.WIRING: _row(
            5,
            6,
            "What wiring.toml says can't be.",
            "Mend it by what journalctl -u gate-enrol says, then show the code again.",
        ),
        _S.UNFINISHED: _row(
            5,
            7,
            "What this unit recorded is not all at its hub.",
            "Let it reach its hub first, or see gate enrol --leave --help.",
        ),
    }
)
