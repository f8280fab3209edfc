"""`gate trust show`: whom a trust directory believes; of a unit, all it goes by, and how fresh."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import click

from gate.config import load_config, load_policy
from gate.devices.clock import SystemClock
from gate.store import trust_store
from gate.store.clock_state import clock_state_path
from gate.store.trust_freshness import CLOCK, MANIFEST, judge_all
from gate.store.trust_in_force import TrustInForce, load_in_force
from gate.trust.bundle import TrustBundle
from gate.trust.freshness import Freshness, Tier
from gate.trust.issuers import describe_issuer
from gate.trust.releases import Release, describe_release
from gate.trust.status_list import StatusList
from gate.uplink.moment import moment

_HOUR: Final = timedelta(hours=1)
_NEXT: Final = {Tier.GREEN: Tier.AMBER, Tier.AMBER: Tier.RED}


@click.command()
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False), required=False)
@click.option(
    "--config",
    "config_path",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="A unit's own file: show all that this unit goes by now, and how fresh it is.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def show(directory: Path | None, config_path: Path | None, *, as_json: bool) -> None:
    """Show whom a trust directory believes, and its status lists.

    What a hub or a stick brought to a unit is believed by the unit's own file alone: name that by
    --config, in place of DIRECTORY.

    Example: gate trust show desk --json

    Example: gate trust show --config /etc/gate/unit.toml
    """
    if (directory is None) == (config_path is None):
        raise click.UsageError("name either a directory, or a unit by --config")
    if config_path is None:
        bundle = trust_store.load_trust(directory or Path())
        _tell(_describe(bundle), _lines(bundle, {}), as_json=as_json)
        return
    found, judged = _of_unit(config_path)
    described = _describe(found.bundle) | _describe_unit(found, judged)
    lines = [*_manifest_lines(found, judged), *_lines(found.bundle, judged)]
    lines += [_release_line(found.releases)]
    lines += [f"clock  {_tier_words(judged[CLOCK])}"]
    lines += [f"does not count: {why}" for why in found.left_out]
    _tell(described, lines, as_json=as_json)


def _of_unit(path: Path) -> tuple[TrustInForce, dict[str, Freshness]]:
    """Return what the unit goes by, and how fresh each part is."""
    config, clock = load_config(path), SystemClock()
    unit = config.unit
    found = load_in_force(unit.trust, unit.site, None if config.hub is None else config.hub.key)
    own = load_policy(unit.policy).freshness if found.manifest is None else None
    now = moment(clock, clock_state_path(unit.journal))
    return found, judge_all(found, own, now.at, now.untrusted_s)


def _tell(described: dict[str, object], lines: list[str], *, as_json: bool) -> None:
    click.echo(json.dumps(described) if as_json else "\n".join(lines))


def _manifest_lines(found: TrustInForce, judged: dict[str, Freshness]) -> list[str]:
    manifest = found.manifest
    if manifest is None:
        return ["manifest: none; the unit's own rules count"]
    persons = f"{len(manifest.blocked)} blocked, {len(manifest.inducted)} inducted"
    return [
        f"manifest of {manifest.site}, version {manifest.version}  {_tier_words(judged[MANIFEST])}",
        f"  signed {_words(manifest.issued_at)}, {persons}",
    ]


def _release_line(releases: tuple[Release, ...]) -> str:
    if not releases:
        return "releases: none is vouched for"
    newest = releases[-1]
    count = f"{len(newest.files)} file{'' if len(newest.files) == 1 else 's'}"
    return f"newest release vouched for: {newest.version}, {count}"


def _lines(bundle: TrustBundle, judged: dict[str, Freshness]) -> list[str]:
    lines = []
    for issuer in bundle.issuers:
        schemes = ", ".join(map(str, sorted(issuer.schemes, key=str)))
        lines.append(f"{issuer.iss}  schemes: {schemes}")
        for trusted in issuer.keys:
            state = "  COMPROMISED" if trusted.compromised else ""
            uses = ", ".join(sorted(trusted.uses))
            algorithm = trusted.key.algorithm.name
            lines.append(f"  key {trusted.kid.hex()}  {algorithm}  for {uses}{state}")
    for held in bundle.status_lists.values():
        fresh = judged.get(f"list {held.uri}")
        lines.append(held.uri if fresh is None else f"{held.uri}  {_tier_words(fresh)}")
        lines.append(f"  {len(held)} places, signed {_words(held.issued_at)}")
        if held.expires_at is not None:
            lines.append(f"  expires {_words(held.expires_at)}")
    return lines


def _describe(bundle: TrustBundle) -> dict[str, object]:
    return {
        "issuers": [describe_issuer(issuer) for issuer in bundle.issuers],
        "status_lists": [_describe_list(held) for held in bundle.status_lists.values()],
    }


def _describe_list(held: StatusList) -> dict[str, object]:
    return {
        "uri": held.uri,
        "size": len(held),
        "iat": int(held.issued_at.timestamp()),
        "exp": int(held.expires_at.timestamp()) if held.expires_at else None,
    }


def _describe_unit(found: TrustInForce, judged: dict[str, Freshness]) -> dict[str, object]:
    manifest = found.manifest
    told = None
    if manifest is not None:
        issued_at = int(manifest.issued_at.timestamp())
        told = {"site": manifest.site, "version": manifest.version, "iat": issued_at}
    fresh = {
        what: {"tier": one.tier, "left_s": int(one.left.total_seconds())}
        for what, one in judged.items()
    }
    return {
        "manifest": told,
        "releases": [describe_release(release) for release in found.releases],
        "freshness": fresh,
        "left_out": list(found.left_out),
    }


def _tier_words(fresh: Freshness) -> str:
    if fresh.tier not in _NEXT:
        return str(fresh.tier)
    return f"{fresh.tier}, {_NEXT[fresh.tier]} in {fresh.left // _HOUR} h"


def _words(moment_at: datetime) -> str:
    return f"{moment_at:%Y-%m-%d %H:%M:%S} UTC"
