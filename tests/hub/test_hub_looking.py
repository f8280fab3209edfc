"""Whether somebody looks at pages: one process tells, all of them know."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from pytest_django import Settings

from gate.hub.config import HubConfig
from gate.hub.ingest.apps import IngestConfig
from gate.hub.ingest.places import LARGE_BYTES, places_of
from gate.hub.looking import LOOKING_S, LookingMiddleware, note_look, somebody_looks
from gate.hub.settings import django_settings

NOW: Final = datetime(2026, 11, 23, 7, tzinfo=UTC)

_PARTS_AND_NOTES: Final = """
import os
from datetime import UTC, datetime
from gate.hub.looking import note_look, somebody_looks
now = datetime(2026, 11, 23, 7, tzinfo=UTC)
print(somebody_looks(now))
child = os.fork()
if child == 0:
    note_look(now)
    os._exit(0)
os.waitpid(child, 0)
print(somebody_looks(now))
"""


@pytest.fixture(autouse=True)
def nobody_looked_yet(settings: Settings) -> None:
    """Have the hub's clock at seven, and the last look an hour before."""
    settings.CLOCK = lambda: NOW
    note_look(NOW - timedelta(hours=1))


@pytest.fixture
def on_postgresql(settings: Settings, tmp_path: Path) -> Path:
    """Have a hub that stands on PostgreSQL, as far as its file goes; return its folder."""
    settings.HUB = HubConfig(data=tmp_path, database="postgresql://gate@127.0.0.1/hub")
    return tmp_path


def visit(user: User | AnonymousUser, **cookies: str) -> None:
    request = RequestFactory().get("/")
    request.user = user
    request.COOKIES.update(cookies)
    answered_while = []

    def answer(_: HttpRequest) -> HttpResponse:
        answered_while.append(somebody_looks(NOW))
        return HttpResponse()

    LookingMiddleware(answer)(request)
    assert answered_while == [somebody_looks(NOW)], "noted before it is answered, or not at all"


def test_a_look_counts_for_as_long_as_a_page_takes_to_ask_again() -> None:
    assert not somebody_looks(NOW)
    note_look(NOW)
    end = NOW + timedelta(seconds=LOOKING_S)
    assert somebody_looks(end - timedelta(milliseconds=1))
    assert not somebody_looks(end)


def test_a_look_at_a_time_that_is_still_to_come_is_a_clocks_that_was_set_back() -> None:
    note_look(NOW + timedelta(seconds=1))
    assert not somebody_looks(NOW)


def test_what_one_process_answers_all_processes_know() -> None:
    command = [sys.executable, "-c", _PARTS_AND_NOTES]
    said = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - ours
    assert said.stdout.split() == ["False", "True"]


@pytest.mark.usefixtures("on_postgresql")
def test_somebody_who_signed_in_looks_and_strangers_and_units_do_not() -> None:
    visit(AnonymousUser())
    visit(AnonymousUser(), sessionid="made up")
    assert not somebody_looks(NOW)
    visit(User(username="sam"), sessionid="a session's")
    assert somebody_looks(NOW)


def test_who_looks_has_half_of_the_processors_and_a_batch_one_at_least() -> None:
    assert [places_of(one, is_looking=False) for one in (1, 2, 8)] == [1, 2, 8]
    assert [places_of(one, is_looking=True) for one in (1, 2, 3, 8)] == [1, 1, 1, 4]


def test_a_large_batch_has_a_place_on_postgresql_always(on_postgresql: Path) -> None:
    assert places_while_a_batch_is_taken_in(on_postgresql) == 1


def test_a_large_batch_has_a_place_on_sqlite_while_somebody_looks(
    on_postgresql: Path, settings: Settings
) -> None:
    settings.HUB = HubConfig(data=on_postgresql, database="sqlite:///hub.db")
    assert places_while_a_batch_is_taken_in(on_postgresql) == 0
    note_look(NOW)
    assert places_while_a_batch_is_taken_in(on_postgresql) == 1


def places_while_a_batch_is_taken_in(folder: Path) -> int:
    ingest = apps.get_app_config("ingest")
    assert isinstance(ingest, IngestConfig)
    with ingest.place_for(LARGE_BYTES, NOW):
        return len(list(folder.glob("place-*")))


def test_who_asks_is_known_before_it_is_noted_who_looks() -> None:
    config = HubConfig(database="postgresql://gate@127.0.0.1/hub")
    stands = django_settings(config, "x" * 64)["MIDDLEWARE"]
    known = stands.index("django.contrib.auth.middleware.AuthenticationMiddleware")
    assert stands.index("gate.hub.looking.LookingMiddleware") > known
