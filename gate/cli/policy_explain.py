"""`gate policy explain`: how a gate would answer a card, and which rule decides."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Final

import click

from gate.access.decide import Judgement, Rule, decide, weigh
from gate.access.exits import Exits
from gate.access.model import AccessDecision, AccessPoint, AccessRequest, Direction
from gate.access.policy import records_of, rules_of
from gate.access.presence import Passage, Presence, SiteWide, fold_passages
from gate.access.words import words_for
from gate.cli.catalogue_option import catalogue_option, usual_catalogue
from gate.cli.moments import MOMENT
from gate.config import load_config, load_policy
from gate.devices.clock import SystemClock
from gate.errors import ConfigError, Outcome
from gate.store.trust_store import load_trust
from gate.trust.clock_floor import EARLIEST
from gate.trust.manifest import SiteManifest
from gate.unit.judge import Judge
from gate.unit.stamp import Stamp
from gate.unit.wiring import watch_trust

_NO_SITE_KEY: Final = bytes(32)
"""Persons are made, compared and forgotten within one explanation: any key serves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Basis:
    """By what a card is judged: whose judge, in which time zone, and the hub's word behind it."""

    judge: Judge
    zone: tzinfo
    exits: Exits
    manifest: SiteManifest | None = None


@click.command()
@click.argument("text", metavar="CARDTEXT")
@click.option(
    "--config",
    "config_path",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="A unit's own file: judge by all that this unit goes by now, its hub's manifest too.",
)
@click.option(
    "--policy", "policy_path", type=click.Path(path_type=Path), help="The rules, without a unit."
)
@click.option(
    "--trust",
    type=click.Path(path_type=Path, file_okay=False),
    help="Whom to trust, without a unit.",
)
@click.option("--at", type=MOMENT, help="Decide as of this moment; now if left out.")
@click.option(
    "--direction",
    type=click.Choice([direction.value for direction in Direction]),
    help="Which way the person goes; by default the unit's, or in.",
)
@click.option("--area", help="The area the reader leads to; by default the unit's, or site.")
@click.option("--inside", is_flag=True, help="Suppose that the person is inside already.")
@click.option(
    "--unheard", is_flag=True, help="Suppose that the site's other gates have not been heard."
)
@catalogue_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_context
def explain(  # noqa: PLR0913, PLR0917 - a parameter an option
    ctx: click.Context,
    text: str,
    config_path: Path | None,
    policy_path: Path | None,
    trust: Path | None,
    at: datetime | None,
    direction: str | None,
    area: str | None,
    catalogue: Path | None,
    *,
    inside: bool,
    unheard: bool,
    as_json: bool,
) -> None:
    """Say how a gate would answer a card, which rule decides, and what the others say.

    CARDTEXT is the text of its QR code. With --config all is as that unit has it: the rules that
    its hub gave it, whom the hub blocked and inducted; else --policy and --trust say by what to
    judge. A lock-down and what the unit's record knows are left aside. Exit codes: 0 admitted,
    1 referred or refused.

    Example: gate policy explain --config /etc/gate/unit.toml "CC1:..."

    Example: gate policy explain --policy site-policy.toml --trust unit-trust "CC1:..."
    """
    if config_path is not None and policy_path is None and trust is None and catalogue is None:
        basis = _basis_of_unit(config_path, direction, area)
    elif config_path is None and policy_path is not None and trust is not None:
        basis = _basis_of_files(policy_path, trust, catalogue, direction, area)
    else:
        raise click.UsageError("name a unit by --config alone, or both --policy and --trust")
    judge, moment = basis.judge, at or SystemClock().now()
    request = judge.request(text, Stamp(at=moment, trusted=True))
    presence = _suppose_inside(request) if inside else Presence()
    if unheard:
        presence = presence.with_site(SiteWide(as_of=EARLIEST))
    decision = decide(request, judge.rules, presence)
    judgements = weigh(request, judge.rules, presence)
    if as_json:
        click.echo(_as_json(decision, judgements, basis.manifest))
    else:
        _tell_explanation(request, decision, judgements, judge.rules, basis.zone)
        if inside and not basis.exits.are_seen:
            click.echo("  exits are free: they came in, and may have left")
        if basis.manifest is not None:
            click.echo(f"  by manifest version {basis.manifest.version}")
    if not decision.admits:
        ctx.exit(1)


def _basis_of_files(
    policy_path: Path, trust: Path, catalogue: Path | None, direction: str | None, area: str | None
) -> _Basis:
    found = load_policy(policy_path)
    judge = Judge(
        access_point=AccessPoint(
            name="explained", direction=Direction(direction or Direction.IN), area=area or "site"
        ),
        trust=load_trust(trust),
        rules=rules_of(found, _NO_SITE_KEY, usual_catalogue(catalogue)),
        site_key=_NO_SITE_KEY,
        records=records_of(found, _NO_SITE_KEY),
    )
    return _Basis(judge=judge, zone=found.time_zone, exits=found.exits)


def _basis_of_unit(path: Path, direction: str | None, area: str | None) -> _Basis:
    """Return what the gate process of that unit would take, by the same code.

    Raises:
        ConfigError, TrustError: whom or what to believe is not to be had.
    """
    config = load_config(path)
    if not config.unit.site_key.exists():
        step = "next: `gate run` makes it, or carry the hub's there"
        raise ConfigError(str(config.unit.site_key), [f"site key: there is none; {step}"])
    watch = watch_trust(config)
    lane = config.lane(None if direction is None else Direction(direction))
    in_force = watch.in_force
    manifest = in_force.trust.manifest
    judge = Judge(
        access_point=AccessPoint(
            name=lane.name,
            direction=Direction(direction or lane.direction),
            area=area or lane.area,
        ),
        trust=in_force.trust.bundle,
        rules=in_force.rules,
        site_key=watch.site_key,
        manifest_at=in_force.trust.manifest_at,
        records=in_force.records,
    )
    policy = in_force.policy
    return _Basis(judge=judge, zone=policy.time_zone, exits=policy.exits, manifest=manifest)


def _suppose_inside(request: AccessRequest) -> Presence:
    if request.person is None:
        return Presence()
    entry = Passage(
        person=request.person,
        direction=Direction.IN,
        at=request.at,
        access_point=request.access_point.name,
        area=request.access_point.area,
    )
    return fold_passages([entry])


def _as_json(
    decision: AccessDecision, judgements: tuple[Judgement, ...], manifest: SiteManifest | None
) -> str:
    findings = [
        {"by": one.by, "outcome": one.finding.outcome, "reason": one.finding.reason}
        | ({"doubt": one.finding.doubt} if one.finding.doubt else {})
        for one in judgements
    ]
    told = {"outcome": decision.outcome, "reason": decision.reason, "findings": findings}
    return json.dumps(told if manifest is None else told | {"manifest": manifest.version})


def _tell_explanation(
    request: AccessRequest,
    decision: AccessDecision,
    judgements: tuple[Judgement, ...],
    rules: Sequence[Rule],
    zone: tzinfo,
) -> None:
    holder = request.card
    who = f"{holder.issuer} {holder.number}  {holder.name}" if holder else "no card to be believed"
    click.echo(f"{decision.outcome}  {who}")
    expires_on = holder.expires_at.astimezone(zone).date() if holder else None
    for place, one in enumerate(judgements):
        mark = "decides" if place == 0 and decision.reason is not None else "also"
        words = words_for(one.finding.reason, expires_on=expires_on)
        told = f"{one.finding.outcome}, {one.finding.reason}: {words}"
        if one.finding.outcome is not Outcome.ADMIT:
            click.echo(f"  {mark:<8}{one.by:<22}{told}")
        if one.finding.doubt:
            click.echo(f"  {'unsure':<8}{one.by:<22}{one.finding.doubt}")
    if decision.reasons and decision.reason is None:
        click.echo("  on the way out nothing is refused; the record keeps the reasons")
    if holder is None:
        return
    silent = [rule.name for rule in rules if rule.name not in {one.by for one in judgements}]
    click.echo(f"  nothing against it: {', '.join(silent) or 'none'}")
