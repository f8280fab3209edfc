"""A site with people: lists and pictures to import, workers who were inducted, their passes."""

import csv
import io
import shutil
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any, Final

import pytest
from PIL import Image

from gate.hub.people.bundle import opened
from gate.hub.people.facts import FIELDS, Facts
from gate.hub.people.frames import key_of
from gate.hub.people.giving import give_passes
from gate.hub.people.importing import Judged, judge_list
from gate.hub.people.inducting import Session, induct
from gate.hub.people.models import Checked, Person, PersonPass
from gate.hub.people.register import Newcomer, add_people
from gate.hub.sites.models import Site
from tests.hub.passes.conftest import ANN, hub_config

GOOD: Final = {
    "name": "Jane Example",
    "company": "Scaffold Ltd",
    "scheme": "cscs",
    "card_number": "12345678",
    "card_type": "labourer",
    "card_expires": "2099-05-31",
    "language": "",
    "photo": "",
}


@pytest.fixture
def own_files(db: None) -> Iterator[None]:  # noqa: ARG001 - opens the database
    """The files of desks outlive a test's transaction: take them away after it."""
    yield
    for path in (hub_config().data / "desks", hub_config().data / "fleet"):
        shutil.rmtree(path, ignore_errors=True)


def picture(size: tuple[int, int] = (120, 160), form: str = "JPEG", **save: Any) -> bytes:  # noqa: ANN401 - Pillow's
    out = BytesIO()
    Image.new("RGB", size, "teal").save(out, form, **save)
    return out.getvalue()


def table(*changes: Mapping[str, str], head: Sequence[str] = tuple(FIELDS)) -> bytes:
    """Return a list with a line for each of some changes to a good one."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, head)
    writer.writeheader()
    writer.writerows({**GOOD, **change} for change in changes)
    return out.getvalue().encode()


def zipped(files: Mapping[str, bytes]) -> BytesIO:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    out.seek(0)
    return out


def judged(site: Site, file: BytesIO, name: str = "people.zip") -> Judged:
    with opened(file, name) as bundle:
        return judge_list(site, key_of(site), bundle)


def worker(site: Site, now: datetime, number: str = "12345678", **changes: Any) -> Person:  # noqa: ANN401 - Facts'
    """Add somebody with a card."""
    usual: dict[str, Any] = {
        "name": "Jane Example",
        "company": "Scaffold Ltd",
        "scheme": "cscs",
        "number": number,
        "card_type": "labourer",
        "last_day": date(2099, 5, 31),
    }
    photo = changes.pop("photo", None)
    newcomer = Newcomer(facts=Facts(**usual | changes), issuer="cscs", photo=photo)
    return add_people(site, key_of(site), [newcomer], now)[0]


def session(now: datetime, **changes: Any) -> Session:  # noqa: ANN401 - Session's
    usual: dict[str, Any] = {
        "edition": 3,
        "last_day": date(now.year + 1, 1, 31),
        "checked": Checked.EYE,
        "checked_by": "Ann",
    }
    return Session(**usual | changes)


def inducted(site: Site, now: datetime, number: str = "12345678", **changes: Any) -> Person:  # noqa: ANN401 - Facts'
    person = worker(site, now, number, **changes)
    induct(site, [person], session(now), by=ANN, now=now)
    return person


def given(person: Person, now: datetime) -> PersonPass:
    return give_passes(person.site, key_of(person.site), [person], by=ANN, now=now)[0]
