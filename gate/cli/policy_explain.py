"""`gate policy explain`: how a gate would answer a card, and which rule decides."""

import json
from collections.abc import Sequence
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Final

import click

from gate.access.decide import Judgement, Rule, decide, weigh
from gate.access.model import AccessDecision, AccessPoint, AccessRequest, Direction
from gate.access.policy import records_of, rules_of
from gate.access.presence import Passage, Presence, fold_passages
from gate.access.words import words_for
from gate.cli.catalogue_option import catalogue_option, usual_catalogue
from gate.cli.moments import MOMENT
from gate.config import load_policy
from gate.devices.clock import SystemClock
from gate.store.trust_store import load_trust
from gate.unit.judge import Judge
from gate.unit.stamp import Stamp

_NO_SITE_KEY: Final = bytes(32)
"""Persons are made, compared and forgotten within one explanation: any key serves."""


@click.command()
@click.argument("text", metavar="CARDTEXT")
@click.option(
    "--policy", "policy_path", type=click.Path(path_type=Path), required=True, help="The rules."
)
@click.option(
    "--trust",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Whom to trust.",
)
@click.option("--at", type=MOMENT, help="Decide as of this moment; now if left out.")
@click.option(
    "--direction",
    type=click.Choice([direction.value for direction in Direction]),
    default=Direction.IN.value,
    show_default=True,
    help="Which way the person goes.",
)
@click.option("--area", default="site", show_default=True, help="The area the reader leads to.")
@click.option("--inside", is_flag=True, help="Suppose that the person is inside already.")
@catalogue_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_context
def explain(  # noqa: PLR0913 - a parameter an option
    ctx: click.Context,
    text: str,
    policy_path: Path,
    trust: Path,
    at: datetime | None,
    direction: str,
    area: str,
    catalogue: Path | None,
    *,
    inside: bool,
    as_json: bool,
) -> None:
    """Say how a gate would answer a card, which rule decides, and what the others say.

    CARDTEXT is the text of its QR code. Exit codes: 0 admitted, 1 referred or refused.

    Example: gate policy explain --policy site-policy.toml --trust unit-trust "CC1:..."
    """
    found = load_policy(policy_path)
    judge = Judge(
        access_point=AccessPoint(name="explained", direction=Direction(direction), area=area),
        trust=load_trust(trust),
        rules=rules_of(found, _NO_SITE_KEY, usual_catalogue(catalogue)),
        site_key=_NO_SITE_KEY,
        records=records_of(found, _NO_SITE_KEY),
    )
    moment = at or SystemClock().now()
    request = judge.request(text, Stamp(at=moment, trusted=True))
    presence = _suppose_inside(request) if inside else Presence()
    decision = decide(request, judge.rules, presence)
    judgements = weigh(request, judge.rules, presence)
    if as_json:
        click.echo(_as_json(decision, judgements))
    else:
        _tell_explanation(request, decision, judgements, judge.rules, found.time_zone)
    if not decision.admits:
        ctx.exit(1)


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


def _as_json(decision: AccessDecision, judgements: tuple[Judgement, ...]) -> str:
    findings = [
        {"by": one.by, "outcome": one.finding.outcome, "reason": one.finding.reason}
        for one in judgements
    ]
    return json.dumps(
        {"outcome": decision.outcome, "reason": decision.reason, "findings": findings}
    )


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
        click.echo(f"  {mark:<8}{one.by:<22}{told}")
    if judgements and decision.reason is None:
        click.echo("  on the way out nothing is refused; the record keeps the reasons")
    if holder is None:
        return
    silent = [rule.name for rule in rules if rule.name not in {one.by for one in judgements}]
    click.echo(f"  nothing against it: {', '.join(silent) or 'none'}")
