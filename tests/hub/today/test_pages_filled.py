"""What `gate bench pages` fills a hub with is what its pages take for a day of a site."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from gate.hub.pages.filled import PEOPLE, fill

pytestmark = pytest.mark.django_db


def test_a_filled_hub_has_its_people_on_site_and_on_the_roll() -> None:
    fill(6_000, timezone.now())
    client = Client()
    client.force_login(User.objects.get(username="bench"))
    inside = re.search(r'class="most">(\d+)<', client.get("/sites/bench/").content.decode())
    called = re.search(
        r"<h1>(\d+) people known", client.get("/sites/bench/roll-call/").content.decode()
    )
    assert inside is not None
    assert called is not None
    assert inside[1] == called[1]
    assert PEOPLE - 10 < int(inside[1]) <= PEOPLE
