"""A unit's network as a set-up code says it."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.errors import ConfigError
from gate.signing import cbor
from gate.trust.network import (
    Modem,
    Network,
    StaticAddress,
    WiFi,
    Wired,
    network_map,
    read_network,
)
from tests.trust.set_up_codes import STATIC, networks


# Invariant: what a network's map says is that network.
@given(networks)
def test_a_network_is_read_as_it_was_written(network: Network) -> None:
    assert read_network(cbor.decode(cbor.encode(network_map(network)))) == network


_values = st.recursive(
    st.integers(-1, 3) | st.text(max_size=9) | st.binary(max_size=4),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.integers(0, 4), inner),
    max_leaves=9,
)


# Invariant: any other value is ConfigError.
@given(_values)
def test_any_value_is_a_network_or_a_fault(value: Any) -> None:  # noqa: ANN401 - whatever CBOR holds
    try:
        network = read_network(value)
    except ConfigError:
        return
    assert network_map(network) == value


@pytest.mark.parametrize(
    ("make", "told"),
    [
        pytest.param(lambda: WiFi(ssid=""), "Wi-Fi name ''", id="no name"),
        pytest.param(lambda: WiFi(ssid="é" * 17), "1 to 32 bytes", id="a name of 34 bytes"),
        pytest.param(lambda: WiFi(ssid="a\nb"), "printable", id="a name of two lines"),
        pytest.param(
            lambda: WiFi(ssid="Site", passphrase="7 chars"),
            "Wi-Fi password of 7 characters: allowed: 8 to 63",
            id="a short password",
        ),
        pytest.param(lambda: WiFi(ssid="Site", passphrase="x" * 64), "64 char", id="a long one"),
        pytest.param(lambda: WiFi(ssid="S", passphrase="passwörter"), "ASCII", id="not ASCII"),
        pytest.param(lambda: Modem(apn=""), "APN ''", id="no APN"),
        pytest.param(lambda: Modem(apn="a b"), "APN 'a b'", id="an APN with a blank"),
        pytest.param(lambda: Modem(apn="x", user="\n"), "modem's user", id="a user of two lines"),
        pytest.param(lambda: Modem(apn="x", password="y" * 65), "modem's password", id="too long"),
        pytest.param(lambda: Modem(apn="x", pin="12e4"), "SIM's PIN", id="a PIN with a letter"),
        pytest.param(
            lambda: Network(link=Wired(), proxy="http://p:3128"),
            "proxy 'http://p:3128'",
            id="a URL",
        ),
        pytest.param(lambda: Network(link=Wired(), proxy="p"), "HOST:PORT", id="no port"),
        pytest.param(
            lambda: Network(link=Wired(), proxy="p:65536"), "HOST:PORT", id="no such port"
        ),
        pytest.param(lambda: Network(link=Wired(), proxy=":1"), "HOST:PORT", id="no host"),
        pytest.param(
            lambda: Network(link=Wired(), proxy="p" * 119 + ":1"), "at most 120", id="long"
        ),
        pytest.param(
            lambda: Network(link=Modem(apn="x"), static=STATIC),
            "modem's network gives one",
            id="a modem with an address",
        ),
    ],
)
def test_a_network_that_none_can_be_is_refused(make: Any, told: str) -> None:  # noqa: ANN401 - a builder
    with pytest.raises(ConfigError, match=re.escape(told)):
        make()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        pytest.param({"address": "192.0.2.20"}, "such as 192.0.2.20/24", id="no prefix"),
        pytest.param({"address": "192.0.2.300/24"}, "such as", id="no address"),
        pytest.param({"address": "fe80::1/64"}, "such as", id="of version 6"),
        pytest.param({"address": "192.0.2.0/24"}, "not one that a unit", id="the network's own"),
        pytest.param({"address": "192.0.2.255/24"}, "not one that a unit", id="the broadcast"),
        pytest.param({"address": "192.0.2.20/32"}, "such as", id="a network of one"),
        pytest.param({"address": "192.0.2.20/255.255.255.0"}, "not one that", id="another form"),
        pytest.param({"gateway": "198.51.100.1"}, "unit's own network", id="a gateway elsewhere"),
        pytest.param({"gateway": "x"}, "gateway 'x'", id="no gateway"),
        pytest.param({"servers": ()}, "1 to 3 addresses", id="no server"),
        pytest.param({"servers": ("192.0.2.53",) * 4}, "1 to 3", id="four servers"),
        pytest.param({"servers": ("dns.example",)}, "1 to 3", id="a server's name"),
    ],
)
def test_an_address_that_no_unit_can_have_is_refused(changes: dict[str, Any], told: str) -> None:
    usual = {"address": STATIC.address, "gateway": STATIC.gateway, "servers": STATIC.servers}
    with pytest.raises(ConfigError, match=re.escape(told)):
        StaticAddress(**(usual | changes))


def test_every_fault_of_an_address_is_named_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        StaticAddress(address="x", gateway="y", servers=("z",))
    assert len(caught.value.faults) == 3


def test_no_password_is_shown_when_printed() -> None:
    said = repr(
        [WiFi(ssid="S", passphrase="s3cret-s3cret"), Modem(apn="x", password="pw", pin="1234")]
    )
    assert not re.search(r"s3cret|pw|1234", said)


def test_a_cable_alone_is_two_bytes_and_their_keys() -> None:
    assert cbor.encode(network_map(Network(link=Wired()))) == bytes.fromhex("a201000280")
