"""A desk handed over to a hub: everything of it, whole, and its key put out of use here.

The directory stays as it is but for the key's name: nobody can issue at two registers that know
nothing of each other, and the key is there should the hub be lost before its first backup.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from gate.errors import TrustError
from gate.signing.keys import SigningKey
from gate.store import trust_store
from gate.store.desk import KEY, locked, open_desk, read_register
from gate.store.files import sync_directory
from gate.trust.bundle import Issuer
from gate.trust.status_list import StatusList

TAKEN_OVER: Final = f"{KEY}.taken-over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """A desk as its directory has it: number and place of each card, and every list of it."""

    directory: Path
    issuer: Issuer
    key: SigningKey = field(repr=False)
    cards: Sequence[tuple[str, int]]
    lists: Sequence[StatusList]

    def retire(self) -> None:
        """Put the key out of use; raises TrustError if the disk refuses."""
        try:
            (self.directory / KEY).rename(self.directory / TAKEN_OVER)
            sync_directory(self.directory)
        except OSError as error:
            raise TrustError(
                f"{self.directory / KEY}: can't be renamed: {error.strerror}; next: take it away "
                "yourself, so that nobody issues cards here that the hub does not know of"
            ) from error


@contextmanager
def handing_over(directory: Path) -> Iterator[Handover]:
    """Give a desk that nobody issues at meanwhile.

    Raises:
        TrustError: something of it is missing or does not verify.
    """
    desk = open_desk(directory)
    with locked(desk):
        lists = trust_store.load_trust(directory).status_lists.values()
        yield Handover(
            directory=directory,
            issuer=desk.issuer,
            key=desk.key,
            cards=read_register(desk),
            lists=[one for one in lists if one.uri.startswith(desk.issuer.status_base)],
        )
