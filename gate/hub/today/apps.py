"""The application of the page of today; it has no tables."""

from functools import cached_property

from django.apps import AppConfig

from gate.hub.manifest.looks import BulkLooks
from gate.hub.today.folding import FoldedDays


class TodayConfig(AppConfig):
    """What a process keeps of each site's day between requests is kept here."""

    name = "gate.hub.today"
    label = "today"

    @cached_property
    def days(self) -> FoldedDays:
        """The days that this process has folded."""
        return FoldedDays()

    @cached_property
    def looks(self) -> BulkLooks:
        """When this process looked at what gates send in bulk."""
        return BulkLooks()
