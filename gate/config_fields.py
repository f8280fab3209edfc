"""The tables and keys of the unit's own file, with their defaults, units and meaning.

What it says is read by `gate.config`. A setting stands here only if two units need different
values of it; what a site decides about people is the site policy.
"""

# ruff: noqa: RUF009 - setting() and section() make a dataclasses.field

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from gate.access.kinds import Choice, Flag, Number, Text, Whole, Word
from gate.access.model import AccessPoint, Direction
from gate.access.settings import section, sections, setting
from gate.access.site_policy import MAX_SITE_CHARS
from gate.config_camera import CameraConfig
from gate.config_status import StatusConfig
from gate.devices.inputs import MAX_BOUNCE_MS, InputPins
from gate.devices.outputs import MAX_GPIO, MIN_GPIO, MIN_NIGHT_PERCENT, OutputPins
from gate.devices.ports import Contact
from gate.devices.relay import MAX_RELEASE_S
from gate.errors import TrustError
from gate.events.batch import MAX_BATCH_ENTRIES
from gate.signing.keys import Algorithm, VerifyingKey
from gate.trust.hub_address import ALLOWED as ALLOWED_ADDRESS
from gate.trust.hub_address import is_hub_address
from gate.trust.network import PROXY_ALLOWED, is_proxy

MAX_PATH_CHARS: Final = 4095
"""PATH_MAX of Linux, less the closing zero."""

MIN_RELEASE_S: Final = 0.5
"""Shorter, and a turnstile's solenoid has not drawn in and let anybody start to turn."""

MAX_SYNC_EVERY_S: Final = 3600
"""A manager who looks at the hub should see this morning."""

MAX_LANES: Final = 2
"""A Raspberry Pi 5 has two camera connectors."""

_KEY: Final = re.compile(r"[0-9a-f]{64}")

OUTPUT_PINS: Final = (
    "entry_relay",
    "exit_relay",
    "green",
    "red",
    "amber",
    "sounder",
    "illumination",
)


class PinFactory(StrEnum):
    """Whose pins: the Pi's, or pretended ones for a bench without any."""

    LGPIO = "lgpio"
    MOCK = "mock"


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePath:
    """Where a file or directory lies."""

    @property
    def allowed(self) -> str:
        """Say what may be written."""
        return "a path; a relative one starts at this file's directory"

    def read(self, value: object) -> Path | None:
        """Return the path if it can be one."""
        if not isinstance(value, str) or not 1 <= len(value) <= MAX_PATH_CHARS:
            return None
        return Path(value) if value.isprintable() else None


@dataclass(frozen=True, slots=True, kw_only=True)
class HubUrl:
    """Where the hub answers. A record names people, so it goes through a network by TLS only."""

    @property
    def allowed(self) -> str:
        """Say what may be written."""
        return ALLOWED_ADDRESS

    def read(self, value: object) -> str | None:
        """Return the address if it is one."""
        return value if isinstance(value, str) and is_hub_address(value) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxyPlace:
    """Where a proxy is."""

    @property
    def allowed(self) -> str:
        """Say what may be written."""
        return PROXY_ALLOWED

    def read(self, value: object) -> str | None:
        """Return the place if it is one."""
        return value if isinstance(value, str) and is_proxy(value) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """An Ed25519 public key."""

    @property
    def allowed(self) -> str:
        """Say what may be written."""
        return "an Ed25519 public key: 64 hexadecimal digits, a to f in lower case"

    def read(self, value: object) -> VerifyingKey | None:
        """Return the key if it is one."""
        if not isinstance(value, str) or not _KEY.fullmatch(value):
            return None
        try:
            return VerifyingKey(Algorithm.ED25519, bytes.fromhex(value))
        except TrustError:
            return None  # a point of small order; the fault is named by the key


GPIO: Final = Whole(low=MIN_GPIO, high=MAX_GPIO, unit="(BCM number), each pin for one thing")


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitConfig:
    """Who this unit is, and where its things lie."""

    name: str = setting(Text(), "what people call this unit, such as Gate A")
    site: str = setting(Word(max_chars=MAX_SITE_CHARS), "the site it stands at")
    journal: Path = setting(FilePath(), "its record", default=Path("/var/lib/gate/journal.db"))
    trust: Path = setting(
        FilePath(), "directory of issuers and status lists", default=Path("/var/lib/gate/trust")
    )
    policy: Path = setting(
        FilePath(), "the site's rules", default=Path("/etc/gate/site-policy.toml")
    )
    schemes: Path | None = setting(
        FilePath(), "the schemes catalogue; none: cards are known by their codes", default=None
    )
    site_key: Path = setting(
        FilePath(),
        "the key that keeps persons nameless; the same at every gate of the site",
        default=Path("/var/lib/gate/site.key"),
    )
    key: Path = setting(
        FilePath(),
        "the unit's own key, by which the hub knows it; made by `gate sync`",
        default=Path("/var/lib/gate/unit.key"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputsConfig:
    """Relays, lamps and sounder by BCM number; what is left out is not wired."""

    factory: PinFactory = setting(
        Choice(options=PinFactory), "whose pins", default=PinFactory.LGPIO
    )
    entry_relay: int | None = setting(
        GPIO, "lets people in while it is on; a lane that leads in must have it", default=None
    )
    exit_relay: int | None = setting(
        GPIO, "lets people out; none: the portal turns freely outwards", default=None
    )
    relay_active_high: bool = setting(Flag(), "whether a high pin turns a relay on", default=True)
    green: int | None = setting(GPIO, "green lamp", default=None)
    red: int | None = setting(GPIO, "red lamp", default=None)
    amber: int | None = setting(GPIO, "amber lamp", default=None)
    sounder: int | None = setting(GPIO, "passive sounder", default=None)
    illumination: int | None = setting(
        GPIO, "lamp at the reader, on at a high pin; lit when the picture is too dark", default=None
    )
    night_percent: int = setting(
        Whole(low=MIN_NIGHT_PERCENT, high=100, unit="percent"),
        "how loud the sounder is in the site's night (screen.night of its policy); never lowered:"
        " refused and referred",
        default=50,
    )
    release_s: float = setting(
        Number(low=MIN_RELEASE_S, high=MAX_RELEASE_S, unit="seconds"),
        "how long a grant may be taken",
        default=5.0,
    )

    def pins(self) -> OutputPins:
        """Return the wiring as the driver takes it."""
        return OutputPins(
            entry_relay=self.entry_relay,
            exit_relay=self.exit_relay,
            relay_active_high=self.relay_active_high,
            green=self.green,
            red=self.red,
            amber=self.amber,
            sounder=self.sounder,
            night_percent=self.night_percent,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class InputsConfig:
    """Contacts by BCM number; what is left out is not wired. Pins are those of `outputs.factory`.

    Rotation, exit button and guard's key close when they are active. Door, fire, tamper and mains
    open, so that a wire that is cut is an alarm.
    """

    rotation_in: int | None = setting(
        GPIO,
        "closes while the turnstile turns inwards; none: a grant counts as taken",
        default=None,
    )
    rotation_out: int | None = setting(
        GPIO, "closes while the turnstile turns outwards", default=None
    )
    door: int | None = setting(
        GPIO, "opens while the door is open, which serves both ways", default=None
    )
    exit_button: int | None = setting(GPIO, "closes while it is pressed", default=None)
    guard_key: int | None = setting(GPIO, "closes while the guard's key is turned", default=None)
    fire: int | None = setting(
        GPIO, "opens while the fire alarm sounds; needs guard_key", default=None
    )
    tamper: int | None = setting(GPIO, "opens while the housing is open", default=None)
    mains: int | None = setting(GPIO, "opens while the mains have failed", default=None)
    closed_is_low: bool = setting(
        Flag(), "whether a closed contact pulls its pin to ground; false: to 3.3 V", default=True
    )
    bounce_ms: int = setting(
        Whole(low=1, high=MAX_BOUNCE_MS, unit="milliseconds"),
        "a contact that changes for less has not changed",
        default=20,
    )
    held_s: float = setting(
        Number(low=2, high=120, unit="seconds"),
        "open or turning for longer is held, and recorded",
        default=10.0,
    )

    def pins(self) -> InputPins:
        """Return the wiring as the driver takes it."""
        return InputPins(
            rotation_in=self.rotation_in,
            rotation_out=self.rotation_out,
            door=self.door,
            exit_button=self.exit_button,
            guard_key=self.guard_key,
            fire=self.fire,
            tamper=self.tamper,
            mains=self.mains,
            closed_is_low=self.closed_is_low,
            bounce_ms=self.bounce_ms,
        )


def _inputs_fit(values: Mapping[str, object]) -> Iterable[tuple[str, str]]:
    yield from _differ(values, tuple(contact.value for contact in Contact))
    if values.get("fire") is not None and values.get("guard_key") is None:
        yield "fire", "only with guard_key: the key and a named card end a fire alarm"
    if values.get("door") is not None and (values.get("rotation_in") or values.get("rotation_out")):
        yield "door", "a door's contact or a turnstile's, not both"


def _pins_differ(values: Mapping[str, object]) -> Iterable[tuple[str, str]]:
    yield from _differ(values, OUTPUT_PINS)


def _differ(values: Mapping[str, object], keys: Iterable[str]) -> Iterable[tuple[str, str]]:
    taken: dict[object, str] = {}
    for key in keys:
        gpio = values.get(key)
        if gpio is None:
            continue
        if gpio in taken:
            yield key, f"a pin that nothing else has; this one is {taken[gpio]}'s"
        taken.setdefault(gpio, key)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessPointConfig:
    """One lane: a reader, a portal, a direction.

    Of two lanes each has its own tables; what a unit's one lane has may stand at the top instead.
    """

    name: str = setting(Text(), "what the record and the hub call it, such as Gate A in")
    direction: Direction = setting(Choice(options=Direction), "into the site or out of it")
    area: str = setting(
        Text(), "the area it leads into or out of, from outside the site", default="site"
    )
    camera: CameraConfig | None = section(CameraConfig, default=None)
    outputs: OutputsConfig | None = section(OutputsConfig, check=_pins_differ, default=None)
    inputs: InputsConfig | None = section(InputsConfig, check=_inputs_fit, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class HubConfig:
    """The hub that `gate sync` brings the record to."""

    url: str = setting(HubUrl(), "where the hub answers")
    key: VerifyingKey = setting(PublicKey(), "the hub's own key, which signs its receipts")
    ca: Path | None = setting(
        FilePath(),
        "certificates (PEM) of the authority that vouches for a hub on the site's own network;"
        " none: the public ones",
        default=None,
    )
    proxy: str | None = setting(
        ProxyPlace(),
        "what lets the unit out of the site's network (HTTP, by CONNECT); none: nothing has to",
        default=None,
    )
    batch_entries: int = setting(
        Whole(low=1, high=MAX_BATCH_ENTRIES, unit="entries"), "sent at once, at most", default=500
    )
    every_s: float = setting(
        Number(low=1, high=MAX_SYNC_EVERY_S, unit="seconds"),
        "between two uploads, on average",
        default=15.0,
    )
    poll_s: float = setting(
        Number(low=1, high=MAX_SYNC_EVERY_S, unit="seconds"),
        "between two looks for a new manifest and presence; a block takes as long to arrive",
        default=15.0,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenConfig:
    """A screen at the lane, or another neighbour that is told what the lane shows."""

    state: Path = setting(
        FilePath(),
        "the file through which it is told, on a tmpfs",
        default=Path("/run/gate/lane.json"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Everything in the unit's file; what its lanes are, `gate.config_lanes` says."""

    unit: UnitConfig = section(UnitConfig)
    access_point: tuple[AccessPointConfig, ...] = sections(
        AccessPointConfig,
        least=1,
        most=MAX_LANES,
        allowed="one or two [[access_point]] tables; a unit has at most two lanes",
    )
    camera: CameraConfig | None = section(CameraConfig, default=None)
    outputs: OutputsConfig | None = section(OutputsConfig, check=_pins_differ, default=None)
    inputs: InputsConfig | None = section(InputsConfig, check=_inputs_fit, default=None)
    hub: HubConfig | None = section(HubConfig, default=None)
    screen: ScreenConfig | None = section(ScreenConfig, default=None)
    status: StatusConfig | None = section(StatusConfig, default=None)

    def lane(self, direction: Direction | None = None) -> AccessPoint:
        """Return the access point that leads `direction`, or else the first."""
        found = [one for one in self.access_point if one.direction is direction]
        lane = (*found, *self.access_point)[0]
        return AccessPoint(name=lane.name, direction=lane.direction, area=lane.area)
