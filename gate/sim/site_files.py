"""The made-up site's files, as a manager and an installer would have written them."""

import json
from collections.abc import Iterable
from typing import Final

from gate.access.model import Direction

SITE: Final = "riverside"
UNIT_NAME: Final = "Gate A"
WITHDRAWN_TYPE: Final = "fire-alarm-legacy"
ACCEPTED_TYPE: Final = "cscs-skilled-worker"

_UNIT: Final = f"""\
[unit]
name = "{UNIT_NAME}"
site = "{SITE}"
journal = "journal.db"
trust = "trust"
policy = "site-policy.toml"
schemes = "schemes.toml"
site_key = "site.key"
key = "unit.key"
"""

_ONE_LANE: Final = """
[[access_point]]
name = "{lane}"
direction = "in"

[camera]
source = "dir:no-camera"    # the demo's frames are simulated

[outputs]
factory = "mock"            # pretended pins
entry_relay = 17
exit_relay = 18
green = 27
red = 22
amber = 23
sounder = 24

[inputs]                    # pretended contacts
rotation_in = 5
rotation_out = 6
guard_key = 13
fire = 16
"""

_TWO_LANES: Final = """
[[access_point]]
name = "{lane} in"
direction = "in"

[access_point.camera]
source = "dir:no-camera-in" # the demo's frames are simulated

[access_point.outputs]
factory = "mock"            # pretended pins
entry_relay = 17
green = 27
red = 22
amber = 23
sounder = 24

[access_point.inputs]       # pretended contacts
rotation_in = 5

[[access_point]]
name = "{lane} out"
direction = "out"

[access_point.camera]
source = "dir:no-camera-out"

[access_point.outputs]
factory = "mock"
exit_relay = 18
green = 19
red = 20

[access_point.inputs]
rotation_out = 6

[inputs]
guard_key = 13
fire = 16
"""

_POLICY: Final = f"""\
version = 1
site = "{SITE}"
time_zone = "Europe/London"

[[accept]]
scheme = "ecs-jib"
types = "any"

[[accept]]
scheme = "ecs-sjib"
types = "any"

[[accept]]
scheme = "cscs"
types = ["{ACCEPTED_TYPE}"]

[[accept]]
scheme = "jib-pmes"
types = "any"

[[accept]]
scheme = "ecitb-ace"
types = "any"

[[accept]]
scheme = "besa-skillcard"
types = "any"

[hours]
mon = "07:10-18:00"

[passback]
mode = "refuse"

[expiry]
warn_days = 28

[freshness]
amber_h = 24
red_h = 96
when_red = "refer"
"""

OPENS_AT_S: Final = 600
"""When the site opens, in seconds after the morning begins: 07:10."""

CLOSES_AT_S: Final = 39_600
"""And closes: 18:00."""

_FACT: Final = 'source = "made up for the demo"\nconfidence = "general"\n'


def lane_names(lanes: int) -> dict[Direction, str]:
    """Return what each lane of the gate is called."""
    if lanes == 1:
        return {Direction.IN: UNIT_NAME}
    return {way: f"{UNIT_NAME} {way}" for way in Direction}


def unit_file(lanes: int, hub_url: str = "", hub_key: str = "") -> str:
    """Return the unit's file, with the hub it reports to; `hub_key` is public, in hexadecimal."""
    tables = (_ONE_LANE if lanes == 1 else _TWO_LANES).format(lane=UNIT_NAME)
    hub = f'\n[hub]\nurl = "{hub_url}"\nkey = "{hub_key}"\nevery_s = 1\n' if hub_url else ""
    return _UNIT + tables + hub


def hub_file(port: int) -> str:
    """Return the hub's file: everything beside it, and on loopback only."""
    return f'[hub]\ndata = "hub"\nlisten = "127.0.0.1:{port}"\nworkers = 1\n'


def schemes_text() -> str:
    """Return a small catalogue of the schemes whose cards are held up, and two card types."""
    schemes = (
        ("ecs-jib", 'name = "ECS administered by JIB"\nfamily = "ecs"'),
        ("ecs-sjib", 'name = "ECS administered by SJIB"\nfamily = "ecs"'),
        ("cscs", 'name = "CSCS"'),
        ("jib-pmes", 'name = "JIB-PMES"'),
        ("ecitb-ace", 'name = "ECITB ACE"'),
        ("besa-skillcard", 'name = "BESA SKILLcard"'),
    )
    rows = [
        f'[[scheme]]\nid = "{code}"\nnumber = {number}\npartner = true\n{facts}\n{_FACT}'
        for number, (code, facts) in enumerate(schemes, start=1)
    ]
    rows.append(_card_type(1, "ecs", WITHDRAWN_TYPE, years=0))
    rows.append(_card_type(2, "cscs", ACCEPTED_TYPE, years=5))
    return "\n".join(rows)


def _card_type(number: int, family: str, code: str, *, years: int) -> str:
    legacy = "true" if years == 0 else "false"
    return (
        f'[[card_type]]\nfamily = "{family}"\ncode = "{code}"\nnumber = {number}\n'
        f'name = "{code}"\ncategory = "demo"\nvalidity_years = {years}.0\nlegacy = {legacy}\n'
        'colour = "unknown"\ncolour_confidence = "unknown"\nvalidity_confidence = "general"\n'
        f"hse_required = false\n{_FACT}"
    )


def policy_text(blocked: Iterable[tuple[str, str]]) -> str:
    """Return the site's rules; `blocked` names issuer and card number of who is not to come in."""
    rows = [
        f"[[blocked]]\nissuer = {json.dumps(issuer)}\ncard = {json.dumps(number)}\n"
        'why = "made up for the demo"\n'
        for issuer, number in blocked
    ]
    return "\n".join((_POLICY, *rows))
