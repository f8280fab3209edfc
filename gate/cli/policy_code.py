"""`gate policy code`: a set-up code for a unit that stands alone, out of a site's rules."""

import sys
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Final

import click
import segno
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gate.access.policy import parse_policy
from gate.config import read_text
from gate.devices.clock import SystemClock
from gate.errors import ConfigError
from gate.signing.keys import SigningKey
from gate.store.files import write_file
from gate.trust.enrolment import (
    MAX_LIFE,
    MAX_POLICY_CHARS,
    MIN_LIFE,
    Alone,
    EnrolmentCode,
    compose_code,
)
from gate.trust.fingerprint import fingerprint_words
from gate.trust.network import Network, StaticAddress, WiFi, Wired
from gate.trust.place import Place, lanes_called

SUFFIXES: Final = frozenset({".png", ".svg", ".pdf"})
SIDE_MM: Final = 90.0
"""The largest symbol has 177 modules and its margin: half a millimetre each."""

_PT_PER_MM: Final = 72 / 25.4
_PRIVATE: Final = 0o600


@click.command("code")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--unit", "name", metavar="NAME", required=True, help="What people call the unit.")
@click.option(
    "--direction",
    type=click.Choice(["in", "out", "both"]),
    default="in",
    show_default=True,
    help="Where its lane leads; both: a lane each.",
)
@click.option(
    "--days",
    type=click.IntRange(MIN_LIFE.days, MAX_LIFE.days),
    default=14,
    show_default=True,
    help="Until when the code may be shown; the rules in it have no end.",
)
@click.option("--wifi", metavar="NAME", help="The site's Wi-Fi; its password is read from stdin.")
@click.option("--address", metavar="A/N", help="The unit's own address, such as 192.0.2.20/24.")
@click.option("--gateway", metavar="A", help="With --address: the way out.")
@click.option("--dns", "servers", metavar="A", multiple=True, help="With --address: who is asked.")
@click.option(
    "--out",
    metavar="FILE",
    required=True,
    type=click.Path(path_type=Path),
    help="Where the code is drawn: .png, .svg or .pdf.",
)
def code(  # noqa: PLR0913 - a command's options
    file: Path,
    name: str,
    *,
    direction: str,
    days: int,
    wifi: str | None,
    address: str | None,
    gateway: str | None,
    servers: tuple[str, ...],
    out: Path,
) -> None:
    """Draw a set-up code by which a machine becomes a unit of its own, without a hub.

    FILE is the site's rules, at most 1,200 characters without comments and empty lines. Whoever has
    the code has the Wi-Fi's password. The unit must say the same eight words as this command.

    Exit codes: 0 drawn; 2 it can't be.

    Example: gate policy code site-policy.toml --unit "Gate A" --out gate-a.pdf
    """
    if out.suffix.lower() not in SUFFIXES:
        allowed = ", ".join(sorted(SUFFIXES))
        raise ConfigError(str(out), [f"no kind of picture known here; allowed: {allowed}"])
    rules = _short(read_text(file), file)
    site = parse_policy(rules, str(file)).site
    network = _network(wifi, address, gateway, servers)
    key = SigningKey(Ed25519PrivateKey.generate())
    now = SystemClock().now().replace(microsecond=0)
    made = EnrolmentCode(
        key=key.verifying_key,
        issued_at=now,
        until=now + timedelta(days=days),
        network=network,
        alone=Alone(
            place=Place(site=site, name=name, lanes=lanes_called(name, direction)), policy=rules
        ),
    )
    _draw(compose_code(made, key), out)
    click.echo(f"drawn: {out}, good for {days} days")
    click.echo(f"the unit must say: {fingerprint_words(key.verifying_key)}")


def _short(text: str, file: Path) -> str:
    """Return the rules without what people alone read, saying the same.

    Raises:
        ConfigError: they have faults, or are too long for a code.
    """
    whole = parse_policy(text, str(file))
    kept = [
        line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")
    ]
    short = "\n".join(kept) + "\n"
    if short != text and parse_policy(short, str(file)) != whole:
        short = text  # a line within a text of several lines looked like a comment
    if len(short) > MAX_POLICY_CHARS:
        fault = f"rules of {len(short)} characters; at most {MAX_POLICY_CHARS} fit a code"
        raise ConfigError(str(file), [fault])
    return short


def _network(
    wifi: str | None, address: str | None, gateway: str | None, servers: tuple[str, ...]
) -> Network:
    static = None
    if address is not None:
        static = StaticAddress(address=address, gateway=gateway or "", servers=servers)
    elif gateway is not None or servers:
        raise ConfigError("network", ["--gateway and --dns go with --address"])
    if wifi is None:
        return Network(link=Wired(), static=static)
    password = sys.stdin.readline().rstrip("\r\n")
    return Network(link=WiFi(ssid=wifi, passphrase=password), static=static)


def _draw(text: str, out: Path) -> None:
    """Draw the code into a file that its owner alone reads: it may hold a password."""
    symbol = segno.make_qr(text, error="m")
    modules = symbol.symbol_size(border=4)[0]
    kind = out.suffix.lower()
    scale = {".pdf": SIDE_MM * _PT_PER_MM / modules, ".svg": SIDE_MM / modules}.get(kind, 8)
    unit = {"unit": "mm"} if kind == ".svg" else {}
    drawn = BytesIO()
    symbol.save(drawn, kind=kind[1:], border=4, scale=scale, **unit)
    try:
        write_file(out, drawn.getvalue(), mode=_PRIVATE)
    except OSError as error:
        raise ConfigError(str(out), [f"can't be written: {error.strerror}"]) from error
