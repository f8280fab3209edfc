"""The names and addresses by which browsers and units reach this hub, for its certificate.

Those of the hub's file, the machine's own name, and the addresses that it listens on: of a site's
network, where an address comes from a router and may be another tomorrow.
"""

import fcntl
import ipaddress
import re
import socket
import struct
from array import array
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from gate.hub.config import HubConfig

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Name = str | Address
"""A host's name in lower case (one that begins with a dot: itself and all below), or an address."""

_SIOCGIFCONF: Final = 0x8912
"""List of the interfaces' IPv4 addresses (netdevice(7))."""

_IFREQ_BYTES: Final = struct.calcsize("16s24s") if struct.calcsize("P") == 8 else 32
_MOST_ADDRESSES: Final = 128
_IF_INET6: Final = Path("/proc/self/net/if_inet6")
_HOST_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


def names_of(config: HubConfig) -> frozenset[Name]:
    """Return every name and address that the hub answers to now."""
    found = {read_name(host) for host in config.hosts} | set(_machine_names())
    address = ipaddress.ip_address(config.listen.rpartition(":")[0].strip("[]"))
    found |= set(machine_addresses()) if address.is_unspecified else {address}
    return frozenset(found)


def read_name(host: str) -> Name:
    """Return an address if a host's name is one."""
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return host


def hosts_of(names: Iterable[Name]) -> list[str]:
    """Spell them as a request's Host header has them."""
    return sorted(
        f"[{name}]" if isinstance(name, ipaddress.IPv6Address) else str(name) for name in names
    )


def machine_addresses() -> frozenset[Address]:
    """Return this machine's own addresses; one that needs its interface named is left out."""
    found: set[Address] = {*_ipv4(), *_ipv6()}
    return frozenset(one for one in found if not (one.version == 6 and one.is_link_local))


def _machine_names() -> Iterable[str]:
    """Return the machine's name, and the one under which mDNS announces it (RFC 6762, 3)."""
    name = socket.gethostname().partition(".")[0].lower()
    return (name, f"{name}.local") if _HOST_NAME.fullmatch(name) else ()


def _ipv4() -> Iterable[Address]:
    room = array("B", bytes(_MOST_ADDRESSES * _IFREQ_BYTES))
    start, size = room.buffer_info()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        told = fcntl.ioctl(asking, _SIOCGIFCONF, struct.pack("iP", size, start))
    (length,) = struct.unpack_from("i", told)
    for at in range(0, length, _IFREQ_BYTES):
        yield ipaddress.IPv4Address(room[at + 20 : at + 24].tobytes())


def _ipv6() -> Iterable[Address]:
    if not _IF_INET6.exists():  # a kernel without IPv6
        return
    for line in _IF_INET6.read_text("ascii").splitlines():
        yield ipaddress.IPv6Address(bytes.fromhex(line.split()[0]))
