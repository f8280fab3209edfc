"""The schemes catalogue: which schemes and card types there are, and what is known of them. Pure.

It is data, not code: the rows (gate.access.catalogue_rows) come from a file that a scheme can ship
anew. A card names its scheme and type by code or by number; this tells what goes with them. Colour
is no rank: ECS gold is qualified craft, CSCS gold is supervisor or advanced craft.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from gate.access.catalogue_rows import CardType, CatalogueFile, Evidence, Scheme
from gate.access.tables import read_toml
from gate.card.model import Code
from gate.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """All that is known of schemes and their cards; look-ups take a code or a number."""

    schemes: Mapping[Code, Scheme]
    card_types: Mapping[tuple[str, Code], CardType]
    evidence: Mapping[str, Evidence]

    def scheme(self, code: Code) -> Scheme | None:
        """Return what is known of a scheme."""
        return self.schemes.get(code)

    def card_type(self, scheme: Code, code: Code) -> CardType | None:
        """Return what is known of a scheme's card type."""
        known = self.schemes.get(scheme)
        return None if known is None else self.card_types.get((known.cards_of, code))

    def scheme_spellings(self, code: Code) -> frozenset[Code]:
        """Return every way a card may spell this scheme, `code` itself if it is not known."""
        known = self.schemes.get(code)
        return frozenset({code} if known is None else {known.id, known.number})

    def type_spellings(self, scheme: Code, code: Code) -> frozenset[Code]:
        """Return every way a card may spell this card type, `code` itself if it is not known."""
        known = self.card_type(scheme, code)
        return frozenset({code} if known is None else {known.code, known.number})

    def withdrawn(self) -> Mapping[Code, frozenset[Code]]:
        """Return the card types that each scheme has withdrawn, in every spelling."""
        return self._types_that(lambda card_type: card_type.legacy)

    def supervised(self) -> Mapping[Code, frozenset[Code]]:
        """Return the card types of each scheme that work under supervision, in every spelling."""
        return self._types_that(lambda card_type: card_type.supervised)

    def _types_that(self, fit: Callable[[CardType], bool]) -> Mapping[Code, frozenset[Code]]:
        return MappingProxyType(
            {
                spelling: frozenset(
                    code
                    for (family, code), card_type in self.card_types.items()
                    if family == scheme.cards_of and fit(card_type)
                )
                for spelling, scheme in self.schemes.items()
            }
        )


NO_CATALOGUE: Final = Catalogue(
    schemes=MappingProxyType({}), card_types=MappingProxyType({}), evidence=MappingProxyType({})
)
"""Nothing is known; cards and policies are taken at their spelling."""


def parse_catalogue(text: str, source: str) -> Catalogue:
    """Return the catalogue that `text` spells; `source` is the name people know it by.

    Raises:
        ConfigError: with every fault, in single rows or between them.
    """
    document = read_toml(CatalogueFile, text, source)
    faults = [*_repeats(document), *_strangers(document)]
    if faults:
        raise ConfigError(source, faults)
    schemes: dict[Code, Scheme] = {}
    for scheme in document.scheme:
        schemes[scheme.id] = schemes[scheme.number] = scheme
    card_types: dict[tuple[str, Code], CardType] = {}
    for row in document.card_type:
        card_types[row.family, row.code] = card_types[row.family, row.number] = row
    return Catalogue(
        schemes=MappingProxyType(schemes),
        card_types=MappingProxyType(card_types),
        evidence=MappingProxyType({one.id: one for one in document.evidence}),
    )


def _repeats(document: CatalogueFile) -> Iterable[str]:
    columns: dict[str, list[Code]] = {
        "scheme.id": [row.id for row in document.scheme],
        "scheme.number": [row.number for row in document.scheme],
        "card_type.code": [row.code for row in document.card_type],
        "card_type.number": [row.number for row in document.card_type],
        "evidence.id": [row.id for row in document.evidence],
    }
    for column, values in columns.items():
        for value, times in Counter(values).items():
            if times > 1:
                yield f"{column} = {value} stands {times} times; allowed: once"


def _strangers(document: CatalogueFile) -> Iterable[str]:
    families = {row.cards_of for row in document.scheme}
    for row in document.card_type:
        if row.family not in families:
            yield f"card_type {row.code}: family = {row.family}; allowed: a family of a scheme"
        if row.legacy != (row.validity_years == 0):
            yield (
                f"card_type {row.code}: validity_years = {row.validity_years:g}; "
                "allowed: 0 for a withdrawn type, more for another"
            )
    targets = {"any"}
    for row in document.card_type:
        targets |= {row.code, row.category}
    for one in document.evidence:
        for target in one.applies_to:
            if target not in targets:
                yield (
                    f"evidence {one.id}: applies_to = {target}; "
                    'allowed: "any", or codes and categories of card types'
                )
