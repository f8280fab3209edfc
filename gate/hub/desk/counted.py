"""Pages of cards whose number is known: a database takes a second to count two million rows."""

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property

from gate.hub.desk.models import IssuedCard


class CountedPaginator(Paginator):  # type: ignore[type-arg]  # generic in its stubs alone
    """Counts only if nobody else has."""

    def __init__(self, cards: QuerySet[IssuedCard], a_page: int, known: int | None) -> None:
        super().__init__(cards, a_page)
        self._cards = cards
        self._known = known

    @cached_property
    def count(self) -> int:
        """How many cards there are on all pages."""
        return self._cards.count() if self._known is None else self._known
