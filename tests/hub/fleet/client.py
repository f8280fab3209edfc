"""A unit as python-tuf's own client makes it, which asks the hub without a network between them."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from django.test import Client
from tuf.api.exceptions import DownloadHTTPError
from tuf.ngclient import FetcherInterface, Updater

from gate.hub.fleet.repository import PUBLISHED
from tests.hub.fleet.fleets import Held

HUB: Final = "http://testserver"


class HubFetcher(FetcherInterface):
    """Fetches from the hub of this process."""

    def _fetch(self, url: str) -> Iterator[bytes]:
        answer = Client().get(urlsplit(url).path)
        if answer.status_code != 200:
            raise DownloadHTTPError(url, answer.status_code)
        return iter([answer.content])


def pinned(held: Held) -> bytes:
    """Return the root that units are given."""
    return (held.folder / PUBLISHED / "fleet" / "metadata" / "1.root.json").read_bytes()


def refreshed(
    folder: Path, root: bytes, fetcher: FetcherInterface | None, hub: str = HUB
) -> Mapping[str, bytes]:
    """Refresh what a unit has in `folder`, and return the files that it then believes."""
    (folder / "targets").mkdir(parents=True, exist_ok=True)
    updater = Updater(
        str(folder),
        f"{hub}/fleet/metadata/",
        str(folder / "targets"),
        f"{hub}/fleet/targets/",
        fetcher,
        bootstrap=root,
    )
    updater.refresh()
    got = {}
    for name in ("issuers.json", "hubs.json"):
        info = updater.get_targetinfo(name)
        assert info is not None
        got[name] = Path(updater.download_target(info)).read_bytes()
    return got
