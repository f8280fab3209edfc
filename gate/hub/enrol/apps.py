"""The application of set-up codes and of the units that join by them."""

from functools import cached_property

from django.apps import AppConfig

from gate.hub.enrol.budget import FailureBudget


class EnrolConfig(AppConfig):
    """Its tables are called enrol_*; what a process keeps between requests is kept here."""

    name = "gate.hub.enrol"
    label = "enrol"

    @cached_property
    def failures(self) -> FailureBudget:
        """How often each host asked in vain."""
        return FailureBudget()
