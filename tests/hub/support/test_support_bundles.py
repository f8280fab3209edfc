"""A support bundle: asked for on the page Gates, told to that unit, taken once, and handed out."""

import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from html import unescape
from io import BytesIO
from typing import Any, Final

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from gate.errors import ConfigError
from gate.events.support import MAX_SUPPORT_BYTES, Support, sign_support
from gate.hub.audit.models import Record
from gate.hub.retention.running import run
from gate.hub.sites.models import Role, Site, Unit
from gate.hub.sites.services import add_user
from gate.hub.support.asking import GOOD_FOR, ask
from gate.hub.support.models import Ask, Bundle
from gate.hub.support.taking import KEPT_FOR
from gate.trust.support_ask import HEADER, open_ask
from tests.hub.gates import PASSWORD
from tests.hub.ingest.conftest import Sender, SimulatedUnit
from tests.hub.manifest.conftest import (
    Asker,
    asker,
    hub_key,
    ingest,
    neighbour,
    ruled,
    sender,
    signing_key,
    site,
    unit,
)

__all__ = [
    "asker",
    "hub_key",
    "ingest",
    "neighbour",
    "ruled",
    "sender",
    "signing_key",
    "site",
    "unit",
]

pytestmark = pytest.mark.django_db

PAGE: Final = "/sites/kings-wharf/gates/"


def zipped(text: str = "all is well") -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr(zipfile.ZipInfo("about.json"), text)
    return file.getvalue()


@pytest.fixture
def fitter(site: Site) -> Client:
    user = add_user(name="fitter", password=PASSWORD, roles={site.slug: Role.CONTRACTOR})
    client = Client()
    client.force_login(user)
    return client


def row(unit: SimulatedUnit) -> Unit:
    return Unit.objects.get(uid=unit.uid)


def words(client: Client) -> str:
    page = unescape(client.get(PAGE).content.decode())
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


def asked(unit: SimulatedUnit, before: timedelta = timedelta(0)) -> bytes:
    return bytes(ask(row(unit), by_name="Sam", now=timezone.now() - before).number)


def send(sender: Sender, unit: SimulatedUnit, number: bytes, **content: Any) -> Any:  # noqa: ANN401 - Django's test response
    message = sign_support(Support(number=number, **content), unit.key)
    return sender.post(unit.uid, message, "support")


def download(client: Client, unit: SimulatedUnit) -> Any:  # noqa: ANN401 - as above
    return client.get(f"{PAGE}{row(unit).pk}/support.zip")


def test_one_press_brings_the_bundle_to_the_page(
    fitter: Client, sender: Sender, unit: SimulatedUnit
) -> None:
    assert "no names, no cards, no keys" in words(fitter)
    assert download(fitter, unit).status_code == 404
    assert fitter.post(f"{PAGE}{row(unit).pk}/support/").status_code == 302
    assert "fitter asked for a support bundle on" in words(fitter)
    assert "It comes within a few minutes, by " in words(fitter)
    assert "Ask Gate A for a support bundle" not in words(fitter)

    number = bytes(Ask.objects.get().number)
    assert send(sender, unit, number, zip=zipped()).status_code == 204
    assert "1 kB, came on" in words(fitter)
    assert "It comes within" not in words(fitter)
    assert "Ask Gate A for a support bundle" in words(fitter)
    came = download(fitter, unit)
    assert (came.content, came["Content-Type"]) == (zipped(), "application/zip")
    assert re.search(r'"gate-a-support-\d{8}-\d{4}\.zip"', came["Content-Disposition"])
    acts = Record.objects.filter(place="Gate A").values_list("act", flat=True)
    assert sorted(acts) == ["asked_support", "took_support"]


@pytest.mark.parametrize("rules", [True, False], ids=["with rules", "without rules"])
def test_the_unit_that_is_asked_hears_it_and_no_other(
    request: pytest.FixtureRequest,
    asker: Asker,
    unit: SimulatedUnit,
    neighbour: SimulatedUnit,
    *,
    rules: bool,
) -> None:
    if rules:
        request.getfixturevalue("ruled")
    assert HEADER not in asker.get(unit, "manifest").headers
    number = asked(unit)
    answer = asker.get(unit, "manifest")
    assert answer.status_code == (200 if rules else 404)
    assert open_ask(answer[HEADER], asker.trusted, unit.uid) == number
    assert HEADER not in asker.get(neighbour, "manifest").headers


@pytest.mark.usefixtures("ruled")
def test_a_unit_that_answered_or_let_the_time_pass_hears_it_no_more(
    asker: Asker, sender: Sender, unit: SimulatedUnit, neighbour: SimulatedUnit
) -> None:
    send(sender, unit, asked(unit), zip=zipped())
    asked(neighbour, GOOD_FOR)
    for one in (unit, neighbour):
        assert HEADER not in asker.get(one, "manifest").headers


def test_a_press_while_one_is_under_way_is_refused_and_changes_nothing(
    fitter: Client, unit: SimulatedUnit
) -> None:
    number = asked(unit)
    again = fitter.post(f"{PAGE}{row(unit).pk}/support/")
    assert again.status_code == 409
    assert b"Gate A was asked by Sam already; wait for that bundle." in again.content
    assert bytes(Ask.objects.get().number) == number


def test_a_retired_unit_is_neither_asked_nor_heard(
    fitter: Client, sender: Sender, unit: SimulatedUnit
) -> None:
    number, one = asked(unit), row(unit)
    Unit.objects.update(retired_at=timezone.now())
    assert fitter.post(f"{PAGE}{one.pk}/support/").status_code == 404
    with pytest.raises(ConfigError, match="was retired"):
        ask(one, by_name="Sam", now=timezone.now())
    answer = send(sender, unit, number, zip=zipped())
    assert (answer.status_code, answer.json()["code"]) == (403, "retired")
    assert not Bundle.objects.exists()


def test_what_did_not_come_is_said_with_what_to_do(fitter: Client, unit: SimulatedUnit) -> None:
    asked(unit, GOOD_FOR)
    assert "It did not come. See whether the gate has power and network" in words(fitter)
    assert "gate doctor --bundle FILE" in words(fitter)
    assert "Ask Gate A for a support bundle" in words(fitter)


def test_a_unit_that_can_make_none_says_why_and_the_last_one_stays(
    fitter: Client, sender: Sender, unit: SimulatedUnit
) -> None:
    send(sender, unit, asked(unit), zip=zipped())
    assert send(sender, unit, asked(unit), fault="no room").status_code == 204
    assert "The gate says why there is none: no room" in words(fitter)
    assert download(fitter, unit).content == zipped()


def test_the_last_bundle_takes_the_place_of_the_one_before(
    fitter: Client, sender: Sender, unit: SimulatedUnit
) -> None:
    for text in ("one", "two"):
        send(sender, unit, asked(unit), zip=zipped(text))
    assert Bundle.objects.count() == 1
    assert download(fitter, unit).content == zipped("two")


def test_the_same_bundle_twice_is_answered_alike_and_kept_once(
    sender: Sender, unit: SimulatedUnit
) -> None:
    number = asked(unit)
    assert send(sender, unit, number, zip=zipped()).status_code == 204
    assert send(sender, unit, number, zip=zipped("other")).status_code == 204
    assert bytes(Bundle.objects.get().data) == zipped()


def test_a_bundle_that_was_not_asked_for_is_refused(
    sender: Sender, unit: SimulatedUnit, neighbour: SimulatedUnit
) -> None:
    number = asked(neighbour)
    for one in (unit, neighbour):
        answer = send(sender, one, number[::-1] if one is neighbour else number, zip=zipped())
        assert (answer.status_code, answer.json()["code"]) == (409, "not_asked")
    assert not Bundle.objects.exists()


def test_what_is_too_large_no_zip_or_by_another_key_is_refused(
    sender: Sender, unit: SimulatedUnit, neighbour: SimulatedUnit
) -> None:
    number = asked(unit)
    whole = sign_support(Support(number=number, zip=zipped()), unit.key)
    stranger = sign_support(Support(number=number, zip=zipped()), neighbour.key)
    for message, status, code in (
        (bytes(MAX_SUPPORT_BYTES + 1), 413, "too_large"),
        (whole[:-1], 400, "malformed"),
        (zipped(), 400, "malformed"),
        (stranger, 400, "malformed"),
    ):
        answer = sender.post(unit.uid, message, "support")
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not Bundle.objects.exists()
    assert Ask.objects.get().answered_at is None


@contextmanager
def full_disk() -> Iterator[None]:
    """Have no room for a bundle: by SQLite's own limit, or as PostgreSQL says it of a full disk."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            pages = cursor.execute("PRAGMA page_count").fetchone()[0]
            fill = f"PRAGMA max_page_count = {pages + 1}"
            empty = "PRAGMA max_page_count = 1073741823"
        else:
            says = "RAISE EXCEPTION 'no space left on device' USING ERRCODE = '53100'"
            fill = (
                "CREATE FUNCTION is_full() RETURNS trigger LANGUAGE plpgsql AS"
                f" $$ BEGIN {says}; END $$; CREATE TRIGGER is_full BEFORE INSERT ON"
                " support_bundle FOR EACH ROW EXECUTE FUNCTION is_full()"
            )
            empty = "DROP TRIGGER is_full ON support_bundle; DROP FUNCTION is_full()"
        cursor.execute(fill)
        try:
            yield
        finally:
            cursor.execute(empty)


@pytest.mark.django_db(transaction=True)
def test_a_hub_whose_disk_is_full_says_so_and_takes_it_later(
    sender: Sender, unit: SimulatedUnit
) -> None:
    number, large = asked(unit), zipped("x" * 400_000)
    with full_disk():
        answer = send(sender, unit, number, zip=large)
    assert (answer.status_code, answer.json()["code"]) == (507, "disk_full")
    assert int(answer["Retry-After"]) > 0
    assert Ask.objects.get().answered_at is None
    assert send(sender, unit, number, zip=large).status_code == 204


def test_a_bundle_goes_after_two_weeks(
    fitter: Client, sender: Sender, unit: SimulatedUnit, neighbour: SimulatedUnit
) -> None:
    for one in (unit, neighbour):
        send(sender, one, asked(one), zip=zipped())
    old = timezone.now() - KEPT_FOR - timedelta(minutes=1)
    Bundle.objects.filter(unit=row(unit)).update(at=old)
    assert download(fitter, unit).status_code == 404
    list(run(timezone.now))
    assert Bundle.objects.get().unit.uid == neighbour.uid


def test_a_guard_sees_nothing_of_it(site: Site, unit: SimulatedUnit) -> None:
    asked(unit)
    user = add_user(name="guard", password=PASSWORD, roles={site.slug: Role.GUARD})
    guard = Client()
    guard.force_login(user)
    assert "support bundle" not in words(guard)
    assert guard.post(f"{PAGE}{row(unit).pk}/support/").status_code == 403
    assert download(guard, unit).status_code == 403
