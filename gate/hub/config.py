"""The hub's own file, `hub.toml`: read once, checked whole, every fault named with its key.

Relative paths start at the file's own directory. What can be wrong with a database address or a
listening address is found here, so that nothing is wrong with either once the hub is running.
"""

# ruff: noqa: RUF009 - setting() and section() make a dataclasses.field

import dataclasses
import ipaddress
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from gate.access.kinds import Flag, ListOf, Text, Whole
from gate.access.settings import KeyDescription, describe_keys, section, setting
from gate.access.tables import MAX_CHARS, read_toml
from gate.errors import ConfigError
from gate.hub.config_mail import MailAddress, MailServer, Sender

MAX_PATH_CHARS: Final = 4095
"""PATH_MAX of Linux, less the closing zero."""

MAX_PROXIES: Final = 5
"""A CDN, two load balancers and two more; whoever adds a name to the header is believed."""

MAX_WORKERS: Final = 64
"""Two a core on a machine of 32; beyond that another machine serves better (docs/adr)."""

_HOST: Final = re.compile(r"\.?[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:.]+\]", re.ASCII)
_ADDRESS: Final = re.compile(r"(?P<host>\[[0-9a-f:.]+\]|[0-9.]+):(?P<port>[0-9]{1,5})", re.ASCII)
_POSTGRESQL: Final = ("postgresql://", "postgres://")
_SQLITE: Final = "sqlite:///"


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseAddress:
    """Where the database is: a file of SQLite's, or a server of PostgreSQL's."""

    @property
    def allowed(self) -> str:
        """Say what may be written."""
        return (
            '"sqlite:///hub.db" (a path; four slashes for one that starts at the root)'
            ' or "postgresql://USER:PASSWORD@HOST:PORT/DATABASE"'
        )

    def read(self, value: object) -> str | None:
        """Return the address if it has one of the two forms."""
        if not isinstance(value, str) or len(value) > MAX_PATH_CHARS or not value.isprintable():
            return None
        if value.startswith(_SQLITE):
            return value if len(value) > len(_SQLITE) and not value.endswith("/") else None
        return value if value.startswith(_POSTGRESQL) and _has_database(value) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenAddress:
    """An address of this machine and a port."""

    @property
    def allowed(self) -> str:
        """Say what may be written."""
        return 'an IP address and a port, such as "127.0.0.1:8000" or "[::1]:8000"'

    def read(self, value: object) -> str | None:
        """Return the address if it is one."""
        match = _ADDRESS.fullmatch(value) if isinstance(value, str) else None
        if match is None or not 0 < int(match["port"]) < 65536:
            return None
        try:
            ipaddress.ip_address(match["host"].strip("[]"))
        except ValueError:
            return None
        return match[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class HostName:
    """A name that people type to reach the hub."""

    @property
    def allowed(self) -> str:
        """Say what may be written."""
        return 'a host name or address in lower case, such as "hub.example.org"'

    def read(self, value: object) -> str | None:
        """Return the name if it is one."""
        return value if isinstance(value, str) and _HOST.fullmatch(value) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class HubConfig:
    """Where the hub keeps its things, and how it is reached."""

    data: Path = setting(
        Text(max_chars=MAX_PATH_CHARS),
        "directory of its keys and of what it serves",
        default=Path("/var/lib/gate-hub"),
    )
    database: str = setting(
        DatabaseAddress(),
        "the database; a file's path starts in `data`",
        default="sqlite:///hub.db",
    )
    listen: str = setting(
        ListenAddress(), "where `gate hub serve` answers", default="127.0.0.1:8000"
    )
    hosts: tuple[str, ...] = setting(
        ListOf(item=HostName(), most=32),
        "the names people reach it by",
        default=("localhost", "127.0.0.1", "[::1]"),
    )
    https: bool = setting(
        Flag(),
        "people reach it through a proxy that speaks HTTPS and sets X-Forwarded-Proto",
        default=False,
    )
    own_https: bool = setting(
        Flag(),
        "it speaks HTTPS itself, by a certificate of its own authority; so does `gate hub serve"
        " --https`",
        default=False,
    )
    proxies: int = setting(
        Whole(low=0, high=MAX_PROXIES, unit="proxies"),
        "that stand before it and add a visitor's address to X-Forwarded-For; with `https` one at"
        " least",
        default=0,
    )
    workers: int = setting(
        Whole(low=1, high=MAX_WORKERS, unit="processes"), "that answer", default=4
    )
    ca: Path | None = setting(
        Text(max_chars=MAX_PATH_CHARS),
        "certificate (PEM) of the authority of the site's own that vouches for `hosts`; set-up"
        " codes pin it; none: a public one does",
        default=None,
    )
    mail: str = setting(
        MailAddress(), "the server that takes its e-mail; empty: it sends none", default=""
    )
    mail_from: str = setting(Sender(), "whom its e-mail is from; needed with `mail`", default="")

    @property
    def is_secure(self) -> bool:
        """Whether people reach it by HTTPS."""
        return self.https or self.own_https

    @property
    def authority_file(self) -> Path | None:
        """The certificate of the authority of the site's own that vouches for it; None: no such."""
        return self.authority_folder / "ca.crt" if self.own_https else self.ca

    @property
    def authority_folder(self) -> Path:
        """The hub's own authority, if it speaks HTTPS itself (gate.hub.https)."""
        return self.data / "authority"

    @property
    def proxy_count(self) -> int:
        """How many proxies' word counts for where a visitor is."""
        return max(self.proxies, int(self.https))

    @property
    def mail_server(self) -> MailServer | None:
        """Who takes its e-mail; None when it sends none."""
        return MailServer.of(self.mail) if self.mail else None

    @property
    def secret_file(self) -> Path:
        """What signs sessions."""
        return self.data / "secret.key"

    @property
    def key_file(self) -> Path:
        """The hub's own Ed25519 key: it signs receipts."""
        return self.data / "hub.key"

    @property
    def static_root(self) -> Path:
        """Style sheets and fonts, gathered under names that change with their content."""
        return self.data / "static"

    @property
    def published(self) -> Path:
        """Signed files for everybody: the fleet's trust and status lists (gate.hub.fleet)."""
        return self.data / "fleet" / "published"

    @property
    def sqlite_file(self) -> Path | None:
        """The database's file; None when it is PostgreSQL."""
        if not self.database.startswith(_SQLITE):
            return None
        return self.data / unquote(self.database.removeprefix(_SQLITE))


@dataclass(frozen=True, slots=True, kw_only=True)
class HubFile:
    """Everything in the hub's file."""

    hub: HubConfig = section(HubConfig)


def load_config(path: Path) -> HubConfig:
    """Return what the file says.

    Raises:
        ConfigError: the file can't be read, or every fault in it.
    """
    config = read_toml(HubFile, _read_text(path), str(path)).hub
    if bool(config.mail) != bool(config.mail_from):
        missing = "hub.mail_from" if config.mail else "hub.mail"
        raise ConfigError(str(path), [f"{missing}: missing; next: set both, or neither"])
    if config.own_https:
        config = with_own_https(config, str(path))
    start = path.absolute().parent
    ca = None if config.ca is None else start / config.ca
    return dataclasses.replace(config, data=start / config.data, ca=ca)


def with_own_https(config: HubConfig, source: str) -> HubConfig:
    """Return a hub that speaks HTTPS itself.

    Raises:
        ConfigError: something else speaks it, or vouches for it.
    """
    if config.https:
        step = "next: set one: `https` behind a proxy, `own_https` without"
        raise ConfigError(source, [f"hub.https: a proxy speaks HTTPS, and the hub itself; {step}"])
    if config.ca is not None:
        step = "next: leave `ca` out, or `own_https` and `--https`"
        raise ConfigError(source, [f"hub.ca: a hub's own authority vouches for it; {step}"])
    return dataclasses.replace(config, own_https=True)


def config_keys() -> tuple[KeyDescription, ...]:
    """List every key of the hub's file, for the reference pages."""
    return describe_keys(HubFile)


def sqlite_address(path: Path) -> str:
    """Spell a file as a database address."""
    return _SQLITE + quote(str(path))


def _has_database(address: str) -> bool:
    try:
        return len(urlsplit(address).path) > 1
    except ValueError:
        return False


def _read_text(path: Path) -> str:
    step = "name a file that exists, or copy the commented example config/hub.toml there"
    try:
        with path.open("rb") as file:
            return file.read(4 * MAX_CHARS + 1).decode("utf-8-sig")
    except OSError as error:
        raise ConfigError(str(path), [f"can't be read: {error.strerror}; next: {step}"]) from error
    except UnicodeDecodeError as error:
        fault = f"byte {error.start} is not UTF-8; next: save the file as UTF-8 text"
        raise ConfigError(str(path), [fault]) from error
