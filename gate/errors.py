"""Every answer a gate can give, and every way a part of it can break.

A refused person is a value: an `Outcome` with its `Reason`. A broken part is an exception of the
tree below. Codes are stable on the wire; people read words made from them (`gate.access.words`).

    GateError
    |- EncodingError    bytes or text not in the one encoding allowed; each room makes it its own
    |- CardError        a text is no card to be believed; carries the Reason
    |- TrustError       an issuer file, key or status list is malformed, unsigned, foreign or old
    |  `- ClockError    a request that holds but for its time; the hub answers with its own
    |- EventError       a record or batch is malformed, or the chain is broken
    |- JournalError     the disk refused, or the journal file is damaged
    |- DeviceError      camera, decoder, relay, light or sounder
    |- UplinkError      the hub is unreachable or refusing; always retried later
    |- InstallError     a machine can't be made a unit; names the step to take
    |- EnrolError       a unit can't join its hub; carries the Setback
    `- ConfigError      lists every fault found, not just the first
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final


class Outcome(StrEnum):
    """What the gate does with a person; from the mildest to the strictest."""

    ADMIT = "admit"
    NOTE = "note"
    REFER = "refer"
    REFUSE = "refuse"


class Reason(StrEnum):
    """Why an outcome is not a plain admit; the first of equals in this order is the one shown."""

    SEVERAL_CODES = "several_codes"
    MALFORMED = "malformed"
    SET_UP_CODE = "set_up_code"
    WEB_CODE = "web_code"
    WIFI_CODE = "wifi_code"
    CONTACT_CODE = "contact_code"
    HEALTH_CODE = "health_code"
    UNKNOWN_ISSUER = "unknown_issuer"
    BAD_SIGNATURE = "bad_signature"
    SCHEME_NOT_TRUSTED = "scheme_not_trusted"
    OUTLIVES_CARD = "outlives_card"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    REVOKED = "revoked"
    SUSPENDED = "suspended"
    STATUS_UNKNOWN = "status_unknown"
    LIST_TOO_OLD = "list_too_old"
    CLOCK_UNTRUSTED = "clock_untrusted"
    BLOCKED = "blocked"
    NOT_INDUCTED = "not_inducted"
    INDUCTION_EXPIRED = "induction_expired"
    ESCORT = "escort"
    CARD_TYPE = "card_type"
    WITHDRAWN_TYPE = "withdrawn_type"
    OCCUPATION = "occupation"
    AREA = "area"
    LIMIT = "limit"
    HEALTH_SAFETY = "health_safety"
    NO_RULES = "no_rules"
    LOCKDOWN = "lockdown"
    OCCUPANCY = "occupancy"
    OUT_OF_HOURS = "out_of_hours"
    PASSBACK = "passback"
    REST = "rest"
    HOURS = "hours"
    SUPERVISION = "supervision"
    FIRST_AID = "first_aid"
    SUPERVISOR_MISSING = "supervisor_missing"
    RAMS = "rams"
    NOT_ON_RECORD = "not_on_record"
    RANDOM_SEARCH = "random_search"
    EXPIRING_SOON = "expiring_soon"
    LIST_AGEING = "list_ageing"
    LIVE_NOT_SHOWN = "live_not_shown"
    OVERRIDE = "override"
    EMERGENCY = "emergency"


class Setback(StrEnum):
    """Why a unit did not join; what is said, and how it beeps, is gate.enrol's business."""

    NOT_A_CODE = "not_a_code"
    DAMAGED_CODE = "damaged_code"
    NEWER_CODE = "newer_code"
    SEVERAL_CODES = "several_codes"
    IN_USE = "in_use"
    UNFINISHED = "unfinished"
    NO_CABLE = "no_cable"
    WIFI_MISSING = "wifi_missing"
    WIFI_PASSWORD = "wifi_password"  # noqa: S105 - the name of a setback
    NO_MODEM = "no_modem"
    NO_ADDRESS = "no_address"
    NO_NETWORK = "no_network"
    CLOCK_WRONG = "clock_wrong"
    HUB_UNREACHABLE = "hub_unreachable"
    PORTAL = "portal"
    AUTHORITY_CHANGED = "authority_changed"
    OTHER_HUB = "other_hub"
    UNKNOWN = "unknown"
    EXPIRED = "expired"
    USED = "used"
    TAKEN = "taken"
    NO_RULES = "no_rules"
    BUSY = "busy"
    NO_TRUST = "no_trust"
    NO_RECEIPT = "no_receipt"
    DISK = "disk"
    WIRING = "wiring"
    OUT_OF_TIME = "out_of_time"


_REFERRED: Final = frozenset(
    {
        Reason.STATUS_UNKNOWN,
        Reason.LIST_TOO_OLD,
        Reason.CLOCK_UNTRUSTED,
        Reason.NOT_INDUCTED,
        Reason.INDUCTION_EXPIRED,
        Reason.ESCORT,
        Reason.NOT_ON_RECORD,
        Reason.OUT_OF_HOURS,
    }
)
_NOTED: Final = frozenset(
    {
        Reason.REST,
        Reason.HOURS,
        Reason.SUPERVISION,
        Reason.FIRST_AID,
        Reason.SUPERVISOR_MISSING,
        Reason.RAMS,
        Reason.HEALTH_SAFETY,
        Reason.RANDOM_SEARCH,
        Reason.EXPIRING_SOON,
        Reason.LIST_AGEING,
        Reason.LIVE_NOT_SHOWN,
        Reason.OVERRIDE,
        Reason.EMERGENCY,
    }
)


def usual_outcome(reason: Reason) -> Outcome:
    """Return the outcome a reason has unless the site sets another (docs/reference/answers.md)."""
    if reason in _REFERRED:
        return Outcome.REFER
    return Outcome.NOTE if reason in _NOTED else Outcome.REFUSE


class GateError(Exception):
    """Anything in the gate that is broken; the message names the thing, the value, the limit."""


class EncodingError(GateError):
    """Bytes or text that are not in the one encoding allowed."""


class CardError(GateError):
    """A text that is no card to be believed, or a card that is not good now."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        """Keep the reason; `detail` is for engineers and never repeats what the text carried."""
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason = reason


class TrustError(GateError):
    """An issuer file, a key or a status list that must not be believed."""


class ClockError(TrustError):
    """A signed request that is not of now, and that everything else is right with."""


class EventError(GateError):
    """A record or a batch that is malformed, or a chain that does not hold."""


class JournalError(GateError):
    """The disk refused the record, or the journal file is damaged."""


class DeviceError(GateError):
    """A camera, decoder, relay, light or sounder that does not answer."""


class UplinkError(GateError):
    """The hub is out of reach or refusing."""


class InstallError(GateError):
    """A machine can't be made a unit; what was done so far stays, and running it again goes on."""


class EnrolError(GateError):
    """A unit that can't join its hub, or a code that it can't join by."""

    def __init__(self, setback: Setback, detail: str = "") -> None:
        """Keep what it was; `detail` is for engineers and repeats no secret of a code."""
        super().__init__(f"{setback}: {detail}" if detail else str(setback))
        self.setback = setback
        self.detail = detail


class ConfigError(GateError):
    """A configuration with faults; one line a fault: key, value, what is allowed."""

    def __init__(self, source: str, faults: Sequence[str]) -> None:
        """Keep every fault found in `source` (a file's name)."""
        super().__init__("\n".join(f"{source}: {fault}" for fault in faults))
        self.faults = tuple(faults)
