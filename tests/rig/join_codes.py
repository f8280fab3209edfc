"""The set-up codes that a machine is shown in the rig, and the pictures its camera has of them."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Final

from gate.devices.clock import SystemClock
from gate.trust.enrolment import Alone
from tests.rig.hub import CodeWish, RigHub
from tests.rig.site import draw_code_frames
from tests.trust.set_up_codes import PLACE, RULES, text

DOOR: Final = ("10.7.0.1", 8443)
"""Where the machine finds the hub on the site's network (network/door.py)."""

WIFI: Final = "Riverside"
PASSPHRASE: Final = "correct horse"
"""As network/lay has the station."""

WISHES: Final = (
    CodeWish(name="cable"),
    CodeWish(name="wifi", ssid=WIFI, passphrase=PASSPHRASE),
    CodeWish(name="guessed", ssid=WIFI, passphrase="battery staple"),
    CodeWish(name="elsewhere", ssid="Lakeside", passphrase=PASSPHRASE),
    CodeWish(name="expired", days_ago=3),
    CodeWish(name="cancelled", cancelled=True),
    CodeWish(name="stolen"),
    CodeWish(name="later"),
)


def codes_of(hub: RigHub, stranger: RigHub) -> dict[str, str]:
    """Return each code's text: the hub's, a stranger's, one without a hub, and one cut off."""
    texts = hub.codes(WISHES, DOOR[1])
    texts |= stranger.codes([CodeWish(name="stranger")], DOOR[1])
    now = SystemClock().now().replace(microsecond=0)
    alone = Alone(place=PLACE, policy=RULES)
    texts["alone"] = text(issued_at=now, until=now + timedelta(days=1), hub=None, alone=alone)
    return {**texts, "damaged": texts["cable"][:-9]}


def draw_codes(share: Path, texts: Mapping[str, str]) -> None:
    """Draw each code as the machine's camera sees it held up; `frames` is what it sees first."""
    for name, code in texts.items():
        (share / "codes" / name).mkdir(parents=True)
        (share / "codes" / f"{name}.txt").write_text(code, "ascii")
        if name != "alone":  # its rules make it larger than the rig's pictures
            draw_code_frames(share / "codes" / name, code)
    draw_code_frames(share / "frames", None)
