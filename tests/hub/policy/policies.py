"""Policies and scans to try them on."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from gate.access.policy import parse_policy
from gate.access.site_policy import SitePolicy
from gate.errors import Reason
from gate.events.codec import to_ms
from gate.hub.policy.scans import Scan

NOON: Final = datetime(2026, 11, 20, 12, tzinfo=UTC)
BASE: Final = """
version = {version}
site = "kings-wharf"
time_zone = "Europe/London"

[[accept]]
scheme = "ecs-jib"
types = ["gold", "apprentice"]

[[accept]]
scheme = "cscs"
types = "any"
"""


def text(more: str = "", version: int = 1, *, base: str = BASE) -> str:
    return base.format(version=version) + more


def policy(more: str = "", version: int = 1, *, base: str = BASE) -> SitePolicy:
    return parse_policy(text(more, version, base=base), "rules")


def scan(*reasons: Reason, outcome: str = "admit", **changes: Any) -> Scan:  # noqa: ANN401 - any field of a scan
    at = changes.pop("at", NOON)
    usual: dict[str, Any] = {
        "journal": 1,
        "seq": 7,
        "at_ms": to_ms(at),
        "at": at,
        "clock_trusted": True,
        "access_point": "Gate A in",
        "direction": "in",
        "outcome": outcome,
        "reasons": reasons,
        "strange": False,
        "list_age_s": 7200,
        "person": bytes(16),
        "who": "Sam Roe",
        "card_type": "gold",
    }
    return Scan(**usual | changes)


def later(**amount: int) -> datetime:
    return NOON + timedelta(**amount)
