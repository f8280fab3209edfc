"""The application of a site's roll calls."""

from django.apps import AppConfig


class RollCallConfig(AppConfig):
    """Its tables are called rollcall_*."""

    name = "gate.hub.rollcall"
    label = "rollcall"
