"""What a page looks at while gates send in bulk: not all of it, and not at each visit.

What people do at the gates is looked at by every page that asks who is inside. A gate that was cut
off sends hours at once, and with them each visit would look at thousands of entries before it
answers, in the writer's turn, for which the uploads wait as well. So a page that says how much it
has not looked at yet looks once a second at most, and at so many; the gates, which ask where people
are every few seconds, have all of it looked at.
"""

from datetime import datetime
from typing import Final

from gate.hub.manifest.looks import BulkLooks
from gate.hub.manifest.whereabouts import behind, catch_up
from gate.hub.sites.models import Site

BULK_ENTRIES: Final = 200
"""500 people who come in within a quarter of an hour at four gates leave three in five seconds."""

LOOK_ENTRIES: Final = 4_000
"""At a visit: what costs about as much as the rest of the page."""


def look(site: Site, now: datetime, looks: BulkLooks, page: int = LOOK_ENTRIES) -> int:
    """Look at what has arrived; return how many entries there were that were left for later."""
    arrived = behind(site)
    waiting = sum(stored - through for through, stored in arrived.values())
    if waiting <= BULK_ENTRIES:
        catch_up(site, arrived=arrived)
        return 0
    if not looks.begin(site.pk, now):
        return waiting
    catch_up(site, page, arrived=arrived, once=True)
    return max(0, waiting - page)
