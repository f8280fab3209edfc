"""A network as a profile of NetworkManager's, in the words of its keyfile (nm-settings-keyfile(5)).

Pure. A profile holds passwords, so it is a file that root alone may read, never an argument of a
command, which everybody on the machine may read.
"""

from collections.abc import Iterator
from typing import Final

from gate.trust.network import Modem, Network, StaticAddress, WiFi, Wired

_ESCAPED: Final = {"\\": "\\\\", " ": "\\s"}
"""GLib's key files: a blank at the beginning and a backslash anywhere are escaped."""


def write_profile(network: Network, name: str) -> str:
    """Return the profile of that name; at each start it comes up by itself."""
    return "\n".join(_lines(network, name)) + "\n"


def _lines(network: Network, name: str) -> Iterator[str]:
    yield from ("[connection]", f"id={name}", f"type={_type(network.link)}")
    yield from ("autoconnect=true", "autoconnect-priority=100", "")
    yield from _link(network.link)
    yield from _address(network.static)
    yield from ("", "[ipv6]", "method=auto")


def _type(link: Wired | WiFi | Modem) -> str:
    match link:
        case Wired():
            return "ethernet"
        case WiFi():
            return "wifi"
        case Modem():
            return "gsm"


def _link(link: Wired | WiFi | Modem) -> Iterator[str]:
    match link:
        case WiFi():
            octets = "".join(f"{octet};" for octet in link.ssid.encode())
            yield from ("[wifi]", "mode=infrastructure", f"ssid={octets}")
            yield from (f"hidden={str(link.hidden).lower()}", "")
            if link.passphrase:
                yield from ("[wifi-security]", "key-mgmt=wpa-psk", f"psk={_text(link.passphrase)}")
                yield ""
        case Modem():
            yield from ("[gsm]", f"apn={_text(link.apn)}")
            for key, value in (("username", link.user), ("password", link.password)):
                if value:
                    yield f"{key}={_text(value)}"
            if link.pin:
                yield f"pin={link.pin}"
            yield ""
        case Wired():
            pass


def _address(static: StaticAddress | None) -> Iterator[str]:
    if static is None:
        yield from ("[ipv4]", "method=auto")
        return
    servers = "".join(f"{server};" for server in static.servers)
    yield from ("[ipv4]", "method=manual", f"address1={static.address},{static.gateway}")
    yield f"dns={servers}"


def _text(value: str) -> str:
    """Return a value as a key file has it."""
    escaped = value.replace("\\", _ESCAPED["\\"])
    return _ESCAPED[" "] + escaped[1:] if escaped.startswith(" ") else escaped
