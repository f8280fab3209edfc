"""Passes from the hub's page to a gate's answer: at their site, at another, blocked, cancelled."""

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import pytest
import requests
import zxingcpp
from PIL import Image

from gate.access.decide import decide
from gate.access.presence import Presence
from gate.bench.chaos.process import until
from gate.config import load_config
from gate.errors import Outcome, Reason
from gate.sim.issuer import SimIssuer
from gate.sim.site_process import SiteProcess, run_command
from gate.trust.bundle import KeyUse
from gate.unit.judge import Judge
from gate.unit.stamp import Stamp
from gate.unit.wiring import watch_trust
from tests.system.site_of_gates import LONG_S, SITE, SiteGate, SiteHub, now

ELSEWHERE: Final = "hilltop"
RULES: Final = """\
version = 1
site = "{site}"
time_zone = "UTC"
[[accept]]
scheme = "ecs-jib"
types = "any"
[[accept]]
scheme = "site:riverside"
types = "any"
[induction]
mode = "refer"
"""

pytestmark = pytest.mark.system

Answer = tuple[Outcome, Reason | None]
ADMITTED: Final[Answer] = (Outcome.ADMIT, None)


class Sites:
    """A hub with two sites, a gate at each, and a manager of the first in front of a browser."""

    def __init__(self, path: Path, opened: ExitStack) -> None:
        self.hub = SiteHub(path / "hub", opened, SITE, ELSEWHERE)
        for site in (SITE, ELSEWHERE):
            file = path / f"{site}.toml"
            file.write_text(RULES.format(site=site), "utf-8")
            self.hub.run("policy", site, str(file))
        self.hub.start()
        self.browser = self.hub.browser()
        self.gate, self.elsewhere = (
            SiteGate(path / site, f"Gate of {site}", self.hub, self.hub.url, site=site)
            for site in (SITE, ELSEWHERE)
        )
        for gate in (self.gate, self.elsewhere):
            gate.bring_list()
            words = ("sync", "--forever", "--config", str(gate.config))
            opened.enter_context(SiteProcess(gate.name, gate.directory / "sync.log", *words))

    def post(self, address: str, **form: str) -> requests.Response:
        """Send a form of the hub's, as the manager."""
        page = self.browser.get(f"{self.hub.url}/sites/{SITE}/passes/new/", timeout=LONG_S)
        match = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert match is not None
        sent = {"csrfmiddlewaretoken": match[1], **form}
        return self.browser.post(f"{self.hub.url}{address}", data=sent, timeout=LONG_S)

    def issue(self, number: str) -> tuple[str, str]:
        """Have a pass issued on a scheme card; return its address and the text of its code."""
        shown = self.post(
            f"/sites/{SITE}/passes/new/",
            scheme="ecs-jib",
            number=number,
            name="Jane Example",
            card_type="labourer",
            expires_on="2099-05-31",
            checked_by="Ann",
        )
        address = shown.url.removeprefix(self.hub.url)
        assert re.fullmatch(rf"/sites/{SITE}/passes/[0-9]+/", address), shown.text
        return address, self.read(address)

    def read(self, address: str) -> str:
        """Read the code of a pass as it is printed."""
        data = self.browser.get(f"{self.hub.url}{address}card.png", timeout=LONG_S).content
        (found,) = zxingcpp.read_barcodes(Image.open(BytesIO(data)).convert("L"))
        return str(found.text)


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sites]:
    with ExitStack() as opened:
        yield Sites(tmp_path_factory.mktemp("sites"), opened)


def answer(gate: SiteGate, text: str) -> Answer:
    """Return what a gate answers by what lies on its disk now."""
    config = load_config(gate.config)
    watch = watch_trust(config)
    judge = Judge(
        access_point=config.lane(),
        trust=watch.in_force.trust.bundle,
        rules=watch.in_force.rules,
        site_key=watch.site_key,
    )
    request = judge.request(text, Stamp(at=now(), trusted=True))
    decision = decide(request, judge.rules, Presence())
    return decision.outcome, decision.reason


def comes_to(gate: SiteGate, text: str, wanted: Answer) -> bool:
    return until(lambda: answer(gate, text) == wanted, LONG_S)


def scheme_card(gate: SiteGate) -> str:
    """Return the scheme card 10000007, which a gate can read."""
    at = now()
    card = SimIssuer().card(7, not_before=at, issued_at=at)
    return gate.issuer.text(card)


def test_a_pass_opens_its_own_site_alone_and_a_block_keeps_it_and_its_scheme_card_out(
    sites: Sites,
) -> None:
    _, text = sites.issue("10000007")

    assert comes_to(sites.gate, text, ADMITTED), sites.gate.logs()
    assert comes_to(sites.gate, scheme_card(sites.gate), ADMITTED)
    trust = watch_trust(load_config(sites.gate.config)).in_force.trust
    (issuer,) = [one for one in trust.bundle.issuers if one.iss == f"site:{SITE}"]
    assert [key.uses for key in issuer.keys] == [{KeyUse.SITE, KeyUse.LIST}]
    assert answer(sites.elsewhere, text) == (Outcome.REFUSE, Reason.UNKNOWN_ISSUER)

    sites.hub.run("block", SITE, "10000007", "--issuer", "ecs-jib", "--reason", "Fighting")

    for shown in (text, scheme_card(sites.gate)):
        assert comes_to(sites.gate, shown, (Outcome.REFUSE, Reason.BLOCKED)), sites.gate.logs()


def test_a_block_of_a_pass_keeps_its_scheme_card_out(sites: Sites) -> None:
    _, text = sites.issue("10000008")
    at = now()
    beneath = sites.gate.issuer.text(SimIssuer().card(8, not_before=at, issued_at=at))
    assert comes_to(sites.gate, text, ADMITTED), sites.gate.logs()

    sites.hub.run("block", SITE, "P00002", "--issuer", f"site:{SITE}", "--reason", "Fighting")

    for shown in (text, beneath):
        assert comes_to(sites.gate, shown, (Outcome.REFUSE, Reason.BLOCKED)), sites.gate.logs()


def test_a_cancelled_pass_is_in_the_list_that_the_hub_gives_out(sites: Sites) -> None:
    address, text = sites.issue("10000009")
    assert comes_to(sites.gate, text, ADMITTED), sites.gate.logs()
    told = sites.post(f"{address}cancel/", reason="Lost").text
    assert "cancelled" in told

    at = sites.gate.directory / "again"
    fresh = SiteGate(at, "Gate that has just been put up", sites.hub, sites.hub.url)
    fresh.bring_list()
    with SiteProcess(
        fresh.name, at / "sync.log", "sync", "--forever", "--config", str(fresh.config)
    ):
        assert comes_to(fresh, text, (Outcome.REFUSE, Reason.REVOKED)), fresh.logs()


def at_console(sites: Sites, stands_on: str, *words: str) -> dict[str, Any]:
    """Issue a pass at the hub's console; return what it says as JSON."""
    usual = ("--hub", str(sites.hub.config), "--site", SITE, "--checked-by", "Ann", "--json")
    told = run_command("card", "issue", *usual, "--stands-on", stands_on, *words, seconds=LONG_S)
    answered: dict[str, Any] = json.loads(told)
    return answered


def test_a_pass_of_the_console_opens_the_site_and_is_on_the_page(
    sites: Sites, tmp_path: Path
) -> None:
    out = tmp_path / "pass.pdf"
    holder = ("--name", "Sam Roe", "--type", "labourer", "--company", "Scaffold Ltd")
    told = at_console(sites, "cscs:777:2099-05-31", *holder, "--out", str(out))

    assert told["card"]["competence"]["stands_on"] == {
        "issuer": "cscs",
        "number": "777",
        "expires_at": "2099-05-31T23:00:00Z",
    }
    assert out.read_bytes().startswith(b"%PDF")
    assert comes_to(sites.gate, told["text"], ADMITTED), sites.gate.logs()
    page = sites.browser.get(f"{sites.hub.url}/sites/{SITE}/passes/?q=roe", timeout=LONG_S).text
    assert "Stands on cscs 777" in page


def test_a_pass_stands_on_a_code_of_a_desk_of_the_hub(sites: Sites) -> None:
    hub = ("--config", str(sites.hub.config))
    made_desk = ("hub", "desk", "new", "gold", "--scheme", "gold-scheme", *hub)
    run_command(*made_desk, seconds=LONG_S)
    holder = ("--number", "G1", "--name", "Dee Kay", "--type", "craft")
    says = (*holder, "--limit", "supervised", "--language", "pl")
    shown = run_command("hub", "desk", "issue", "gold", *says, *hub, seconds=LONG_S).strip()
    made = at_console(sites, shown)["card"]

    assert (made["name"], made["competence"]["limits"]) == ("Dee Kay", ["supervised"])
    assert made["competence"]["language"] == "pl"
    assert made["competence"]["stands_on"]["issuer"] == "gold-scheme"
    assert made["competence"]["stands_on"]["status"]["uri"].endswith("/1")
