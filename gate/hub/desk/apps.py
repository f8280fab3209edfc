"""The application of issuers' desks."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """Its tables are called desk_*."""

    name = "gate.hub.desk"
    label = "desk"
