"""Who is inside a site by everybody's last passage, but for those whose exit somebody forgave.

Where exits are free it is who came in and may be inside still (`gate.access.exits`).
"""

from datetime import datetime
from typing import Final

from django.db import connection

from gate.access.exits import Exits
from gate.access.model import Direction
from gate.events.codec import to_ms
from gate.hub.manifest.forgiving import forgiven_persons
from gate.hub.manifest.presence import LOOK_BACK
from gate.hub.manifest.whereabouts import catch_up
from gate.hub.sites.models import Site

_SEEN_IN: Final = f"""
    SELECT person, at_ms FROM manifest_whereabouts
    WHERE site_id = %s AND direction = '{Direction.IN}' AND at_ms >= %s
"""  # noqa: S608 - constants only


def still_inside(site: Site, now: datetime, exits: Exits) -> dict[bytes, int]:
    """Return each person inside, with when they came in, as far as the gates have told."""
    catch_up(site)
    return seen_inside(site, now, exits)


def seen_inside(site: Site, now: datetime, exits: Exits) -> dict[bytes, int]:
    """Return the same as far as entries have been looked at."""
    since = now - (exits.stay or LOOK_BACK)
    forgiven_ms = {one: to_ms(at) for one, at in forgiven_persons(site, since).items()}
    with connection.cursor() as cursor:
        cursor.execute(_SEEN_IN, (site.pk, to_ms(since)))
        return {
            bytes(person): at_ms
            for person, at_ms in cursor.fetchall()
            if forgiven_ms.get(bytes(person), -1) < at_ms
        }
