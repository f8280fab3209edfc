"""A site's rules, as the hub hands them to its gates: judged whole before they are taken.

Rules on record may be of another version of this software: a later one takes less, or the hub was
put back to an earlier one. They are handed out as they are, since gates may read them, and what the
hub would tell by them it tells as if there were none (`policy_in`). The page of rules says so.
"""

import tomllib
from datetime import datetime, timedelta

from gate.access.exits import SEEN, Exits, hours
from gate.access.policy import parse_policy
from gate.access.site_policy import SitePolicy
from gate.errors import ConfigError
from gate.hub.manifest.authors import Author
from gate.hub.manifest.models import Rules
from gate.hub.manifest.versions import changing
from gate.hub.sites.models import Site
from gate.trust.manifest import MAX_POLICY_BYTES


def rules_of(site: Site) -> Rules | None:
    """Return the rules in force; None if the hub was never given any."""
    return Rules.objects.filter(site=site).order_by("-pk").first()


def exits_of(site: Site) -> Exits:
    """Return how the site knows that somebody has left, by the rules in force."""
    return exits_in(rules_of(site))


def exits_in(rules: Rules | None) -> Exits:
    """Return the same, of rules that were asked for already."""
    stay_h = None if rules is None else rules.stay_h
    return SEEN if stay_h is None else Exits(stay=timedelta(hours=stay_h))


def policy_in(rules: Rules | None) -> SitePolicy | None:
    """Return what rules say; None if there are none, or this version of the hub can't read them."""
    if rules is None:
        return None
    try:
        return parse_policy(rules.text, "rules")
    except ConfigError:
        return None


def unread(rules: Rules | None) -> tuple[str, ...]:
    """Name everything that this version of the hub can't read in rules."""
    try:
        if rules is not None:
            parse_policy(rules.text, "rules")
    except ConfigError as error:
        return tuple(error.faults)
    return ()


def judged(site: Site, text: str, source: str, last: int) -> SitePolicy:
    """Return what rules say; `last` is the version that is in force, 0 if none is.

    Raises:
        ConfigError: with every fault, `source` being the name people know the text by; or they are
            another site's, name persons, or do not go up in version.
    """
    if len(text.encode(errors="replace")) > MAX_POLICY_BYTES:
        raise ConfigError(source, [f"over {MAX_POLICY_BYTES} bytes, which is the most"])
    policy = parse_policy(text, source)
    faults = []
    if policy.site != site.slug:
        faults.append(f"site = {policy.site!r}; allowed: {site.slug!r}, whose rules they become")
    if policy.blocked:
        step = "take the tables out and block each card by `gate hub block`"
        faults.append(f"blocked: names {len(policy.blocked)} cards to every gate; next: {step}")
    if policy.version <= last:
        faults.append(f"version = {policy.version}; allowed: more than {last}, now in force")
    if faults:
        raise ConfigError(source, faults)
    return policy


def version_of(rules: Rules | None) -> int:
    """Return the version that rules bear in their own text; 0 if there are none."""
    if rules is None:
        return 0
    try:
        version = tomllib.loads(rules.text).get("version")
    except tomllib.TOMLDecodeError:
        return 0
    return version if isinstance(version, int) else 0


def set_rules(
    site: Site, text: str, *, source: str, by: Author, now: datetime, on: int | None = None
) -> Rules:
    """Take rules; those before them stay on record.

    Args:
        site: whose rules they become.
        text: the rules.
        source: the name people know the text by.
        by: who sets them.
        now: the time.
        on: the rules that the text was made from, 0 for none; None: whatever is in force.

    Raises:
        ConfigError: as `judged` says; or others than `on` are in force.
    """
    with changing(site, now) as version:
        before = rules_of(site)
        if on is not None and on != (0 if before is None else before.pk):
            raise ConfigError(source, ["changed by somebody else meanwhile"])
        stay = judged(site, text, source, version_of(before)).exits.stay
        return Rules.objects.create(
            site=site,
            text=text,
            stay_h=None if stay is None else hours(stay),
            at=now,
            by=by.user,
            by_name=by.name,
            version=version,
        )
