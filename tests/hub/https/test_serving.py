"""The certificate that is served: made anew by itself, and never twice for one reason."""

import ipaddress
import logging
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from cryptography import x509

from gate.errors import ConfigError
from gate.hub.https.authority import authority_in
from gate.hub.https.names import Name, read_name
from gate.hub.https.serving import Around, Serving
from tests.hub.https.tls_hands import shake_hands

NOW: Final = datetime.now(UTC)  # noqa: TID251 - TLS judges certificates by the machine's clock


class Site:
    """A hub's directory, in a world of which tests say what time it is and which address it has."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "authority"
        self.authority = authority_in(self.folder, ("localhost",), "hub-pi", NOW)
        self.now = NOW
        self.names: set[Name] = {"localhost"}
        self.told: list[frozenset[Name]] = []
        self.has_address("192.168.1.20")

    def has_address(self, address: str) -> None:
        self.names = {"localhost", read_name(address)}

    def serving(self) -> Serving:
        around = Around(
            names=lambda: frozenset(self.names), now=lambda: self.now, told=self.told.append
        )
        return Serving(self.folder, self.authority, around)

    def passes(self, span: timedelta) -> None:
        self.now += span

    def served(self) -> x509.Certificate:
        return x509.load_pem_x509_certificate((self.folder / "serving.pem").read_bytes())

    def visit(self, context: ssl.SSLContext, name: str) -> None:
        shake_hands(context, self.folder / "ca.crt", name)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_it_is_made_for_the_names_of_the_moment_for_the_owner_alone(site: Site) -> None:
    context = site.serving().context("192.168.1.20")
    site.visit(context, "192.168.1.20")
    site.visit(context, "localhost")
    assert (site.folder / "serving.pem").stat().st_mode & 0o777 == 0o600
    assert site.told == [frozenset(site.names)]


def test_while_nothing_changes_it_stays(site: Site) -> None:
    serving = site.serving()
    first = site.served()
    site.passes(timedelta(days=365))
    assert serving.context("192.168.1.20")
    site.serving()
    assert site.served() == first


def test_it_is_made_anew_before_its_end_without_a_restart(site: Site) -> None:
    serving = site.serving()
    first = site.served()
    site.passes(first.not_valid_after_utc - NOW - timedelta(days=30))
    before = serving.context("192.168.1.20")
    assert site.served().serial_number != first.serial_number
    assert serving.context("192.168.1.20") is before


def test_who_comes_by_a_new_address_is_served_by_it_at_once(site: Site) -> None:
    serving = site.serving()
    site.has_address("192.168.1.77")
    context = serving.context("192.168.1.77")
    site.visit(context, "192.168.1.77")
    with pytest.raises(ssl.SSLError, match="IP address mismatch"):
        site.visit(context, "192.168.1.20")
    assert site.told[-1] == {"localhost", ipaddress.ip_address("192.168.1.77")}


def test_who_comes_by_an_old_address_finds_the_new_one_after_a_minute(site: Site) -> None:
    serving = site.serving()
    site.has_address("192.168.1.77")
    site.visit(serving.context("192.168.1.20"), "192.168.1.20")
    site.passes(timedelta(minutes=1))
    site.visit(serving.context("127.0.0.1"), "192.168.1.77")


def test_what_another_process_made_is_taken_and_not_made_again(site: Site) -> None:
    one, other = site.serving(), site.serving()
    site.has_address("10.0.0.9")
    assert one.context("10.0.0.9")
    made = site.served()
    site.visit(other.context("10.0.0.9"), "10.0.0.9")
    assert site.served() == made


def test_of_two_that_find_it_stale_at_once_one_makes_it(site: Site) -> None:
    other = site.serving()
    made: list[x509.Certificate] = []

    def now_while_the_other_is_first() -> datetime:
        if not made:
            made.append(site.served())
            other.context("10.0.0.9")
            made.append(site.served())
        return NOW

    around = Around(
        names=lambda: frozenset(site.names), now=now_while_the_other_is_first, told=site.told.append
    )
    site.has_address("10.0.0.9")
    Serving(site.folder, site.authority, around)
    before, after = made
    assert before != after
    assert site.served() == after


def test_a_name_that_the_authority_may_not_vouch_for_is_left_out_and_told(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    site.names.add(read_name("203.0.113.9"))
    site.visit(site.serving().context("203.0.113.9"), "localhost")
    assert "no certificate for 203.0.113.9" in caplog.text
    assert read_name("203.0.113.9") not in site.told[-1]


def test_one_that_was_damaged_or_is_of_another_authority_is_made_anew(site: Site) -> None:
    site.serving()
    (site.folder / "serving.pem").write_text("no certificate")
    site.visit(site.serving().context("127.0.0.1"), "localhost")
    other = authority_in(site.folder.parent / "other", ("localhost",), "another", NOW)
    (site.folder / "serving.pem").write_bytes(other.issue(site.names, NOW))
    site.visit(site.serving().context("127.0.0.1"), "localhost")


def test_near_the_authority_s_own_end_it_is_made_once(site: Site) -> None:
    site.passes(site.authority.certificate.not_valid_after_utc - NOW - timedelta(days=20))
    site.serving()
    last = site.served()
    site.serving()
    assert site.served() == last


def test_a_full_disk_serves_what_there_is_and_says_so(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    serving = site.serving()
    (site.folder / ".serving.pem.part").mkdir()  # which no file takes the place of
    site.has_address("10.0.0.9")
    with caplog.at_level(logging.ERROR):
        site.visit(serving.context("10.0.0.9"), "192.168.1.20")
    assert "certificate not made anew" in caplog.text
    with pytest.raises(ConfigError, match=r"serving.pem: can't be written"):
        site.serving()
