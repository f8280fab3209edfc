"""An update file in the network's place: it answers what a hub would, from what it holds.

Nothing of it is believed for having been carried by a hand: the pull judges each part as ever.
"""

from collections.abc import Mapping
from typing import Final

from gate.errors import UplinkError
from gate.store.update_file import UpdateFile
from gate.trust.update_file import MANIFEST_PART, PRESENCE_PART, TIMESTAMP_PART
from gate.uplink.fetch import Fetched

CARRIED_URL: Final = "file://update"
"""Stands where a hub's address would; nothing is ever sent there."""

_PART_OF: Final = {"manifest": MANIFEST_PART, "presence": PRESENCE_PART}


class CarriedFiles:
    """Gives the parts of an update file; `asked` tells which were wanted."""

    def __init__(self, update: UpdateFile) -> None:
        self.asked: set[str] = set()
        self._update = update

    def get(
        self,
        url: str,
        *,
        max_bytes: int,
        deadline_s: float,
        etag: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Fetched:
        """Return a part, whole each time; a disk keeps no deadline.

        Raises:
            UplinkError: it can't be read, is longer than it may be, or is the fleet's timestamp
                and not there.
        """
        del deadline_s, etag, headers
        path = url.removeprefix(f"{CARRIED_URL}/")
        if path.startswith("api/"):
            path = _PART_OF[path.rpartition("/")[2]]
        self.asked.add(path)
        data = self._update.read(path)
        if data is None and path == TIMESTAMP_PART:
            raise UplinkError("not in this file")  # without it nothing else of the fleet counts
        if data is None:
            return Fetched(status=404, body=b"")
        if len(data) > max_bytes:
            raise UplinkError(f"{path}: {len(data)} bytes, at most {max_bytes}")
        return Fetched(status=200, body=data)
