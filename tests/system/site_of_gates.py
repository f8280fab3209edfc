"""A real hub and real gates of one site, each process its own: `gate hub serve`, `run`, `sync`."""

import os
import re
import socket
import sqlite3
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import requests
import segno

from gate.bench.chaos.process import until
from gate.devices.clock import SystemClock
from gate.events.batch import unit_uid
from gate.sim.issuer import SimIssuer
from gate.sim.site_process import SiteProcess, run_command
from gate.store.unit_key import unit_key
from gate.trust.status_list import StatusList
from gate.trust.status_token import issue_status_token
from tests.store.trust_files import TrustFiles

SITE: Final = "riverside"
PICTURES: Final = 20_000
"""More than a gate gets through in the time a test takes; it is told to end."""

LOW: Final = 15
"""A priority below everybody else's."""

LONG_S: Final = 600
"""For what takes seconds on a machine that does nothing else."""

RULES: Final = """\
version = {version}
site = "{site}"
time_zone = "UTC"
[[accept]]
scheme = "ecs-jib"
types = "any"
[passback]
mode = "{passback}"
"""


class SiteHub:
    """A hub in `directory`, always at the same address; `start` it, `stop` it."""

    def __init__(self, directory: Path, opened: ExitStack, *sites: str) -> None:
        directory.mkdir()
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = int(free.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self.directory = directory
        self.config = directory / "hub.toml"
        self.config.write_text(
            f'[hub]\ndata = "data"\nlisten = "127.0.0.1:{self.port}"\nworkers = 1\n', "utf-8"
        )
        self.key = self.run("migrate").strip()
        for site in sites:
            named = ("--slug", site, "--name", site.title(), "--organisation", "Organisation")
            self.run("manage", "addsite", *named)
        self._opened = opened
        self._process: SiteProcess | None = None

    def run(self, command: str, *words: str) -> str:
        """Run `gate hub COMMAND` to its end; return what it said on stdout."""
        return run_command("hub", command, "--config", str(self.config), *words, seconds=LONG_S)

    def give_rules(self, site: str, version: int = 1, passback: str = "off") -> None:
        """Give a site's gates their rules."""
        file = self.directory / f"{site}.toml"
        file.write_text(RULES.format(version=version, site=site, passback=passback), "utf-8")
        self.run("policy", site, str(file))

    def start(self) -> None:
        """Serve, until it answers."""
        log = self.directory / "hub.log"
        process = SiteProcess("the hub", log, "hub", "serve", "--config", str(self.config))
        self._process = self._opened.enter_context(process)
        assert until(lambda: "answers" in process.said(), LONG_S), process.said()

    def stop(self) -> None:
        """Be gone."""
        assert self._process is not None
        self._process.end()

    def browser(self, *sites: str) -> requests.Session:
        """Sign a manager in, of the usual site or of these."""
        roles = [word for site in sites or (SITE,) for word in ("--role", f"{site}:manager")]
        password = self.run("createuser", "--random-password", *roles, "manager").strip()
        session = requests.Session()
        page = session.get(f"{self.url}/sign-in/", timeout=LONG_S).text
        match = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert match is not None
        form = {"username": "manager", "password": password, "csrfmiddlewaretoken": match[1]}
        signed_in = session.post(f"{self.url}/sign-in/", data=form, timeout=LONG_S)
        assert "Sign out" in signed_in.text
        return session


class SiteGate:
    """A unit in `directory`, known to `hub`, which it reaches by `url`; it trusts `issuer`."""

    def __init__(
        self, directory: Path, name: str, hub: SiteHub, url: str, *, site: str = SITE
    ) -> None:
        directory.mkdir()
        self.directory = directory
        self.config = directory / "unit.toml"
        self.journal = directory / "journal.db"
        self.files = TrustFiles(directory / "trust")
        self.issuer = self.files.issuer
        self.name = name
        self._processes: list[SiteProcess] = []
        policy = RULES.format(version=1, site=site, passback="off")
        (directory / "policy.toml").write_text(policy, "utf-8")
        key = unit_key(directory / "unit.key")[0].verifying_key
        self.uid = unit_uid(key)
        hub.run("manage", "addunit", "--site", site, "--name", name, "--key", key.public.hex())
        hub.run("sitekey", site, str(directory / "site.key"))
        self.config.write_text(
            f'[unit]\nname = "{name}"\nsite = "{site}"\njournal = "journal.db"\ntrust = "trust"\n'
            'policy = "policy.toml"\nsite_key = "site.key"\nkey = "unit.key"\n'
            f'[[access_point]]\nname = "{name}"\ndirection = "in"\n'
            '[camera]\nsource = "dir:pictures"\n[outputs]\nfactory = "mock"\nentry_relay = 17\n'
            f'[hub]\nurl = "{url}"\nkey = "{hub.key}"\nevery_s = 1\npoll_s = 1\n',
            "utf-8",
        )

    def leads_to(self, area: str) -> None:
        """Have its lane lead into another area than the site as a whole."""
        text = self.config.read_text("utf-8")
        lane = 'direction = "in"\n'
        self.config.write_text(text.replace(lane, f'{lane}area = "{area}"\n'), "utf-8")

    def bring_list(self) -> StatusList:
        """Carry in a list that cancels nobody."""
        held = self.issuer.status_list(issued_at=now())
        self.files.carry_list(issue_status_token(held, self.issuer.key))
        return held

    def sees(self, *indices: int) -> None:
        """Hold cards up to its camera, in turn, for ever."""
        pictures = self.directory / "pictures"
        pictures.mkdir()
        for index in indices:
            draw_card(self.issuer, index, self.directory / f"{index}.png")
        for number in range(PICTURES):
            index = indices[number % len(indices)]
            (pictures / f"{number:06}.png").symlink_to(self.directory / f"{index}.png")

    def start(self, opened: ExitStack) -> None:
        """Run the gate process and the network process."""
        for command in (("run",), ("sync", "--forever")):
            log = self.directory / f"{command[0]}.log"
            words = (*command, "--config", str(self.config))
            process = SiteProcess(f"{self.name} {command[0]}", log, *words)
            self._processes.append(opened.enter_context(process))
            if command == ("run",):  # it takes its pictures as fast as it can; let others in
                os.setpriority(os.PRIO_PROCESS, process.pid, LOW)

    def stop(self) -> None:
        """End its processes."""
        for process in self._processes:
            process.end()

    def recorded(self, where: str = "1") -> list[tuple[int, str, str]]:
        """Return number, outcome and first reason of its entries that fit, or nothing yet."""
        if not self.journal.exists():
            return []
        with closing(sqlite3.connect(f"file:{self.journal}?mode=ro", uri=True)) as journal:
            query = f"SELECT seq, outcome, reason FROM readable WHERE {where} ORDER BY seq"  # noqa: S608 - a test's own
            try:
                return journal.execute(query).fetchall()
            except sqlite3.OperationalError:
                return []  # it has just been begun

    def answers(self, index: int, after: int = 0) -> list[tuple[int, str, str]]:
        """Return how it answered a card, after entry `after`."""
        number = self.issuer.card(index).number
        return self.recorded(f"kind = 'access' AND number = '{number}' AND seq > {after}")

    def told(self, kind: str, after: int = 0) -> list[tuple[int, str]]:
        """Return number and words of its entries of a kind, after entry `after`."""
        with closing(sqlite3.connect(f"file:{self.journal}?mode=ro", uri=True)) as journal:
            query = "SELECT seq, detail FROM entries WHERE kind = ? AND seq > ? ORDER BY seq"
            return journal.execute(query, (kind, after)).fetchall()

    def logs(self) -> str:
        """Return the end of what its processes said."""
        found = sorted(self.directory.glob("*.log"))
        return "\n".join(f"{path.name}: {path.read_text()[-1500:]}" for path in found)


def draw_card(issuer: SimIssuer, index: int, file: Path) -> None:
    """Print a card that is good now."""
    card = replace(
        issuer.card(index),
        not_before=now() - timedelta(days=1),
        issued_at=now() - timedelta(days=1),
        expires_at=now() + timedelta(days=365),
    )
    code = segno.make_qr(issuer.text(card), error="m", boost_error=False)
    code.save(str(file), scale=4, border=4)


def now() -> datetime:
    """Return the machine's time, in whole seconds."""
    return SystemClock().now().replace(microsecond=0)
