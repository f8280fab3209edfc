"""What a manager writes of a person and of their scheme card, judged field by field.

The same judgement serves a line of a list and the form for one person.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from gate.access.kinds import Text
from gate.access.languages import Language, language_called
from gate.card.names import MAX_NAME_BYTES, is_name
from gate.hub.passes.scheme_card import card_faults, code_of
from gate.hub.people.models import MAX_COMPANY_CHARS

COMPANY: Final = Text(max_chars=MAX_COMPANY_CHARS)

FIELDS: Final = {
    "name": "the name, as it stands on the card",
    "company": "who the person works for",
    "scheme": "whose card it is, such as cscs or ecs",
    "card_number": "the number on the card",
    "card_type": "what kind of card it is, such as labourer",
    "card_expires": "the last day of the card, as 2027-05-31 or 31/05/2027",
    "language": "what screens at the gate speak to them, such as pl or Polish, if they ask for it",
    "photo": "the name of the picture's file",
}
"""What is asked of a person, in the order of a list's columns."""

_ISO: Final = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})", re.ASCII)
_BRITISH: Final = re.compile(r"([0-9]{1,2})[/.]([0-9]{1,2})[/.]([0-9]{4})", re.ASCII)
_CARD_FIELDS: Final = {"number": "card_number", "expires_on": "card_expires"}
_MISSING: Final = {
    "name": "write the name as it stands on the card",
    "company": "write who the person works for; a person of no company works for themselves",
    "scheme": "write whose card it is, such as cscs",
    "card_number": "write the number on the card",
    "card_type": "write what kind of card it is, such as labourer",
    "card_expires": "write the card's last day, as 2027-05-31",
}
SHOWN_CHARS: Final = 60
"""Of a value that is wrong, so many characters are told back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Somebody with a scheme card; `photo` is a file's name, empty for none."""

    name: str
    company: str
    scheme: str
    number: str
    card_type: str
    last_day: date
    language: Language | None = None
    photo: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong with one value, and what to do."""

    field: str
    value: str
    step: str


def tidy(text: str) -> str:
    """Return a value as it is judged: without space around it, letters composed."""
    return unicodedata.normalize("NFC", " ".join(text.split(" "))).strip()


def judge(values: Mapping[str, str]) -> tuple[Facts | None, list[Fault]]:
    """Return what was written of somebody, or every fault in it."""
    given = {field: tidy(values.get(field, "")) for field in FIELDS}
    faults = [
        Fault(field=field, value="", step=step)
        for field, step in _MISSING.items()
        if not given[field]
    ]
    if given["name"] and not is_name(given["name"]):
        step = f"letters, digits, spaces and hyphens, at most {MAX_NAME_BYTES} bytes"
        faults.append(_fault("name", given, step))
    if given["company"] and COMPANY.read(given["company"]) is None:
        faults.append(_fault("company", given, f"write {COMPANY.allowed}"))
    last_day = day_of(given["card_expires"])
    if given["card_expires"] and last_day is None:
        faults.append(_fault("card_expires", given, "write a day as 2027-05-31 or 31/05/2027"))
    faults += _card_faults(given, last_day)
    language = language_called(given["language"])
    if given["language"] and language is None:
        step = f"write one of {', '.join(Language)}, or nothing: the site's language is spoken then"
        faults.append(_fault("language", given, step))
    if faults or last_day is None:
        return None, _in_order(faults)
    return (
        Facts(
            name=given["name"],
            company=given["company"],
            scheme=given["scheme"],
            number=given["card_number"],
            card_type=given["card_type"],
            last_day=last_day,
            language=language,
            photo=given["photo"],
        ),
        [],
    )


def day_of(text: str) -> date | None:
    """Return a day written as 2027-05-31 or, as Britain's spreadsheets do, 31/05/2027."""
    iso, british = _ISO.fullmatch(text), _BRITISH.fullmatch(text)
    try:
        if iso is not None:
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        if british is not None:
            return date(int(british[3]), int(british[2]), int(british[1]))
    except ValueError:
        return None
    return None


def _card_faults(given: Mapping[str, str], last_day: date | None) -> list[Fault]:
    told = card_faults(
        code_of(given["scheme"]),
        given["card_number"],
        code_of(given["card_type"]),
        last_day or date(2030, 1, 1),
    )
    faults = []
    for words in told:
        named, _, _ = words.partition(": ")
        field = _CARD_FIELDS.get(named, named)
        if given[field]:
            faults.append(_fault(field, given, f"write {words.partition('allowed: ')[2]}"))
    return faults


def _fault(field: str, given: Mapping[str, str], step: str) -> Fault:
    return Fault(field=field, value=given[field][:SHOWN_CHARS], step=step)


def _in_order(faults: list[Fault]) -> list[Fault]:
    order = list(FIELDS)
    return sorted(faults, key=lambda fault: order.index(fault.field))
