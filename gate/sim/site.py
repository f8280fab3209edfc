"""A made-up site on the disk: card issuers, whom its gate trusts, its rules, its unit's file.

    desks/<name>/      one issuer each, its private key among it (gate.store.desk)
    trust/             the public part, as a gate gets it
    site-policy.toml   unit.toml   schemes.toml   site.key   journal.db

Every issuer's name begins with `demo:`, which `gate run` refuses. Keys and places in status lists
are drawn anew by each desk; nothing that is decided depends on them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from gate.config import load_config
from gate.errors import ConfigError
from gate.signing.keys import Algorithm
from gate.sim.site_files import policy_text, schemes_text, unit_file
from gate.store.desk import Desk, create_desk
from gate.store.files import write_file
from gate.store.trust_store import DEMO_PREFIX, list_tokens, merge
from gate.trust.bundle import TrustBundle

STARTS_AT: Final = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
"""A Monday; in winter, so that the site's own time is UTC."""

CONFIG: Final = "unit.toml"
JOURNAL: Final = "journal.db"
TRUST: Final = "trust"
POLICY: Final = "site-policy.toml"

_FRESH: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Maker:
    """One issuer: its name behind `demo:`, its scheme, and how it stands with the gate.

    Attributes:
        schemes: the first is the one its cards usually name.
        list_age: of its list of cancelled cards when the morning begins.
        trusted: the gate knows its keys.
        listed: the gate has its list.
    """

    name: str
    schemes: tuple[str, ...]
    algorithm: Algorithm = Algorithm.ED25519
    list_age: timedelta = _FRESH
    trusted: bool = True
    listed: bool = True


ECS: Final = Maker(name="ecs", schemes=("ecs-jib", "cscs"))
SCOTLAND: Final = Maker(name="ecs-sjib", schemes=("ecs-sjib",), algorithm=Algorithm.ESP256)
AGEING: Final = Maker(name="jib-pmes", schemes=("jib-pmes",), list_age=timedelta(hours=30))
STALE: Final = Maker(name="ecitb", schemes=("ecitb-ace",), list_age=timedelta(hours=120))
UNLISTED: Final = Maker(name="skillcard", schemes=("besa-skillcard",), listed=False)
STRANGER: Final = Maker(name="stranger", schemes=("ecs-jib",), trusted=False)
MAKERS: Final = (ECS, SCOTLAND, AGEING, STALE, UNLISTED, STRANGER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The site's directory, its issuers' open desks, by the maker's name, and its gate's lanes."""

    directory: Path
    desks: dict[str, Desk]
    lanes: int = 1

    def desk(self, maker: Maker) -> Desk:
        """Return the desk of a maker."""
        return self.desks[maker.name]

    @property
    def config(self) -> Path:
        """The unit's own file."""
        return self.directory / CONFIG

    @property
    def journal(self) -> Path:
        """The gate's record."""
        return self.directory / JOURNAL


def open_site(directory: Path, *, lanes: int = 1) -> Site:
    """Make the issuers in `directory`, which must be empty, of a site with a gate of `lanes`.

    Raises:
        ConfigError: it is not empty, or the disk refuses.
        TrustError: a desk can't be made.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        taken = sorted(path.name for path in directory.iterdir())
    except OSError as error:
        raise ConfigError(str(directory), [f"can't be made: {error.strerror}"]) from error
    if taken:
        raise ConfigError(str(directory), [f"not empty ({taken[0]}); name a new directory"])
    return Site(
        directory=directory,
        lanes=lanes,
        desks={
            maker.name: create_desk(
                directory / "desks" / maker.name,
                iss=DEMO_PREFIX + maker.name,
                schemes=frozenset(maker.schemes),
                algorithm=maker.algorithm,
                now=STARTS_AT - maker.list_age,
            )
            for maker in MAKERS
        },
    )


def reopen_site(directory: Path) -> Site:
    """Return the site of a morning that is over: its record counts, its desks stay closed.

    Raises:
        ConfigError: its unit's file can't be read.
    """
    lanes = len(load_config(directory / CONFIG).access_point)
    return Site(directory=directory, desks={}, lanes=lanes)


def equip_gate(site: Site, *, blocked: Iterable[str]) -> None:
    """Give the gate its files, once every card that is to be cancelled is cancelled.

    Args:
        site: as `open_site` made it.
        blocked: numbers of cards of `ECS` whose holders the site has blocked.

    Raises:
        ConfigError, TrustError: the disk refuses.
    """
    for maker in MAKERS:
        if not maker.trusted:
            continue
        desk = site.desk(maker)
        tokens = list_tokens(desk.directory) if maker.listed else ()
        merge(site.directory / TRUST, TrustBundle(issuers=(desk.issuer,)), tokens, STARTS_AT)
    ecs = site.desk(ECS).issuer.iss
    files = {
        CONFIG: unit_file(site.lanes),
        POLICY: policy_text((ecs, number) for number in blocked),
        "schemes.toml": schemes_text(),
    }
    for name, text in files.items():
        try:
            write_file(site.directory / name, text.encode())
        except OSError as error:
            raise ConfigError(name, [f"can't be written: {error.strerror}"]) from error
