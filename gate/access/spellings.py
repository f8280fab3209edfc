"""Schemes and card types of a policy in every spelling that a card may have. Pure."""

from collections.abc import Iterable
from types import MappingProxyType
from typing import Protocol

from gate.access.catalogue import Catalogue
from gate.access.rules import Accepted
from gate.card.model import Code


class SchemeRow(Protocol):
    """A table of a policy that names some card types of one scheme."""

    @property
    def scheme(self) -> Code:
        """The scheme."""
        ...

    @property
    def types(self) -> tuple[Code, ...]:
        """Its card types, or ANY."""
        ...


def accepted_of(rows: Iterable[SchemeRow], catalogue: Catalogue) -> Accepted:
    """Return the card types of all rows by scheme."""
    accepted: dict[Code, frozenset[Code]] = {}
    for row in rows:
        types = frozenset(
            spelling
            for code in row.types
            for spelling in catalogue.type_spellings(row.scheme, code)
        )
        for scheme in catalogue.scheme_spellings(row.scheme):
            accepted[scheme] = accepted.get(scheme, frozenset()) | types
    return MappingProxyType(accepted)
