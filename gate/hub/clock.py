"""What time it is on the hub, for its units and its roll calls: the machine's, unless told.

A site that is simulated on one machine tells its hub the simulated time (`gate.hub.told_time`).
"""

from datetime import datetime

from django.conf import settings


def hub_now() -> datetime:
    """Return the present moment, aware, UTC."""
    now: datetime = settings.CLOCK()  # type: ignore[misc]  # gate.hub.settings puts it there
    return now
