"""Who is inside a site by everybody's last passage, but for those whose exit somebody forgave.

Where exits are free it is who came in and may be inside still (`gate.access.exits`).
"""

from datetime import datetime

from gate.access.model import Direction
from gate.events.codec import to_ms
from gate.hub.manifest.forgiving import forgiven_persons
from gate.hub.manifest.models import Whereabouts
from gate.hub.manifest.presence import LOOK_BACK
from gate.hub.manifest.rules import exits_of
from gate.hub.manifest.whereabouts import catch_up
from gate.hub.sites.models import Site


def still_inside(site: Site, now: datetime) -> dict[bytes, int]:
    """Return each person inside, with when they came in, as far as the gates have told."""
    catch_up(site)
    since = now - (exits_of(site).stay or LOOK_BACK)
    seen = Whereabouts.objects.filter(
        site=site, direction=Direction.IN.value, at_ms__gte=to_ms(since)
    )
    forgiven_ms = {one: to_ms(at) for one, at in forgiven_persons(site, since).items()}
    return {
        bytes(person): at_ms
        for person, at_ms in seen.values_list("person", "at_ms")
        if forgiven_ms.get(bytes(person), -1) < at_ms
    }
