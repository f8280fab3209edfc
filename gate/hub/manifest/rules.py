"""A site's rules, as the hub hands them to its gates: judged whole before they are taken."""

from datetime import datetime

from gate.access.policy import parse_policy
from gate.errors import ConfigError
from gate.hub.manifest.authors import Author
from gate.hub.manifest.models import Rules
from gate.hub.manifest.versions import changing
from gate.hub.sites.models import Site
from gate.trust.manifest import MAX_POLICY_BYTES


def rules_of(site: Site) -> Rules | None:
    """Return the rules in force; None if the hub was never given any."""
    return Rules.objects.filter(site=site).order_by("-pk").first()


def set_rules(site: Site, text: str, *, source: str, by: Author, now: datetime) -> Rules:
    """Take rules; those before them stay on record.

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
    with changing(site, now) as version:
        before = rules_of(site)
        last = 0 if before is None else parse_policy(before.text, source).version
        if policy.version <= last:
            faults.append(f"version = {policy.version}; allowed: more than {last}, now in force")
        if faults:
            raise ConfigError(source, faults)
        return Rules.objects.create(
            site=site, text=text, at=now, by=by.user, by_name=by.name, version=version
        )
