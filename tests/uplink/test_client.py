"""One request, one bounded answer."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from gate.errors import UplinkError
from gate.sim.hub import Trouble
from gate.uplink.client import MAX_ANSWER_BYTES, HubClient

if TYPE_CHECKING:
    from pathlib import Path

    from tests.uplink.conftest import Site


def heard(site: Site, path: str = "/api/units/none/heartbeats") -> int:
    return site.client.post(path, b"x", deadline_s=30).status


def test_a_connection_is_used_again(site: Site) -> None:
    assert [heard(site) for _ in range(3)] == [404, 404, 404]
    assert site.hub.connections == 1


def test_a_redirect_is_not_followed(site: Site) -> None:
    site.hub.troubles.append(Trouble.PORTAL_REDIRECT)
    assert heard(site) == 302
    assert site.hub.requests == 1


@pytest.mark.parametrize("size", [MAX_ANSWER_BYTES, MAX_ANSWER_BYTES + 1])
def test_an_answer_is_read_to_its_limit_and_no_further(site: Site, size: int) -> None:
    site.hub.portal = (200, "text/html", b"x" * size)
    site.hub.troubles.append(Trouble.PORTAL_PAGE)
    if size <= MAX_ANSWER_BYTES:
        assert heard(site) == 200
    else:
        with pytest.raises(UplinkError, match=f"over {MAX_ANSWER_BYTES} bytes"):
            heard(site)
    assert heard(site) == 404


def test_nothing_is_sent_after_the_deadline(site: Site) -> None:
    with pytest.raises(UplinkError, match="out of time"):
        site.client.post("/", b"", deadline_s=0)
    assert site.hub.requests == 0


def test_a_hub_without_tls_is_not_spoken_to_as_if_it_had_it(site: Site) -> None:
    url = site.hub.url.replace("http:", "https:")
    with (
        HubClient(url, ca=None, now=site.clock.now, monotonic=site.clock.monotonic) as client,
        pytest.raises(UplinkError, match="SSL"),
    ):
        client.post("/", b"", deadline_s=30)


def test_a_file_of_authorities_that_is_not_there_is_an_uplink_error(
    site: Site, tmp_path: Path
) -> None:
    url = site.hub.url.replace("http:", "https:")
    with ExitStack() as opened:
        client = opened.enter_context(
            HubClient(url, ca=tmp_path / "ca", now=site.clock.now, monotonic=site.clock.monotonic)
        )
        with pytest.raises(UplinkError):
            client.post("/", b"", deadline_s=30)
