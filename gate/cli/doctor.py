"""`gate doctor`: how a unit is, part by part, with the next step for each fault."""

import json
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Final, TextIO

import click

from gate.cli.doctor_certificate import give, may_go_on, verify
from gate.config import load_config
from gate.devices.clock import SystemClock
from gate.devices.decoder_chain import open_decoder
from gate.doctor.commissioning import ask_unplugged, checked_installer, judge
from gate.doctor.finding import Answer, Finding
from gate.doctor.rounds import Site, alone, with_somebody, worst
from gate.errors import ConfigError
from gate.store.checked import write_checked
from gate.store.files import write_file
from gate.unit.log import log_to

EXIT_NO: Final = 1

_MARKS: Final = {
    Answer.PASSED: "ok  ",
    Answer.ATTENTION: "look",
    Answer.FAILED: "BAD ",
    Answer.NOT_ASKED: "-   ",
}


@click.command
@click.option(
    "--config",
    "config_path",
    metavar="FILE",
    default="/etc/gate/unit.toml",
    show_default=True,
    type=click.Path(path_type=Path),
    help="The unit's own file.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a check.")
@click.option(
    "--ask",
    "asks",
    is_flag=True,
    help="Try test card, relays, lamps, sounder and contacts too, and ask what happened.",
)
@click.option("--keep", is_flag=True, help="Keep the result for the heartbeat: what the hub hears.")
@click.option(
    "--test-card",
    "test_card_path",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Only draw the card that --ask wants held up: .pdf, .svg or .png.",
)
@click.option(
    "--certify",
    "certificate_path",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="With --ask's questions and three more: give the commissioning certificate (PDF).",
)
@click.option("--installer", metavar="NAME", help="With --certify: on whose word.")
@click.option(
    "--verify",
    "verified_path",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Only say who signed a certificate, and whether it was changed.",
)
@click.option("--by", metavar="KEY", help="With --verify: the public key that it must be by.")
@click.option(
    "--bundle",
    "bundle_path",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Pack what an engineer needs (ZIP): answers, counts, log; no names, no cards, no keys.",
)
@click.pass_context
def doctor(  # noqa: PLR0913 - a command's options
    context: click.Context,
    config_path: Path,
    test_card_path: Path | None,
    certificate_path: Path | None,
    installer: str | None,
    verified_path: Path | None,
    by: str | None,
    bundle_path: Path | None,
    *,
    as_json: bool,
    asks: bool,
    keep: bool,
) -> None:
    """Say how every part of this unit is, and what to do about each that isn't well.

    A unit at work is looked at without being disturbed. With --ask the gate must be stopped, and
    somebody must stand at it.

    Exit codes: 0 nothing is broken; 1 something is; 2 it could not be looked at.

    Example: gate doctor --ask
    """
    log_to(sys.stderr)
    if test_card_path is not None:
        _draw(test_card_path)
        return
    if verified_path is not None:
        if not verify(verified_path, by, config_path):
            context.exit(EXIT_NO)
        return
    if (certificate_path is None) != (installer is None):
        raise click.UsageError("Give --certify and --installer together.", context)
    name = "" if installer is None else checked_installer(installer)
    config, clock = load_config(config_path), SystemClock()
    site = Site(config=config, clock=clock, decoder=open_decoder, wait=threading.Event().wait)
    found = _told(alone(site), as_json=as_json)
    if certificate_path is not None and not may_go_on(found):
        context.exit(EXIT_NO)
    person = Person(sys.stdin)
    if asks or certificate_path is not None:
        found += _told(with_somebody(site, person), as_json=as_json)
    _hand_out(site, found, bundle_path, keep=keep)
    if certificate_path is not None:
        found += _told(ask_unplugged(person), as_json=as_json)
        if not give(site, judge(found), name, certificate_path, person):
            context.exit(EXIT_NO)
    if worst(found) is Answer.FAILED:
        context.exit(EXIT_NO)


def _hand_out(site: Site, found: list[Finding], bundle: Path | None, *, keep: bool) -> None:
    if keep:
        _keep(site, found)
    if bundle is not None:
        _pack(site, found, bundle)


def _keep(site: Site, found: list[Finding]) -> None:
    """Keep what is not well, for the heartbeat."""
    faults = [
        f"check {one.name}: {one.says}"
        for one in found
        if one.answer in {Answer.ATTENTION, Answer.FAILED}
    ]
    try:
        write_checked(site.config.unit.journal, site.clock.now(), faults)
    except OSError as error:
        fault = f"can't be written: {error.strerror}; next: run it as the user gate"
        raise ConfigError(str(error.filename), [fault]) from error


def _pack(site: Site, found: list[Finding], path: Path) -> None:
    from gate.doctor.bundle import bundle_of  # noqa: PLC0415 - nothing else packs

    try:
        write_file(path, bundle_of(site, found), mode=0o640)
    except OSError as error:
        raise ConfigError(str(path), [f"can't be written: {error.strerror}"]) from error
    click.echo(f"bundle: {path}", err=True)


class Person:
    """Whoever stands there, at a keyboard; without anybody nothing is answered."""

    def __init__(self, lines: TextIO) -> None:
        self._lines = lines

    def __call__(self, question: str) -> bool | None:
        """Ask until yes or no is said."""
        while True:
            click.echo(f"{question} [y/n] ", nl=False, err=True)
            line = self._lines.readline()
            if not line:
                return None
            answer = line.strip().lower()
            if answer in {"y", "yes", "n", "no"}:
                return answer.startswith("y")


def tell(finding: Finding, *, as_json: bool) -> None:
    """Say one finding."""
    if as_json:
        told = {
            "check": finding.name,
            "answer": finding.answer,
            "says": finding.says,
            "next": finding.step,
            "facts": dict(finding.facts),
        }
        click.echo(json.dumps(told))
        return
    click.echo(f"{_MARKS[finding.answer]} {finding.name}: {finding.says}")
    if finding.step:
        click.echo(f"     next: {finding.step}")


def _told(findings: Iterable[Finding], *, as_json: bool) -> list[Finding]:
    found = []
    for finding in findings:
        tell(finding, as_json=as_json)
        found.append(finding)
    return found


def _draw(path: Path) -> None:
    from gate.doctor.test_card import SUFFIXES, draw_test_card  # noqa: PLC0415 - loads segno

    if path.suffix.lower() not in SUFFIXES:
        allowed = ", ".join(sorted(SUFFIXES))
        raise ConfigError(str(path), [f"no kind of picture known here; allowed: {allowed}"])
    try:
        draw_test_card(path)
    except OSError as error:
        raise ConfigError(str(path), [f"can't be written: {error.strerror}"]) from error
    click.echo(f"print {path} at its own size (60 mm), and hold it 20 cm before the camera")
