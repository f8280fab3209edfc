"""A hub that speaks HTTPS itself: who was told trusts it, others don't; units join by its pin."""

import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import pytest
import requests
import segno

from gate.cli.main import gate, run
from tests.system.hub_process import GATE
from tests.system.site_of_gates import LONG_S, SITE, SiteHub
from tests.system.test_enrol import MAKE_CODES, Unit

pytestmark = pytest.mark.system

IDLE: Final = 24
"""Connections that ask nothing; more than the hub has threads."""


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SiteHub]:
    with ExitStack() as opened:
        hub = SiteHub(tmp_path_factory.mktemp("site") / "hub", opened, SITE)
        hub.give_rules(SITE)
        with hub.config.open("a") as file:
            file.write("own_https = true\n")
        hub.start()
        hub.url = f"https://127.0.0.1:{hub.port}"
        yield hub


@pytest.fixture(scope="module")
def authority(hub: SiteHub) -> str:
    """Download the certificate as a phone does that trusts nothing yet."""
    answer = requests.get(f"http://127.0.0.1:{hub.port}/trust/site-gate-hub.crt", timeout=LONG_S)
    file = hub.directory / "downloaded.pem"
    file.write_text(ssl.DER_cert_to_PEM_cert(answer.content))
    return str(file)


def test_who_has_its_certificate_is_answered_by_all_its_names(hub: SiteHub, authority: str) -> None:
    for name in ("127.0.0.1", "localhost"):
        answer = requests.get(f"https://{name}:{hub.port}/", verify=authority, timeout=LONG_S)
        assert answer.status_code == 200
        assert "Sign in" in answer.text
        assert answer.headers["Strict-Transport-Security"]
    page = requests.get(f"{hub.url}/trust/", verify=authority, timeout=LONG_S)
    style = page.text.partition('rel="stylesheet" href="')[2].partition('"')[0]
    sheet = requests.get(f"{hub.url}{style}", verify=authority, timeout=LONG_S)
    assert ".band {" in sheet.text


def test_who_was_not_told_is_answered_nothing(hub: SiteHub) -> None:
    with pytest.raises(requests.exceptions.SSLError, match="unable to get local issuer"):
        requests.get(hub.url, timeout=LONG_S)


def test_plain_http_leads_to_https_whatever_a_header_says(hub: SiteHub) -> None:
    for headers in ({}, {"X-Forwarded-Proto": "https"}, {"X-Forwarded-Ssl": "on"}):
        plain = f"http://127.0.0.1:{hub.port}/sign-in/"
        answer = requests.get(plain, headers=headers, allow_redirects=False, timeout=LONG_S)
        assert (answer.status_code, answer.headers["Location"]) == (301, f"{hub.url}/sign-in/")


def test_connections_that_ask_nothing_hold_nobody_up(hub: SiteHub, authority: str) -> None:
    context = ssl.create_default_context(cafile=authority)
    with ExitStack() as opened:
        for _ in range(IDLE):
            line = opened.enter_context(
                socket.create_connection(("127.0.0.1", hub.port), timeout=4)
            )
            opened.enter_context(context.wrap_socket(line, server_hostname="127.0.0.1"))
        assert requests.get(f"{hub.url}/trust/", verify=authority, timeout=4).status_code == 200


def test_the_console_tells_the_fingerprint_that_the_page_shows(
    hub: SiteHub, authority: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(gate, ["hub", "authority", "--config", str(hub.config)]) == 0
    told = capsys.readouterr().out
    page = requests.get(f"{hub.url}/trust/", verify=authority, timeout=LONG_S).text
    for line in told.splitlines()[1:]:
        assert line.partition(":")[2].strip() in page


def test_a_unit_joins_by_a_code_alone_and_sends_by_the_authority_that_it_names(
    hub: SiteHub, tmp_path: Path
) -> None:
    pinned = MAKE_CODES.replace("pin=None", "pin=pin_of(config)").replace(
        "from django.utils", "from gate.hub.enrol.authority import pin_of\nfrom django.utils"
    )
    command = [sys.executable, "-c", pinned, str(hub.config), hub.url, "Gate A"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LONG_S, check=False)
    assert done.returncode == 0, done.stderr
    unit = Unit(tmp_path / "unit")
    picture = unit.state / "code.png"
    segno.make_qr(done.stdout.strip(), error="m").save(str(picture), scale=6, border=4)
    command = unit.command(str(picture))
    assert command[2] == GATE
    assert run(gate, command[3:]) == 0
    assert unit.is_in_force()
    assert hub.url in unit.config.read_text("utf-8")
