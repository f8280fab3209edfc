"""The application of who may sign in at a site's units themselves."""

from django.apps import AppConfig


class LocalsConfig(AppConfig):
    """Its tables are called locals_*."""

    name = "gate.hub.locals"
    label = "locals"
