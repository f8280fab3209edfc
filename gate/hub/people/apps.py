"""The application of a site's people."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Its tables are called people_*."""

    name = "gate.hub.people"
    label = "people"
