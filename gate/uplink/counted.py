"""How long everybody was on site, brought from the hub where the site's rules ask for it.

What nobody asks for any more is taken away: it tells more of people than any other file of a unit.
A hub of before, and one whose rules ask for no hours, has none to give.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from gate.errors import TrustError
from gate.store.files import write_file
from gate.store.trust_in_force import HOURS, TrustInForce, hours_message
from gate.trust.site_hours import KIND, SiteHours, accept_hours, open_hours
from gate.uplink.hub_files import HubFiles, presence_etag
from gate.uplink.moment import Moment

HOURS_EVERY_S: Final = 300.0
"""As often as a hub counts anew."""


def asks_hours(in_force: TrustInForce) -> bool:
    """Tell whether a hub's rules ask how long somebody was on site."""
    return (
        in_force.manifest is not None
        and in_force.policy is not None
        and (in_force.policy.asks_hours)
    )


def forget_hours(trust: Path) -> None:
    """Take away what was counted; raises TrustError if the disk refuses."""
    try:
        (trust / HOURS).unlink(missing_ok=True)
    except OSError as error:
        raise TrustError(f"{trust / HOURS}: {error.strerror}") from error


def bring_hours(
    files: HubFiles,
    trust: Path,
    in_force: TrustInForce,
    now: Callable[[], Moment],
    deadline_s: float,
) -> SiteHours | None:
    """Return the hours that were brought, and put; None if there are none, or no others.

    Raises:
        UplinkError: no answer in time.
        TrustError: what came doesn't count, or the disk refuses.
    """
    assert in_force.manifest is not None  # noqa: S101 - `asks_hours` has looked
    site = in_force.manifest.site
    there = hours_message(trust)
    held = None
    if there is not None:
        try:
            held = open_hours(there, in_force.hub_keys, site)
        except TrustError:
            there = None  # damaged, or of a hub of before: any that counts is better
    etag = None if there is None else presence_etag(there)
    data = files.of_unit("hours", KIND.max_bytes, deadline_s, etag)
    if data is None:
        return None
    moment = now()
    fresh = open_hours(data, in_force.hub_keys, site)
    accept_hours(fresh, held, moment.at, clock_trusted=moment.trusted)
    try:
        write_file(trust / HOURS, data)
    except OSError as error:
        raise TrustError(f"{trust / HOURS}: {error.strerror}") from error
    files.keep("hours", presence_etag(data))
    return fresh
