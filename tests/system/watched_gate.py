"""A gate of a served hub, at which Anna and Ben show their cards while somebody watches the page.

The gate is the real daemon in this process, by a planned camera; its uplink is a process of its
own, which by itself would send once in half an hour. Both people are in the site's register, with a
photograph.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image

from gate.bench.chaos.process import until
from gate.devices.clock import SystemClock
from gate.devices.ports import Luma
from gate.sim.devices import ManualClock, picture_of
from gate.sim.site_process import SiteProcess
from gate.store.unit_key import unit_key
from gate.trust.status_token import issue_status_token
from tests.store.trust_files import TrustFiles
from tests.system.planned_gate import NOTHING, run_planned

GATE: Final = "Gate E"
PEOPLE: Final = {7: "Anna Roe", 8: "Ben Poe"}
RULES: Final = """\
version = 1
site = "bench"
time_zone = "{zone}"
[[accept]]
scheme = "ecs-jib"
types = "any"
"""
_UPLOADED_S: Final = 120
_FILL: Final = """
from datetime import date
from gate.hub.manifest.authors import Author
from gate.hub.manifest.rules import set_rules
from gate.hub.people.facts import Facts
from gate.hub.people.frames import key_of
from gate.hub.people.photos import portrait
from gate.hub.people.register import Newcomer, add_people
from gate.hub.sites.models import Site
from gate.hub.sites.services import add_unit
bench, folder = Site.objects.get(slug="bench"), Path({folder!r})
add_unit(site="bench", name={gate!r}, public_key=bytes.fromhex({key!r}))
set_rules(bench, {rules!r}.format(zone=bench.time_zone), source="rules", by=Author(name="Sam"),
          now=timezone.now())
face = portrait((folder / "face.jpg").read_bytes())
add_people(bench, key_of(bench), [
    Newcomer(facts=Facts(name=name, company="Scaffold Ltd", scheme="ecs-jib", number=number,
                         card_type="gold", last_day=date(2099, 1, 1)),
             issuer={issuer!r}, photo=face)
    for name, number in {people!r}
], timezone.now())
(folder / "site.key").write_bytes(key_of(bench))
(folder / "site.key").chmod(0o600)
"""


class WatchedGate:
    """The gate in `directory`; `fill` is what the hub's filling goes on with."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir()
        self.journal = directory / "journal.db"
        self._directory = directory
        self._config = directory / "unit.toml"
        self._files = TrustFiles(directory / "trust")
        self._issuer = self._files.issuer
        face = BytesIO()
        Image.new("RGB", (420, 540), "teal").save(face, "JPEG")
        (directory / "face.jpg").write_bytes(face.getvalue())
        (directory / "policy.toml").write_text(RULES.format(zone="UTC"), "utf-8")
        key = unit_key(directory / "unit.key")[0].verifying_key
        self.fill = _FILL.format(
            folder=str(directory),
            gate=GATE,
            key=key.public.hex(),
            rules=RULES,
            issuer=self._issuer.iss,
            people=[(name, self._issuer.card(index).number) for index, name in PEOPLE.items()],
        )

    def join(self, url: str, hub_key: str, opened: ExitStack) -> None:
        """Begin its record, have it sent, and leave its uplink waiting for its turn."""
        self._config.write_text(
            f'[unit]\nname = "{GATE}"\nsite = "bench"\njournal = "journal.db"\ntrust = "trust"\n'
            'policy = "policy.toml"\nsite_key = "site.key"\nkey = "unit.key"\n'
            f'[[access_point]]\nname = "{GATE}"\ndirection = "in"\n'
            '[camera]\nsource = "dir:none"\n[outputs]\nfactory = "mock"\nentry_relay = 17\n'
            f'[hub]\nurl = "{url}"\nkey = "{hub_key}"\nevery_s = 3600\npoll_s = 1\n',
            "utf-8",
        )
        self.sees(SystemClock().now(), iter([(0.1, NOTHING)]))
        log = self._directory / "sync.log"
        words = ("sync", "--config", str(self._config), "--forever")
        opened.enter_context(SiteProcess("the uplink", log, *words))
        assert until(lambda: "uplink synced" in log.read_text(), _UPLOADED_S), log.read_text()

    def card(self, index: int) -> Luma:
        """Return the picture of somebody's card, good now."""
        begun = SystemClock().now().replace(microsecond=0) - timedelta(days=1)
        card = self._issuer.card(index, name=PEOPLE[index])
        until_at = begun + timedelta(days=365)
        card = replace(card, not_before=begun, issued_at=begun, expires_at=until_at)
        return picture_of(self._issuer.text(card))

    def sees(self, begun: datetime, plan: Iterator[tuple[float, Luma]]) -> None:
        """Run it by a plan, of so many seconds since it began, to its end."""
        held = self._issuer.status_list(issued_at=begun.replace(microsecond=0))
        self._files.carry_list(issue_status_token(held, self._issuer.key))
        run_planned(self._config, ManualClock(begun), plan)
