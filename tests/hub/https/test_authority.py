"""The hub's own authority: made once, for this hub only; every fault told with its next step."""

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from cryptography import x509

from gate.errors import ConfigError
from gate.hub.fleet.files import mode_of
from gate.hub.https.authority import authority_in
from gate.hub.https.certificates import Authority, digest_of, is_for, spelled
from gate.hub.https.names import Name, read_name
from gate.trust.fingerprint import digest_words
from gate.trust.word_list import WORDS
from tests.hub.https.tls_hands import shake_hands

NOW: Final = datetime.now(UTC)  # noqa: TID251 - TLS judges certificates by the machine's clock
HOSTS: Final = ("localhost", "127.0.0.1", "[::1]", "hub.example.org", "198.51.100.7")


def made(folder: Path, hosts: tuple[str, ...] = HOSTS, now: datetime = NOW) -> Authority:
    return authority_in(folder / "authority", hosts, "hub-pi", now)


def context_for(folder: Path, *names: str) -> ssl.SSLContext:
    """Serve by a certificate that the authority signed for these names, its to give or not."""
    file = folder / "serving.pem"
    file.write_bytes(made(folder).issue([read_name(name) for name in names], NOW))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file)
    return context


def test_it_is_made_once_and_its_key_is_for_nobody_else(tmp_path: Path) -> None:
    first = made(tmp_path)
    assert made(tmp_path, now=NOW + timedelta(days=900)).certificate == first.certificate
    assert mode_of(tmp_path / "authority") == 0o700
    assert mode_of(tmp_path / "authority" / "ca.key") == 0o600
    assert sorted(one.name for one in (tmp_path / "authority").iterdir()) == ["ca.crt", "ca.key"]
    assert [one.name for one in tmp_path.iterdir()] == ["authority"]


@pytest.mark.parametrize(
    "name",
    ["192.168.1.20", "10.9.8.7", "fd00::20", "hub-pi.local", "hub.lan", *HOSTS[3:]],
)
def test_it_vouches_for_this_hub_and_for_what_is_private(tmp_path: Path, name: str) -> None:
    assert made(tmp_path).vouches_for(read_name(name))
    shake_hands(context_for(tmp_path, name), tmp_path / "authority" / "ca.crt", name)


@pytest.mark.parametrize("name", ["bank.example", "example.org", "8.8.8.8", "2001:db8::1"])
def test_a_thief_of_its_key_speaks_for_nobody_else(tmp_path: Path, name: str) -> None:
    assert not made(tmp_path).vouches_for(read_name(name))
    with pytest.raises(ssl.SSLError, match="permitted subtree violation"):
        shake_hands(context_for(tmp_path, name), tmp_path / "authority" / "ca.crt", name)


def test_a_device_that_was_not_told_refuses(tmp_path: Path) -> None:
    with pytest.raises(ssl.SSLError, match="unable to get local issuer"):
        shake_hands(context_for(tmp_path, "localhost"), None, "localhost")


def test_a_certificate_is_for_all_its_names_and_no_longer_than_phones_take(tmp_path: Path) -> None:
    authority = made(tmp_path)
    names: set[Name] = {".example.org", "hub-pi.local", ipaddress.ip_address("10.0.0.5")}
    leaf = x509.load_pem_x509_certificate(authority.issue(names, NOW))
    assert leaf.not_valid_before_utc < NOW
    assert leaf.not_valid_after_utc - leaf.not_valid_before_utc <= timedelta(days=398)
    assert is_for(leaf, names)
    assert not is_for(leaf, names - {".example.org"})
    assert not is_for(authority.certificate, names)
    end = authority.certificate.not_valid_after_utc
    late = x509.load_pem_x509_certificate(authority.issue(names, end - timedelta(days=9)))
    assert late.not_valid_after_utc == end


def test_its_fingerprint_is_told_in_pairs_and_in_words(tmp_path: Path) -> None:
    digest = digest_of(made(tmp_path).certificate)
    pairs, words = spelled(digest).split(), digest_words(digest).split()
    assert len(pairs) == 32
    assert words == [WORDS[int(pair, 16)] for pair in pairs[:8]]


def damage(folder: Path) -> None:
    (folder / "authority" / "ca.key").write_text("no key")


def lose(folder: Path) -> None:
    (folder / "authority" / "ca.crt").unlink()


def mix_up(folder: Path) -> None:
    other = authority_in(folder / "other", HOSTS, "hub-pi", NOW)
    assert other.certificate
    (folder / "other" / "ca.key").replace(folder / "authority" / "ca.key")


@pytest.mark.parametrize(
    ("done", "told"),
    [
        (damage, "ca.key or ca.crt is damaged: .*; next: restore both from a backup"),
        (mix_up, "one isn't the other's; next: restore both"),
        (lose, "can't be written or read: No such file"),
    ],
)
def test_one_that_is_damaged_is_never_replaced_by_itself(
    tmp_path: Path, done: object, told: str
) -> None:
    made(tmp_path)
    assert callable(done)
    done(tmp_path)
    with pytest.raises(ConfigError, match=told):
        made(tmp_path)


def test_a_host_that_it_can_t_vouch_for_is_named_with_the_next_step(tmp_path: Path) -> None:
    made(tmp_path)
    with pytest.raises(ConfigError, match=r"can't vouch for gate.example.net; next: take a name"):
        made(tmp_path, hosts=(*HOSTS, "gate.example.net"))
    made(tmp_path, hosts=(*HOSTS, "gate.hub.example.org", "192.168.7.7"))


def test_a_clock_in_the_past_makes_none_and_an_end_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="says 01 January 1970, which is past; next: set it"):
        made(tmp_path, now=datetime(1970, 1, 1, tzinfo=UTC))
    made(tmp_path)
    with pytest.raises(ConfigError, match="past its end; next: remove the directory"):
        made(tmp_path, now=NOW + timedelta(days=3650))


def test_a_directory_that_can_t_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="next: let the hub's user own it"):
        made(tmp_path / "file")
