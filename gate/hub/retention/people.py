"""The register: people who have left are erased from it, and before that their photographs go."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from gate.hub.passes.models import Pass
from gate.hub.people.erasing import erase_from_register
from gate.hub.people.models import Person, PersonPass, Photo
from gate.hub.retention.parts import Held, Moment
from gate.hub.sites.models import Site

AT_ONCE: Final = 25
"""People in one transaction: each is looked at once more, which SQLite's other writers wait for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Those of a site's register who work there, or its visitors."""

    is_visitor: bool

    def held(self, moment: Moment) -> Held:
        """Count who is in the register; who left first is the oldest."""
        numbers = set(self._there(moment.site).values_list("pk", flat=True))
        return Held(count=len(numbers), oldest=_first(moment, numbers))

    def due(self, moment: Moment, before: datetime) -> int:
        """Count who left long ago."""
        return len(self._old(moment, before))

    def let_go(self, moment: Moment, before: datetime) -> Iterator[int]:
        """Erase them; who came back meanwhile stays."""
        for people in _by_few(self._old(moment, before)):
            there = self._there(moment.site).filter(pk__in=people).select_related("site")
            yield erase_from_register(moment.site, list(there), moment.now)

    def _there(self, site: Site) -> QuerySet[Person]:
        return Person.objects.filter(site=site, erased_at=None, is_visitor=self.is_visitor)

    def _old(self, moment: Moment, before: datetime) -> list[int]:
        return _left(moment, before, set(self._there(moment.site).values_list("pk", flat=True)))


class Photographs:
    """Portraits in the register and on passes; they stay while somebody may come in by them."""

    def held(self, moment: Moment) -> Held:
        """Count whose photograph there is."""
        pictured = _pictured(moment.site)
        return Held(count=len(pictured), oldest=_first(moment, pictured))

    def due(self, moment: Moment, before: datetime) -> int:
        """Count whose photograph is there who left some time ago."""
        return len(_left(moment, before, _pictured(moment.site)))

    def let_go(self, moment: Moment, before: datetime) -> Iterator[int]:
        """Let them go."""
        for people in _by_few(_left(moment, before, _pictured(moment.site))):
            with transaction.atomic(durable=True):
                Photo.objects.filter(person__in=people).delete()
                Pass.objects.filter(personpass__person__in=people).update(photo=None)
            yield len(people)


def _pictured(site: Site) -> set[int]:
    photos = Photo.objects.filter(person__site=site).values_list("person", flat=True)
    passes = PersonPass.objects.filter(person__site=site, one__photo__isnull=False)
    return {*photos, *passes.values_list("person", flat=True)}


def _left(moment: Moment, before: datetime, numbers: set[int]) -> list[int]:
    return sorted(number for number in numbers if moment.left.get(number, before) < before)


def _first(moment: Moment, numbers: set[int]) -> datetime | None:
    return min((moment.left[one] for one in numbers & moment.left.keys()), default=None)


def _by_few(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(numbers), AT_ONCE):
        yield numbers[start : start + AT_ONCE]
