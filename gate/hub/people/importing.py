"""Taking in a list of people: judged whole first, then written whole or not at all.

Pictures are made into portraits while the list is judged, which is most of the time it takes and
holds no lock.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gate.errors import ConfigError
from gate.hub.people.bundle import Bundle, plain_name
from gate.hub.people.facts import SHOWN_CHARS, Facts, Fault, judge
from gate.hub.people.models import Person, PersonCard
from gate.hub.people.photos import portrait
from gate.hub.people.register import Newcomer, add_people, issuers_of
from gate.hub.people.table import Line, read_table
from gate.hub.sites.models import Site
from gate.trust.person import person_key

_PICTURE_ENDS: Final = (".jpg", ".jpeg", ".png")


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFault:
    """What is wrong in one line of a list."""

    line: int
    fault: Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A list that was judged; with any fault in it, nobody of it is taken.

    Attributes:
        newcomers: whom it would add.
        known: how many stand in it who are here already, by card and name.
        faults: by line.
        spare: pictures that nobody's line names.
    """

    newcomers: tuple[Newcomer, ...]
    known: int
    faults: tuple[LineFault, ...]
    spare: tuple[str, ...]


def judge_list(site: Site, site_key: bytes, bundle: Bundle) -> Judged:
    """Judge a list and its pictures.

    Raises:
        ConfigError: it can't be read as a list.
    """
    lines = read_table(bundle.table, bundle.name)
    read = [(line, *_facts(line)) for line in lines]
    faults = [LineFault(line=line.number, fault=one) for line, _, found in read for one in found]
    good = [(line.number, facts) for line, facts, _ in read if facts is not None]
    issuers = issuers_of(facts.scheme for _, facts in good)
    keys = {
        number: person_key(site_key, issuers[facts.scheme], facts.number) for number, facts in good
    }
    faults += _twice(good, keys)
    known, taken = _known(site, good, keys)
    faults += taken
    used: set[str] = set()
    newcomers = []
    for number, facts in good:
        if number in known:
            used |= set(_picture_names(facts))
            continue
        photo, wrong = _photo(bundle, facts, used)
        faults += [LineFault(line=number, fault=one) for one in wrong]
        newcomers.append(Newcomer(facts=facts, issuer=issuers[facts.scheme], photo=photo))
    return Judged(
        newcomers=tuple(newcomers),
        known=len(known),
        faults=tuple(sorted(faults, key=lambda one: one.line)),
        spare=tuple(sorted(set(bundle.pictures) - used)),
    )


def import_people(site: Site, site_key: bytes, judged: Judged, now: datetime) -> list[Person]:
    """Add everybody of a list without fault.

    Raises:
        ConfigError: a card became another person's meanwhile; nobody was added.
    """
    assert not judged.faults  # noqa: S101 - the caller shows them
    return add_people(site, site_key, judged.newcomers, now)


def _facts(line: Line) -> tuple[Facts | None, list[Fault]]:
    facts, faults = judge(line.values)
    if "" in line.values:
        step = "a cell too many; put quotation marks around a value that holds a comma"
        return None, [*faults, Fault(field="", value=line.values[""][:SHOWN_CHARS], step=step)]
    return facts, faults


def _twice(good: list[tuple[int, Facts]], keys: dict[int, bytes]) -> Iterator[LineFault]:
    first: dict[bytes, int] = {}
    for number, facts in good:
        before = first.setdefault(keys[number], number)
        if before != number:
            step = f"stands in line {before} already; take one of the two out"
            fault = Fault(field="card_number", value=facts.number, step=step)
            yield LineFault(line=number, fault=fault)


def _known(
    site: Site, good: list[tuple[int, Facts]], keys: dict[int, bytes]
) -> tuple[set[int], list[LineFault]]:
    """Return the lines of who is here already, and a fault for each card that is another's."""
    there = PersonCard.objects.filter(site=site).values_list("key", "person__name")
    owners = {bytes(key): name for key, name in there}
    known, faults = set(), []
    for number, facts in good:
        owner = owners.get(keys[number])
        if owner == facts.name:
            known.add(number)
        elif owner is not None:
            step = f"is the card of {owner} here; put the name or the number right"
            fault = Fault(field="card_number", value=facts.number, step=step)
            faults.append(LineFault(line=number, fault=fault))
    return known, faults


def _picture_names(facts: Facts) -> list[str]:
    """Return the names of the file that is somebody's picture: told, or the card's number."""
    if facts.photo:
        return [plain_name(facts.photo)]
    return [plain_name(facts.number + end) for end in _PICTURE_ENDS]


def _photo(bundle: Bundle, facts: Facts, used: set[str]) -> tuple[bytes | None, list[Fault]]:
    name = next((one for one in _picture_names(facts) if one in bundle.pictures), None)
    if name is None:
        if not facts.photo:
            return None, []
        step = "no such picture came with the list; put it in the zip, or empty the cell"
        return None, [Fault(field="photo", value=facts.photo[:SHOWN_CHARS], step=step)]
    used.add(name)
    try:
        data = bundle.picture(name)
        return None if data is None else portrait(data), []
    except ConfigError as error:
        shown = facts.photo[:SHOWN_CHARS] or name
        return None, [Fault(field="photo", value=shown, step="; ".join(error.faults))]
