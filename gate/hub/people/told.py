"""What a site's gates are told of lost passes, beside who is blocked.

A block of a pass keeps its scheme card out as well, and with it the pass that was issued in its
place. A lost pass is therefore told by itself: the latest are. All are cancelled in their list.
"""

from typing import Final

from gate.hub.people.models import LostPass
from gate.hub.sites.models import Site

MOST_LOST: Final = 500
"""The list of cancelled passes is at the gates within 15 minutes: these are for the time before."""


def lost_passes(site: Site) -> list[bytes]:
    """Return the passes lost last, as keyed hashes; others only when one more is lost."""
    found = LostPass.objects.filter(site=site).order_by("-pk").values_list("one__person", flat=True)
    return [bytes(person) for person in found[:MOST_LOST]]
