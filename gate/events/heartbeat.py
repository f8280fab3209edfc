"""A heartbeat: what a unit tells its hub of itself, signed by the unit; no person is in it.

The payload is a map with text keys, in this project's strict CBOR (yes is 1, no is 0). `oldest_ms`,
`temperature_c`, `disk_free_bytes`, `areas`, `cameras` and what tells of manifest and tier are left
out when they are not known. Keys this hub does not know are ignored: a unit that was updated first
is still heard.

Invariant: `open_heartbeat` of any bytes is a heartbeat or EventError.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from gate.errors import EncodingError, EventError
from gate.events.camera_day import CameraDay, from_wire, to_wire
from gate.events.codec import from_ms, to_ms
from gate.events.model import MAX_DETAIL_CHARS, MAX_NUMBER, MAX_TEXT_CHARS
from gate.events.signed import open_signed, sign
from gate.signing import cbor
from gate.signing.keys import SigningKey, VerifyingKey

TYP: Final = "application/vnd.site-gate.heartbeat+cbor"

MAX_HEARTBEAT_BYTES: Final = 128 << 10
"""All of what follows at its longest takes 100 KB; a usual one takes 400 bytes."""

MAX_LISTS: Final = 64
"""Card schemes have 34 lists among them (the catalogue); a site adds its own."""

MAX_AREAS: Final = 8
"""A unit has two lanes at the most; room for four times as many."""

MAX_CAMERA_DAYS: Final = 2
"""Today's, and yesterday's for a unit that was cut off over midnight."""

MAX_URI_CHARS: Final = 256
MAX_FAULTS: Final = 32
MIN_TEMPERATURE_C: Final = -100
MAX_TEMPERATURE_C: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """How a unit is.

    Attributes:
        sent_at: aware, UTC, by the unit's clock; kept to the millisecond.
        clock_trusted: whether that clock can be relied upon.
        backlog: entries of the journal that the hub has not acknowledged.
        oldest_at: time of the oldest of them; None if there is none.
        list_ages: seconds since each status list was signed, by URI.
        temperature_c: of the processor; None if unknown.
        disk_free_bytes: where the journal is; None if unknown.
        version: of the unit's software.
        boot_reason: why it started last; empty if unknown.
        faults: parts that do not work now.
        manifest_version, manifest_age_s: of the site's manifest in force; None without one.
        tier: the worst of lists, manifest and clock: green, amber, red; empty if unknown.
        tier_left_s: until the next tier.
        untrusted_s: running time under a clock that nothing vouches for; None if unknown.
        areas: where each of its access points leads, by the name it records.
        cameras: how the camera of each access point saw its last days' cards, by the same name.
    """

    sent_at: datetime
    clock_trusted: bool
    backlog: int
    oldest_at: datetime | None = None
    list_ages: Mapping[str, int] = field(default_factory=dict)
    temperature_c: int | None = None
    disk_free_bytes: int | None = None
    version: str = ""
    boot_reason: str = ""
    faults: tuple[str, ...] = ()
    manifest_version: int | None = None
    manifest_age_s: int | None = None
    tier: str = ""
    tier_left_s: int | None = None
    untrusted_s: int | None = None
    areas: Mapping[str, str] = field(default_factory=dict)
    cameras: Mapping[str, tuple[CameraDay, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what could not be sent, stored and shown."""
        for at in (self.sent_at, self.oldest_at):
            if at is not None and (at.utcoffset() != timedelta(0) or at.year < 1970):
                raise EventError(f"heartbeat: {at!r}: not an aware UTC time of 1970 or later")
        _check_number("backlog", self.backlog, 0, MAX_NUMBER)
        _check_number("disk_free_bytes", self.disk_free_bytes or 0, 0, MAX_NUMBER)
        _check_number(
            "temperature_c", self.temperature_c or 0, MIN_TEMPERATURE_C, MAX_TEMPERATURE_C
        )
        for name in ("manifest_version", "manifest_age_s", "tier_left_s", "untrusted_s"):
            _check_number(name, getattr(self, name) or 0, 0, MAX_NUMBER)
        _check_text("tier", self.tier, MAX_TEXT_CHARS)
        _check_text("version", self.version, MAX_TEXT_CHARS)
        _check_text("boot_reason", self.boot_reason, MAX_DETAIL_CHARS)
        if len(self.faults) > MAX_FAULTS or len(self.list_ages) > MAX_LISTS:
            raise EventError(f"heartbeat: over {MAX_FAULTS} faults or over {MAX_LISTS} lists")
        for fault in self.faults:
            _check_text("fault", fault, MAX_DETAIL_CHARS)
        for uri, age_s in self.list_ages.items():
            _check_text("list", uri, MAX_URI_CHARS)
            _check_number(f"list_ages {uri}", age_s, 0, MAX_NUMBER)
        self._check_lanes()

    def _check_lanes(self) -> None:
        if len(self.areas) > MAX_AREAS:
            raise EventError(f"heartbeat: {len(self.areas)} access points, at most {MAX_AREAS}")
        for text in (*self.areas, *self.areas.values()):
            _check_text("areas", text, MAX_TEXT_CHARS)
        _check_number("cameras", len(self.cameras), 0, MAX_AREAS)
        for name, days in self.cameras.items():
            _check_text("cameras", name, MAX_TEXT_CHARS)
            _check_number("days of a camera", len(days), 0, MAX_CAMERA_DAYS)


def sign_heartbeat(heartbeat: Heartbeat, key: SigningKey) -> bytes:
    """Return the message that carries `heartbeat`, signed by the unit's `key`."""
    fields: dict[str, Any] = {
        "sent_ms": to_ms(heartbeat.sent_at),
        "clock_trusted": int(heartbeat.clock_trusted),
        "backlog": heartbeat.backlog,
        "oldest_ms": None if heartbeat.oldest_at is None else to_ms(heartbeat.oldest_at),
        "list_ages": dict(heartbeat.list_ages),
        "temperature_c": heartbeat.temperature_c,
        "disk_free_bytes": heartbeat.disk_free_bytes,
        "version": heartbeat.version,
        "boot_reason": heartbeat.boot_reason,
        "faults": list(heartbeat.faults),
        "manifest_version": heartbeat.manifest_version,
        "manifest_age_s": heartbeat.manifest_age_s,
        "tier": heartbeat.tier or None,
        "tier_left_s": heartbeat.tier_left_s,
        "untrusted_s": heartbeat.untrusted_s,
        "areas": dict(heartbeat.areas) or None,
        "cameras": {name: list(map(to_wire, days)) for name, days in heartbeat.cameras.items()}
        or None,
    }
    known = {key: value for key, value in fields.items() if value is not None}
    return sign(TYP, cbor.encode(known), key)


def open_heartbeat(data: bytes, key: VerifyingKey) -> Heartbeat:
    """Return the heartbeat in a message, if the unit with `key` signed it.

    1. Check the size.  2. Take apart, compare the header, check the signature.  3. Read the
    payload.  That it is newer than the last one is the caller's business.

    Raises:
        EventError: naming the step that failed.
    """
    # 1.
    if len(data) > MAX_HEARTBEAT_BYTES:
        raise EventError(f"heartbeat: {len(data)} bytes, at most {MAX_HEARTBEAT_BYTES}")
    # 2.
    payload = open_signed(data, TYP, key)
    # 3.
    try:
        fields = cbor.decode(payload)
    except EncodingError as error:
        raise EventError(f"payload: {error}") from error
    if not isinstance(fields, dict):
        raise EventError("payload: not a map")
    return _heartbeat(fields)


def _heartbeat(fields: Mapping[Any, object]) -> Heartbeat:
    match fields:
        case {
            "sent_ms": int(sent_ms),
            "clock_trusted": 0 | 1 as clock_trusted,
            "backlog": int(backlog),
            "list_ages": dict(list_ages),
            "version": str(version),
            "boot_reason": str(boot_reason),
            "faults": list(faults),
        }:
            oldest_ms = _optional(fields, "oldest_ms")
            return Heartbeat(
                sent_at=from_ms(sent_ms),
                clock_trusted=clock_trusted == 1,
                backlog=backlog,
                oldest_at=None if oldest_ms is None else from_ms(oldest_ms),
                list_ages=_ages(list_ages),
                temperature_c=_optional(fields, "temperature_c"),
                disk_free_bytes=_optional(fields, "disk_free_bytes"),
                version=version,
                boot_reason=boot_reason,
                faults=_texts(faults),
                manifest_version=_optional(fields, "manifest_version"),
                manifest_age_s=_optional(fields, "manifest_age_s"),
                tier=_optional_text(fields, "tier"),
                tier_left_s=_optional(fields, "tier_left_s"),
                untrusted_s=_optional(fields, "untrusted_s"),
                areas=_areas(fields.get("areas", {})),
                cameras=_cameras(fields.get("cameras", {})),
            )
        case _:
            raise EventError("payload: a field of a heartbeat is missing or of another type")


def _optional(fields: Mapping[Any, object], name: str) -> int | None:
    value = fields.get(name)
    if value is not None and not isinstance(value, int):
        raise EventError(f"payload: {name} is no integer")
    return value


def _optional_text(fields: Mapping[Any, object], name: str) -> str:
    value = fields.get(name, "")
    if not isinstance(value, str):
        raise EventError(f"payload: {name} is no text")
    return value


def _ages(fields: Mapping[Any, object]) -> dict[str, int]:
    ages = {
        uri: age_s
        for uri, age_s in fields.items()
        if isinstance(uri, str) and isinstance(age_s, int)
    }
    if len(ages) != len(fields):
        raise EventError("payload: list_ages is not a map of texts to integers")
    return ages


def _areas(told: object) -> dict[str, str]:
    if not isinstance(told, dict):
        raise EventError("payload: areas is not a map")
    areas = {
        point: area
        for point, area in told.items()
        if isinstance(point, str) and isinstance(area, str)
    }
    if len(areas) != len(told):
        raise EventError("payload: areas is not a map of texts to texts")
    return areas


def _cameras(told: object) -> dict[str, tuple[CameraDay, ...]]:
    if not isinstance(told, dict):
        raise EventError("payload: cameras is not a map")
    cameras = {
        name: tuple(from_wire(day) for day in days)
        for name, days in told.items()
        if isinstance(name, str) and isinstance(days, list)
    }
    if len(cameras) != len(told):
        raise EventError("payload: cameras is not a map of texts to lists")
    return cameras


def _texts(values: list[Any]) -> tuple[str, ...]:
    if not all(isinstance(value, str) for value in values):
        raise EventError("payload: a fault is no text")
    return tuple(values)


def _check_number(name: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise EventError(f"heartbeat: {name} {value}: outside {least} to {most}")


def _check_text(name: str, text: str, max_chars: int) -> None:
    if not text.isprintable() or len(text) > max_chars:
        raise EventError(
            f"heartbeat: {name} {text[:20]!r}: not one line of at most {max_chars} characters"
        )
