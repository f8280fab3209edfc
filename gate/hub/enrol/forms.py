"""What a manager writes to add units; each fault in words by its field."""

from typing import Any, Final

from django import forms

from gate.errors import ConfigError
from gate.hub.enrol.codes import MAX_AT_ONCE
from gate.hub.enrol.models import Directions
from gate.trust.enrolment import MAX_LIFE, MIN_LIFE
from gate.trust.hub_address import MAX_ADDRESS_CHARS
from gate.trust.network import (
    MAX_APN_CHARS,
    MAX_LOGIN_CHARS,
    MAX_PASSPHRASE_CHARS,
    MAX_PROXY_CHARS,
    MAX_SSID_BYTES,
    Modem,
    Network,
    StaticAddress,
    WiFi,
    Wired,
)
from gate.trust.place import MAX_NAME_CHARS

LINKS: Final = (
    ("wired", "Ethernet cable"),
    ("wifi", "Wi-Fi"),
    ("modem", "4G modem"),
)
USUAL_DAYS: Final = 14

_FIELD_OF: Final = {
    "Wi-Fi name": "ssid",
    "Wi-Fi password": "passphrase",
    "APN": "apn",
    "modem's user": "user",
    "modem's password": "password",
    "SIM's PIN": "pin",
    "address": "address",
    "gateway": "gateway",
    "name servers": "servers",
    "proxy": "proxy",
}
"""Whose fault it is, by how the fault begins (gate.trust.network)."""


def _text(max_chars: int, missing: str = "") -> forms.CharField:
    words = {"max_length": f"At most {max_chars} characters."}
    if missing:
        words["required"] = missing
    return forms.CharField(max_length=max_chars, required=bool(missing), error_messages=words)


def _secret(max_chars: int) -> forms.CharField:
    words = {"max_length": f"At most {max_chars} characters."}
    return forms.CharField(max_length=max_chars, required=False, strip=False, error_messages=words)


def _number(low: int, high: int) -> forms.IntegerField:
    told = f"Write a number from {low} to {high}."
    return forms.IntegerField(
        min_value=low,
        max_value=high,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), told),
    )


class AddUnitForm(forms.Form):
    """Names, days, the hub's own address, and the network."""

    name = _text(MAX_NAME_CHARS - 3, "Write a name, such as Gate A.")
    count = _number(1, MAX_AT_ONCE)
    directions = forms.ChoiceField(
        choices=Directions.choices,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose one of the three."),
    )
    days = _number(MIN_LIFE.days, MAX_LIFE.days)
    url = _text(MAX_ADDRESS_CHARS, "Write this hub's address as the units reach it.")
    link = forms.ChoiceField(
        choices=LINKS,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose one of the three."),
    )
    ssid = _text(MAX_SSID_BYTES)
    passphrase = _secret(MAX_PASSPHRASE_CHARS)
    hidden = forms.BooleanField(required=False)
    apn = _text(MAX_APN_CHARS)
    user = _text(MAX_LOGIN_CHARS)
    password = _secret(MAX_LOGIN_CHARS)
    pin = _text(8)
    address = _text(18)
    gateway = _text(15)
    servers = _text(60)
    proxy = _text(MAX_PROXY_CHARS)

    def clean(self) -> dict[str, Any]:
        """Put the network together from what belongs to its link; `network` is what it is."""
        found: dict[str, Any] = super().clean() or {}
        if "link" in found:
            try:
                found["network"] = _network(found)
            except ConfigError as error:
                for fault in error.faults:
                    self.add_error(_field_of(fault), f"{fault[:1].upper()}{fault[1:]}.")
        return found


def _network(found: dict[str, Any]) -> Network:
    return Network(
        link=_link(found), static=_static(found), proxy=str(found.get("proxy", "")).lower()
    )


def _link(found: dict[str, Any]) -> Wired | WiFi | Modem:
    def said(name: str) -> str:
        return str(found.get(name, ""))

    match found["link"]:
        case "wifi":
            return WiFi(
                ssid=said("ssid"), passphrase=said("passphrase"), hidden=bool(found.get("hidden"))
            )
        case "modem":
            return Modem(
                apn=said("apn"), user=said("user"), password=said("password"), pin=said("pin")
            )
        case _:
            return Wired()


def _static(found: dict[str, Any]) -> StaticAddress | None:
    address, gateway, servers = (
        str(found.get(key, "")) for key in ("address", "gateway", "servers")
    )
    if not (address or gateway or servers):
        return None
    split = tuple(servers.replace(",", " ").split())
    return StaticAddress(address=address, gateway=gateway, servers=split)


def _field_of(fault: str) -> str | None:
    return next((field for words, field in _FIELD_OF.items() if fault.startswith(words)), None)
