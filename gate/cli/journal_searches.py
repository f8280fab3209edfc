"""`gate journal searches`: a past day's searches, drawn again and held against the record."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import click

from gate.access.visits import search_key
from gate.cli.moments import DAY
from gate.config import load_config
from gate.devices.clock import SystemClock
from gate.errors import ConfigError
from gate.events.searches import Draw, draw_again
from gate.store.journal_reader import JournalReader

KEY_BYTES: Final = 32
_ONE: Final = timedelta(days=1)
SHOWN: Final = 20
"""Entries that are named of each kind: whoever finds more has another key or share."""


@click.command()
@click.option(
    "--journal",
    "journal_path",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The journal's file, or a copy of it.",
)
@click.option(
    "--config",
    "config_path",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The unit's file, which names its journal and from which the day's key is made.",
)
@click.option("--day", type=DAY, help="By UTC, and over; yesterday if left out.")
@click.option("--key", metavar="HEX", help="The day's key, for who has no unit's file.")
@click.option(
    "--percent",
    type=click.IntRange(0, 100),
    help="How many of 100 were drawn that day; by default as the unit's rules have it now.",
)
@click.option("--json", "in_json", is_flag=True, help="One JSON object.")
@click.pass_context
def searches(
    context: click.Context,
    journal_path: Path | None,
    config_path: Path | None,
    *,
    day: date | None,
    key: str | None,
    percent: int | None,
    in_json: bool,
) -> None:
    """Draw a past day's searches again, and see whether the record says the same.

    At the unit it makes the day's key of the site's, and shows it: with the key and a copy of the
    journal anybody can draw again. The key of a day that goes on would tell who is drawn next, so
    it is not made.

    Ends with 0 if the record says of each what the lot says, 1 if it doesn't.

    Example: gate journal searches --config /etc/gate/unit.toml --day 2026-11-22

    Example: gate journal searches --journal journal.db --day 2026-11-22 --key 5e1f... --percent 5
    """
    today = SystemClock().now().astimezone(UTC).date()
    on = day or today - timedelta(days=1)
    if on >= today:
        raise ConfigError(
            "--day", [f"{on}: it is not over by UTC; next: ask again from {on + _ONE}"]
        )
    if config_path is not None and journal_path is None and key is None:
        path, secret, share = _of_unit(config_path, on)
        share = share if percent is None else percent
    elif journal_path is not None and key is not None and percent is not None:
        path, secret, share = journal_path, _read_key(key), percent
    else:
        raise click.UsageError(
            "name a unit by --config alone, or all of --journal, --key, --percent"
        )
    begins = datetime(on.year, on.month, on.day, tzinfo=UTC)
    with JournalReader.open(path) as reader:
        of_day = (one for one in reader.entries() if begins <= one.event.at < begins + _ONE)
        draw = draw_again(of_day, secret, share)
    click.echo(_as_json(on, secret, share, draw) if in_json else _in_words(on, secret, share, draw))
    if not draw.holds:
        context.exit(1)


def _of_unit(path: Path, day: date) -> tuple[Path, bytes, int]:
    """Return a unit's journal, the key of a day, and how many of 100 its rules draw.

    Raises:
        ConfigError, TrustError: no such file, or no rules or site key to be had.
    """
    config = load_config(path)
    if not config.unit.site_key.exists():
        step = "next: ask at a unit of the site"
        raise ConfigError(str(config.unit.site_key), [f"site key: there is none; {step}"])
    # what a gate goes by takes a second to load: only where it is asked for
    from gate.unit.wiring import watch_trust  # noqa: PLC0415

    watch = watch_trust(config)
    return (
        config.unit.journal,
        search_key(watch.site_key, day),
        watch.in_force.policy.search.percent,
    )


def _read_key(text: str) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise click.BadParameter(f"not {2 * KEY_BYTES} hexadecimal characters", param_hint="--key")
    return key


def _in_words(day: date, key: bytes, percent: int, draw: Draw) -> str:
    verdict = "the record says what the lots say" if draw.holds else "DOES NOT HOLD"
    lines = [
        f"{day} by UTC, {percent} of 100 drawn: {verdict}",
        f"  Key:      {key.hex()}",
        f"  Entries:  {draw.entries} of whom it can be told, {draw.erased} who were erased since",
        f"  Drawn:    {len(draw.drawn)}{_numbers(draw.drawn)}",
    ]
    if draw.untold:
        lines.append(f"  Drawn, and the record doesn't say so:{_numbers(draw.untold)}")
    if draw.false:
        lines.append(f"  Not drawn, and the record says so:{_numbers(draw.false)}")
    if not draw.holds:
        lines.append("  Was another share in force that day? Then ask again with its --percent.")
    return "\n".join(lines)


def _numbers(entries: tuple[int, ...]) -> str:
    if not entries:
        return ""
    more = len(entries) - SHOWN
    named = ", ".join(map(str, entries[:SHOWN]))
    return f"\n    entries {named}{f' and {more} others' if more > 0 else ''}"


def _as_json(day: date, key: bytes, percent: int, draw: Draw) -> str:
    return json.dumps(
        {
            "holds": draw.holds,
            "day": day.isoformat(),
            "key": key.hex(),
            "percent": percent,
            "entries": draw.entries,
            "erased": draw.erased,
            "drawn": draw.drawn,
            "untold": draw.untold,
            "false": draw.false,
        }
    )
