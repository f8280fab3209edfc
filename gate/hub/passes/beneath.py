"""What an earlier pass says of the scheme card beneath it: another pass on that card says no less.

A card whose code was read proves more than stands on it for a person to see, such as that its
holder is supervised. Only the passes that were issued on it keep that.
"""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from gate.card.model import Card
from gate.card.verify import authenticate
from gate.hub.passes.models import Pass
from gate.hub.passes.told import pass_issuers
from gate.hub.sites.models import Site
from gate.trust.bundle import TrustBundle


def earlier_pass(site: Site, beneath: bytes, last_day: date) -> Card | None:
    """Return the last pass on a scheme card, if that ends on this day; None if none can be read.

    A renewed card has another last day, and what stood on the one before is not said of it.

    Raises:
        CardError: the site's own key did not sign it.
        TrustError: what the database has is no issuer.
    """
    found = Pass.objects.filter(site=site, beneath=beneath).exclude(text="")
    last = found.order_by("-pk").only("text", "beneath_expires_at").first()
    if last is None:
        return None
    ends = last.beneath_expires_at.astimezone(ZoneInfo(site.time_zone))
    if (ends - timedelta(seconds=1)).date() != last_day:
        return None
    return authenticate(last.text, TrustBundle(issuers=pass_issuers(site)))
