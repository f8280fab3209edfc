"""Which status lists a unit asks for, and how often.

Each list is asked for at its ttl, within bounds. Whether its issuer has a further one is asked when
one of the issuer's came anew, and at the start: issuers sign the last list anew when they open the
next (gate.hub.desk), and each within hours anyway. So a list that hasn't changed costs one request.
"""

from typing import Final

from gate.store.trust_in_force import TrustInForce
from gate.trust.status_list import StatusList

LIST_EVERY_S: Final = 900.0
"""For a list that doesn't say (ttl)."""

MIN_LIST_S: Final = 60.0
MAX_LIST_S: Final = 3600.0
"""Bounds of a ttl: a hub's cache keeps a list for a minute; a day's would make it amber."""


def wanted(in_force: TrustInForce) -> list[str]:
    """Return the addresses of the lists to fetch: those held, and the first of each issuer's."""
    held = in_force.bundle.status_lists
    first = {f"{issuer.status_base}1" for issuer in in_force.bundle.issuers}
    return sorted(held.keys() | first)


def following(in_force: TrustInForce) -> list[tuple[str, int]]:
    """Return the status base of each issuer whose first list is held, and the number to look for.

    An issuer opens lists one after the other, numbered from 1, before a card is in them.
    """
    held = in_force.bundle.status_lists
    following = []
    for issuer in in_force.bundle.issuers:
        number = 1
        while f"{issuer.status_base}{number}" in held:
            number += 1
        if number > 1:
            following.append((issuer.status_base, number))
    return following


def every_s(held: StatusList | None) -> float:
    """Return the seconds between two looks for a list."""
    if held is None or held.ttl_s is None:
        return LIST_EVERY_S
    return min(max(float(held.ttl_s), MIN_LIST_S), MAX_LIST_S)
