"""The demo site's hub and the gate's uplink, as processes of their own on loopback.

    hub.toml  hub/          the hub's file; its keys and database
    unit.key  uplink/       the gate's key; how far the hub has its record, and the receipts
    site.key                the site's, from the hub, for the gate
    password                of the one who may sign in: drawn at random, readable by its owner only
    hub.log   sync.log      what the two said

The hub is started by the command line, as an installer would; nothing of it is imported here. It
listens on 127.0.0.1 alone, on a port that is free when it starts.
"""

from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from gate.errors import ConfigError, UplinkError
from gate.events.batch import unit_uid
from gate.sim.free_port import free_port
from gate.sim.hub_holdings import Holdings, hold_against
from gate.sim.site import STARTS_AT, Site
from gate.sim.site_files import SITE, UNIT_NAME, hub_file, unit_file
from gate.sim.site_process import SiteProcess, run_command
from gate.store.files import write_file
from gate.store.unit_key import unit_key

USER: Final = "manager"
HUB_FILE: Final = "hub.toml"
UNIT_KEY: Final = "unit.key"
SITE_KEY: Final = "site.key"
PASSWORD: Final = "password"  # noqa: S105 - the file's name
DATABASE: Final = Path("hub", "hub.db")

_OWNER_ONLY: Final = 0o600


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How people reach the hub: `page` is the entry log of the morning."""

    page: str
    user: str
    password: str


class DemoHub(AbstractContextManager["DemoHub"]):
    """The hub, answering, and the uplink, at work."""

    def __init__(self, site: Site, *, is_new: bool) -> None:
        """Start both; the gate's files must be there, and its journal may be.

        Args:
            site: whose record it is.
            is_new: the hub has to be furnished first.

        Raises:
            GateError: they can't be started.
        """
        self._site = site
        self._file = site.directory / HUB_FILE
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        public = unit_key(site.directory / UNIT_KEY)[0].verifying_key
        self.uid = unit_uid(public)
        _write(self._file, hub_file(port))
        hub_key = run_command("hub", "migrate", "--config", str(self._file)).strip()
        _write(site.config, unit_file(site.lanes, url, hub_key))
        with ExitStack() as opened:
            self.hub = opened.enter_context(self._start("hub", "hub", "serve"))
            if is_new:
                self._furnish(public.public.hex())
            self.access = Access(
                page=f"{url}/sites/{SITE}/log/?day={STARTS_AT:%Y-%m-%d}",
                user=USER,
                password=_read(site.directory / PASSWORD),
            )
            self.hub.wait_for("answers")
            self.sync = opened.enter_context(self._start("sync", "sync", "--forever"))
            self._opened = opened.pop_all()

    def fault(self) -> str | None:
        """Say which of the two has ended by itself; None while both run."""
        return self.hub.fault() or self.sync.fault()

    def complete(self) -> Holdings:
        """Bring what is still waiting, once the gate has ended; hold the hub against the journal.

        Raises:
            JournalError, EventError: the journal can't be read.
            UplinkError: the hub's database can't be read.
        """
        faults = [fault for fault in (self.hub.fault(), self.sync.fault()) if fault is not None]
        self.sync.end()
        if self.hub.fault() is None:
            try:
                run_command("sync", "--config", str(self._site.config))
            except UplinkError as error:
                faults.append(str(error))
        held = hold_against(self._site.journal, self._site.directory / DATABASE, self.uid)
        return replace(held, faults=(*faults, *held.faults))

    def __exit__(self, *_: object) -> None:
        """Leave nothing running."""
        self._opened.close()

    def _furnish(self, unit_public_key: str) -> None:
        config = ("--config", str(self._file))
        site = ("--slug", SITE, "--name", "Riverside", "--organisation", "Demo")
        run_command("hub", "manage", *config, "addsite", *site)
        unit = ("--site", SITE, "--name", UNIT_NAME, "--key", unit_public_key)
        run_command("hub", "manage", *config, "addunit", *unit)
        run_command("hub", "sitekey", *config, SITE, str(self._site.directory / SITE_KEY))
        role = ("--role", f"{SITE}:manager")
        password = run_command("hub", "createuser", *config, "--random-password", *role, USER)
        _write(self._site.directory / PASSWORD, password, mode=_OWNER_ONLY)

    def _start(self, name: str, *command: str) -> SiteProcess:
        config = self._file if name == "hub" else self._site.config
        log = self._site.directory / f"{name}.log"
        return SiteProcess(f"the {name} process", log, *command, "--config", str(config))


def _write(path: Path, text: str, *, mode: int = 0o644) -> None:
    try:
        write_file(path, text.encode(), mode=mode)
    except OSError as error:
        raise ConfigError(str(path), [f"can't be written: {error.strerror}"]) from error


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(str(path), [f"can't be read: {error}; name a new directory"]) from error
