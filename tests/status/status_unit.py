"""A unit as its page finds it: real files, written as gate process, network and hand write them."""

import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from html import unescape
from pathlib import Path
from typing import Any, Final

from gate.access.model import Direction
from gate.config import load_config
from gate.devices.ports import Clock
from gate.errors import Outcome
from gate.events.lane_state import LaneState, Shown
from gate.events.model import Event, EventKind, Holder
from gate.sim.devices import ManualClock
from gate.sim.issuer import NOW
from gate.status.reply import Reply
from gate.status.request import BadRequestError, read_request
from gate.status.site import StatusSite, Unit
from gate.status.unit_watch import UnitWatch
from gate.store.clock_state import clock_state_path, write_clock_state
from gate.store.journal import Journal, open_journal
from gate.store.lane_state_file import write_lane_state
from gate.trust.clock_floor import ClockState
from gate.trust.gates_heard import GateHeard
from gate.trust.local_login import LocalLogin, LocalRole, make_login
from gate.trust.site_presence import LastPassage
from gate.trust.status_token import issue_status_token
from tests.store.trust_files import HUB, POLICY, TrustFiles, manifest

HOST: Final = "192.0.2.7:8080"
PASSWORD: Final = "k7wd-9fmp-3xqt"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
LOGINS: Final = tuple(
    make_login(role.value, role, PASSWORD, bytes(16)) for role in sorted(LocalRole, key=str)
)
"""One of each role, called by it."""

UNIT_FILE: Final = """\
[unit]
name = "Gate A"
site = "riverside"
journal = "journal.db"
trust = "trust"
policy = "site-policy.toml"
key = "unit.key"

[[access_point]]
name = "Gate A in"
direction = "in"

[outputs]
factory = "mock"
entry_relay = 17

[screen]
state = "lane.json"

[status]
address = "127.0.0.1"
port = {port}
names = ["gate-a.site.example"]
"""
HUB_TABLE: Final = f"""
[hub]
url = "https://hub.example.org"
key = "{HUB.verifying_key.public.hex()}"
"""


def person(name: str) -> bytes:
    return sha256(name.encode()).digest()[:16]


@dataclass
class StatusUnit:
    """A unit in `path`; its journal is written as the gate process writes it."""

    path: Path
    clock: ManualClock = field(default_factory=lambda: ManualClock(NOW))
    port: int = 8080

    def __post_init__(self) -> None:
        self.trust = TrustFiles(self.path / "trust")
        self.version = 0
        (self.path / "site-policy.toml").write_text(POLICY, "utf-8")
        self.write_config(hub=True)
        began_at = self.clock.now() - 3 * HOUR
        self.journal: Journal = open_journal(
            self.path / "journal.db", now=began_at, clock_trusted=True
        )
        self.shows(Shown.READY)

    def write_config(self, *, hub: bool) -> None:
        text = UNIT_FILE.format(port=self.port) + (HUB_TABLE if hub else "")
        (self.path / "unit.toml").write_text(text, "utf-8")

    def told(self, logins: tuple[LocalLogin, ...] = LOGINS, **changed: Any) -> None:  # noqa: ANN401 - claims of a manifest
        """Put a manifest in force, of now unless it says otherwise."""
        self.version += 1
        at = changed.pop("issued_at", self.clock.now().replace(microsecond=0))
        self.trust.switch_manifest(manifest(self.version, at, logins=logins, **changed))

    def carries_list(self, issued_at: datetime = NOW) -> None:
        """Put a list of cancelled cards there by hand."""
        issuer = self.trust.issuer
        held = replace(issuer.status_list(), issued_at=issued_at)
        self.trust.carry_list(issue_status_token(held, issuer.key))

    def passes(self, name: str, *, way: str = "in", **changed: Any) -> None:  # noqa: ANN401 - of an event
        """Let somebody through, or record what else happened to them."""
        number = changed.pop("number", f"ECS-{name.split(maxsplit=1)[0].upper()}")
        holder = Holder(person=person(name), issuer="i", number=number, name=name, card_type="gold")
        self.records(changed.pop("kind", EventKind.ACCESS), holder=holder, direction=way, **changed)

    def records(self, kind: EventKind, **changed: Any) -> None:  # noqa: ANN401 - of an event
        at = changed.pop("at", None) or self.clock.now()
        holder = changed.pop("holder", None)
        if kind is EventKind.ACCESS:
            changed = {"outcome": Outcome.ADMIT.value, "access_point": "Gate A in"} | changed
        changed = {"clock_trusted": True} | changed
        self.journal.append(Event(at=at, kind=kind, **changed), holder)

    def shows(self, shown: Shown, **changed: Any) -> None:  # noqa: ANN401 - of a lane's state
        state = LaneState(
            at_s=self.clock.monotonic(),
            lane="Gate A in",
            direction=Direction.IN,
            shown=shown,
            **changed,
        )
        write_lane_state(self.path / "lane.json", state)

    def keeps_time(self, state: ClockState) -> None:
        write_clock_state(clock_state_path(self.path / "journal.db"), state)

    def later(self, seconds: float = 1.0) -> None:
        """Let time pass, the gate process going on."""
        self.clock.advance(seconds)
        self.shows(Shown.READY)

    def reopened(self) -> Journal:
        """Open the journal as the gate process does when it starts again."""
        return open_journal(self.path / "journal.db", now=self.clock.now(), clock_trusted=True)

    def browser(self, clock: Clock | None = None, **changed: Any) -> "Browser":  # noqa: ANN401 - of the unit
        config = load_config(self.path / "unit.toml")
        unit = Unit(
            name=config.unit.name,
            journal=config.unit.journal,
            names=frozenset({"localhost", "gate-a.site.example"}),
            **changed,
        )
        watch = UnitWatch(config, clock or self.clock)
        return Browser(StatusSite(unit, watch, (clock or self.clock).monotonic))


@dataclass
class Browser:
    """Asks a page as a browser does, over no wire; keeps its cookie."""

    site: StatusSite
    cookie: str = ""
    peer: str = "192.0.2.50"

    def get(self, path: str = "/", **headers: str) -> Reply:
        return self.ask("GET", path, headers)

    def post(self, path: str, body: str = "", **headers: str) -> Reply:
        return self.ask("POST", path, {"Origin": f"http://{HOST}"} | headers, body)

    def signs_in(self, name: str = "manager", password: str = PASSWORD) -> Reply:
        reply = self.post("/sign-in", f"name={name}&password={password}")
        self.cookie = reply.headers.get("Set-Cookie", self.cookie).partition(";")[0]
        return reply

    def ask(self, method: str, path: str, headers: dict[str, str], body: str = "") -> Reply:
        fields = {"Host": HOST} | headers
        if self.cookie:
            fields["Cookie"] = self.cookie
        if body:
            kind = {"Content-Type": "application/x-www-form-urlencoded"}
            fields = kind | {"Content-Length": str(len(body))} | fields
        head = [
            f"{method} {path} HTTP/1.1",
            *(f"{name}: {value}" for name, value in fields.items()),
        ]
        try:
            request = read_request("\r\n".join((*head, "", body)).encode())
            assert request is not None
            return self.site.answer(request, self.peer)
        except BadRequestError as error:
            return self.site.refuse(error)


def passage(name: str, way: str, at: datetime, gate: str = "Gate B", **changed: Any) -> LastPassage:  # noqa: ANN401 - of a passage
    fields = {"area": "", "name": name, "company": ""} | changed
    return LastPassage(
        person=person(name),
        direction=way,
        at=at.replace(microsecond=0),
        access_point=gate,
        **fields,
    )


def gate_heard(name: str, whole_at: datetime, heard_at: datetime | None = None) -> GateHeard:
    return GateHeard(
        uid=sha256(name.encode()).digest()[:8],
        name=name,
        heard_at=(heard_at or whole_at).replace(microsecond=0),
        whole_at=whole_at.replace(microsecond=0),
    )


def text_of(reply: Reply) -> str:
    """Return what a page says, without its markup."""
    plain = re.sub(r"<title>.*?</title>", " ", reply.body.decode(), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", plain)).split())
