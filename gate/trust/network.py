"""How a unit reaches the network, as a set-up code says it: cable, Wi-Fi or a modem. Pure.

A value that exists can be handed to the machine's network service as it is; what is wrong with one
is a ConfigError that names every fault. On the wire it is a small map (`network_map`), which
`read_network` reads back.

Invariant: `read_network(network_map(network)) == network`; of any other value it is a ConfigError.
"""

import ipaddress
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from gate.errors import ConfigError
from gate.signing import cbor

MAX_SSID_BYTES: Final = 32
"""IEEE 802.11-2020, 9.4.2.2."""

MIN_PASSPHRASE_CHARS, MAX_PASSPHRASE_CHARS = 8, 63
"""IEEE 802.11-2020, J.4.1: printable ASCII."""

MAX_APN_CHARS: Final = 63
"""3GPP TS 23.003, 9.1: 62 characters and a dot's room."""

MAX_LOGIN_CHARS: Final = 64
MAX_SERVERS: Final = 3
"""MAXNS of resolv.conf(5): more are never asked."""

MAX_PROXY_CHARS: Final = 120
"""A code has to fit a symbol that a camera reads; an address takes 21, a usual name 40."""

PROXY_ALLOWED: Final = f"HOST:PORT, at most {MAX_PROXY_CHARS} characters, such as 192.0.2.3:3128"

_MAX_PORT: Final = 65_535
_PROXY: Final = re.compile(
    rf"(?=.{{3,{MAX_PROXY_CHARS}}}\Z)(?P<host>[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?):(?P<port>[1-9][0-9]{{0,4}})"
)
_PASSPHRASE: Final = re.compile(rf"[ -~]{{{MIN_PASSPHRASE_CHARS},{MAX_PASSPHRASE_CHARS}}}")
_APN: Final = re.compile(rf"[A-Za-z0-9.-]{{1,{MAX_APN_CHARS}}}")
_PIN: Final = re.compile(r"[0-9]{4,8}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wired:
    """An Ethernet cable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WiFi:
    """A Wi-Fi network; without a passphrase an open one."""

    ssid: str
    passphrase: str = field(default="", repr=False)
    hidden: bool = False

    def __post_init__(self) -> None:
        _refuse(_wifi_faults(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class Modem:
    """A 4G modem."""

    apn: str
    user: str = ""
    password: str = field(default="", repr=False)
    pin: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        _refuse(_modem_faults(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticAddress:
    """An address of the unit's own, for a network without DHCP.

    Attributes:
        address: with the length of its network's prefix, such as 192.0.2.20/24.
        gateway: the way out of that network.
        servers: that are asked for names.
    """

    address: str
    gateway: str
    servers: tuple[str, ...]

    def __post_init__(self) -> None:
        _refuse(_address_faults(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """By what, and with which address; None: the network gives one.

    Attributes:
        link: what reaches it.
        static: an address of the unit's own.
        proxy: HOST:PORT of what lets the unit out of it (HTTP, by CONNECT); empty: nothing has to.
    """

    link: Wired | WiFi | Modem
    static: StaticAddress | None = None
    proxy: str = ""

    def __post_init__(self) -> None:
        if self.proxy and not is_proxy(self.proxy):
            _refuse(iter([f"proxy {self.proxy[:40]!r}: allowed: {PROXY_ALLOWED}"]))
        if self.static is not None and isinstance(self.link, Modem):
            _refuse(iter(["address: a modem's network gives one; leave the static address out"]))


def is_proxy(text: str) -> bool:
    """Tell whether a text says where a proxy is."""
    match = _PROXY.fullmatch(text)
    return match is not None and 1 <= int(match["port"]) <= _MAX_PORT


def network_map(network: Network) -> dict[cbor.Key, cbor.Encodable]:
    """Return the network as a code carries it: 1 link, 2 what belongs to it, 3 address, 4 proxy."""
    found: dict[cbor.Key, cbor.Encodable] = {}
    match network.link:
        case Wired():
            found = {1: 0, 2: []}
        case WiFi() as wifi:
            found = {1: 1, 2: [wifi.ssid, wifi.passphrase, int(wifi.hidden)]}
        case Modem() as modem:
            found = {1: 2, 2: [modem.apn, modem.user, modem.password, modem.pin]}
    if network.static is not None:
        found[3] = [network.static.address, network.static.gateway, *network.static.servers]
    if network.proxy:
        found[4] = network.proxy
    return found


def read_network(value: object) -> Network:
    """Return the network that a map describes.

    Raises:
        ConfigError: it describes none, or one with faults.
    """
    if not isinstance(value, Mapping) or not set(value) <= {1, 2, 3, 4}:
        raise ConfigError("network", ["not one of the three kinds"])
    match value:
        case {1: int(kind), 2: list(parts)}:
            link = _link(kind, parts)
        case _:
            raise ConfigError("network", ["not one of the three kinds"])
    static = _static(value[3]) if 3 in value else None
    return Network(link=link, static=static, proxy=_proxy(value[4]) if 4 in value else "")


def _link(kind: int, parts: list[object]) -> Wired | WiFi | Modem:
    match kind, parts:
        case 0, []:
            return Wired()
        case 1, [str(ssid), str(passphrase), (0 | 1) as hidden]:
            return WiFi(ssid=ssid, passphrase=passphrase, hidden=hidden == 1)
        case 2, [str(apn), str(user), str(password), str(pin)]:
            return Modem(apn=apn, user=user, password=password, pin=pin)
        case _:
            raise ConfigError("network", ["not one of the three kinds"])


def _static(value: object) -> StaticAddress:
    match value:
        case [str(address), str(gateway), *servers] if all(isinstance(it, str) for it in servers):
            names = tuple(map(str, servers))
            return StaticAddress(address=address, gateway=gateway, servers=names)
        case _:
            raise ConfigError("network", ["address: not an address, a gateway and servers"])


def _proxy(value: object) -> str:
    match value:
        case str(text) if text:
            return text
        case _:
            raise ConfigError("network", [f"proxy: allowed: {PROXY_ALLOWED}"])


def _refuse(faults: Iterator[str]) -> None:
    found = list(faults)
    if found:
        raise ConfigError("network", found)


def _wifi_faults(wifi: WiFi) -> Iterator[str]:
    size = len(wifi.ssid.encode("utf-8", "replace"))
    if not wifi.ssid.isprintable() or not 1 <= size <= MAX_SSID_BYTES:
        yield f"Wi-Fi name {wifi.ssid[:40]!r}: allowed: 1 to {MAX_SSID_BYTES} bytes, printable"
    if wifi.passphrase and not _PASSPHRASE.fullmatch(wifi.passphrase):
        yield (
            f"Wi-Fi password of {len(wifi.passphrase)} characters: allowed:"
            f" {MIN_PASSPHRASE_CHARS} to {MAX_PASSPHRASE_CHARS} of ASCII, or none"
        )


def _modem_faults(modem: Modem) -> Iterator[str]:
    if not _APN.fullmatch(modem.apn):
        allowed = f"1 to {MAX_APN_CHARS} letters, digits, dots and hyphens"
        yield f"APN {modem.apn[:40]!r}: allowed: {allowed}"
    for name, text in (("user", modem.user), ("password", modem.password)):
        if len(text) > MAX_LOGIN_CHARS or not text.isprintable():
            yield f"modem's {name}: allowed: at most {MAX_LOGIN_CHARS} printable characters"
    if modem.pin and not _PIN.fullmatch(modem.pin):
        yield "SIM's PIN: allowed: 4 to 8 digits, or none"


def _address_faults(static: StaticAddress) -> Iterator[str]:
    own = _interface(static.address)
    if own is None:
        yield f"address {static.address[:40]!r}: allowed: such as 192.0.2.20/24"
    elif str(own) != static.address or own.ip in {own.network.network_address, _broadcast(own)}:
        yield f"address {static.address[:40]!r}: not one that a unit can have in its network"
    gateway = _host(static.gateway)
    if gateway is None or (own is not None and gateway not in own.network):
        yield f"gateway {static.gateway[:40]!r}: allowed: an address in the unit's own network"
    if not 1 <= len(static.servers) <= MAX_SERVERS or None in map(_host, static.servers):
        said = ", ".join(static.servers)[:40]
        yield f"name servers {said!r}: allowed: 1 to {MAX_SERVERS} addresses"


def _broadcast(own: ipaddress.IPv4Interface) -> ipaddress.IPv4Address:
    return own.network.broadcast_address


def _interface(text: str) -> ipaddress.IPv4Interface | None:
    try:
        found = ipaddress.IPv4Interface(text)
    except ValueError:
        return None
    return found if found.network.prefixlen <= 30 and "/" in text else None


def _host(text: str) -> ipaddress.IPv4Address | None:
    try:
        found = ipaddress.IPv4Address(text)
    except ValueError:
        return None
    return found if str(found) == text else None
